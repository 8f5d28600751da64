"""Rows of every kind of file are read, in any range; a bad one costs itself alone."""

import os

import pyarrow
import pytest
from batch_words import demo_words, write_parquet
from material import write_lmdb
from pyarrow import fs, parquet

from ppocr_rare.engine.batch import rows as rows_module
from ppocr_rare.engine.batch.inputs import Source, examine, find_columns, list_input
from ppocr_rare.engine.batch.rows import RowReader
from ppocr_rare.engine.batch.shards import cut
from ppocr_rare.errors import DataError, SampleError


@pytest.fixture
def opened():
    """``opened(where)`` gives the reader of an input, and its shards."""

    def opened(where, shard_rows=1000, key=None):
        system, kind, files = list_input([str(where)])
        columns = find_columns(files, system, "image", key) if kind == "parquet" else ("image", None)
        source = Source(system, kind, *columns)
        return RowReader(source), list(cut(examine(files, source), shard_rows))

    return opened


def told(row):
    return str(row.data) if isinstance(row.data, SampleError) else row.data


def test_ranges_across_groups_and_files(tmp_path, opened):
    counts = {"a": 130, "b": 7, "c": 150}
    for name, count in counts.items():
        write_parquet(tmp_path / f"{name}.parquet", [b"%d" % number for number in range(count)], group=70)
    reader, (shard,) = opened(tmp_path)
    everything = [(row.number, row.key, row.data) for row in reader.rows(shard, (0, shard.num_rows))]
    assert [number for number, _, _ in everything] == list(range(287))
    assert [key for _, key, _ in everything] == [f"{name}-{i}" for name in counts for i in range(counts[name])]
    for wanted in ((0, 1), (64, 65), (69, 71), (100, 140), (129, 138), (286, 287), (5, 5)):
        found = [(row.number, row.key, row.data) for row in reader.rows(shard, wanted)]
        assert found == everything[slice(*wanted)], wanted
        assert list(reader.keys(shard, wanted)) == [(number, key) for number, key, _ in found]


def test_rows_without_keys_are_called_by_file_and_number(tmp_path, opened):
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"image": [b"0", b"1", b"2"]}), path, row_group_size=2)
    reader, (shard,) = opened(path)
    assert [row.key for row in reader.rows(shard, (0, 3))] == [f"{path}#{number}" for number in range(3)]
    assert list(reader.keys(shard, (2, 3))) == [(2, f"{path}#2")]


def test_keys_that_are_numbers_empty_or_no_text(tmp_path, opened):
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"image": [b"0", b"1"], "id": [7, None]}), path)
    reader, (shard,) = opened(path, key="id")
    assert [row.key for row in reader.rows(shard, (0, 2))] == ["7", f"{path}#1"]
    no_text = pyarrow.array([b"\xff", b"good"]).view(pyarrow.string())
    parquet.write_table(pyarrow.table({"image": [b"0", b"1"], "key": no_text}), path)
    reader, (shard,) = opened(path)
    assert [row.key for row in reader.rows(shard, (0, 2))] == [f"{path}#0", "good"]


def test_empty_cells_and_files_that_are_too_large(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(rows_module, "MAX_ROW_BYTES", 100)
    write_parquet(tmp_path / "a.parquet", [b"x", None, b"", b"y" * 101, b"z" * 100])
    reader, (shard,) = opened(tmp_path)
    assert [told(row) for row in reader.rows(shard, (0, 5))] == [
        b"x", "no image: the cell is empty", b"", "file too large: more than 100 bytes", b"z" * 100,
    ]  # fmt: skip


def test_a_struct_with_bytes_and_a_cell_without(tmp_path, opened):
    column = pyarrow.array([{"bytes": b"x", "path": "p"}, None, {"bytes": None, "path": "q"}])
    parquet.write_table(pyarrow.table({"image": column}), tmp_path / "a.parquet")
    reader, (shard,) = opened(tmp_path)
    assert [told(row) for row in reader.rows(shard, (0, 3))] == [b"x", *["no image: the cell is empty"] * 2]


def test_damaged_data_costs_the_rest_of_its_group(tmp_path, opened):
    path = write_parquet(tmp_path / "a.parquet", [os.urandom(500) for _ in range(90)], group=30)
    start = parquet.read_metadata(path).row_group(1).column(1).data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(content)
    reader, (shard,) = opened(path)
    found = list(reader.rows(shard, (0, 90)))
    assert [row.number for row in found] == list(range(90))
    bad = [row.number for row in found if isinstance(row.data, SampleError)]
    assert bad == list(range(30, 60)) and found[30].data.reason == "damaged Parquet data"
    assert found[30].key == f"{path}#30" and found[60].key == "a-60"


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: write_parquet(path, [b"other"] * 3)])
def test_a_file_that_has_changed_since_is_refused(tmp_path, opened, change):
    path = write_parquet(tmp_path / "a.parquet", [b"x"])
    reader, (shard,) = opened(path)
    change(path)
    with pytest.raises(DataError, match="has changed since the input was listed"):
        list(reader.rows(shard, (0, 1)))


def test_lmdb(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(rows_module, "MAX_ROW_BYTES", 100)
    folder = write_lmdb(tmp_path / "set", [(b"one", b""), (b"2" * 101, b""), (b"three", b"")], count=b"4")
    reader, (shard,) = opened(folder)
    found = list(reader.rows(shard, (0, 4)))
    assert [row.key for row in found] == [f"{folder}#{number:09d}" for number in range(1, 5)]
    assert [told(row) for row in found] == [
        b"one", "file too large: more than 100 bytes", b"three", "missing entry: image-000000004",
    ]  # fmt: skip
    assert list(reader.keys(shard, (1, 3))) == [(1, f"{folder}#000000002"), (2, f"{folder}#000000003")]


def test_images_here_and_in_a_store(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(rows_module, "MAX_ROW_BYTES", 1000)
    monkeypatch.setattr(rows_module, "_FETCHED_AHEAD", 3)
    for number in range(9):
        (tmp_path / f"{number}.png").write_bytes(b"%d" % number)
    (tmp_path / "7.png").write_bytes(b"x" * 1001)
    reader, (shard,) = opened(tmp_path)
    (tmp_path / "3.png").unlink()
    found = list(reader.rows(shard, (0, 9)))
    assert [row.key for row in found] == [str(tmp_path / f"{number}.png") for number in range(9)]
    wanted = [b"%d" % number for number in range(9)]
    wanted[3], wanted[7] = "missing file", "file too large: more than 1000 bytes"
    assert [told(row) for row in found] == wanted
    store = RowReader(Source(fs.SubTreeFileSystem("/", fs.LocalFileSystem()), "images"))
    assert [(row.number, told(row)) for row in store.rows(shard, (1, 9))] == list(enumerate(wanted))[1:]
    assert list(store.keys(shard, (2, 3))) == [(2, str(tmp_path / "2.png"))]


def test_the_demo_words_come_as_they_are(tmp_path, opened):
    write_parquet(tmp_path / "a.parquet", demo_words(10))
    reader, (shard,) = opened(tmp_path)
    assert [row.data for row in reader.rows(shard, (0, 10))] == demo_words(10)
