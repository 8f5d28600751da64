"""The files of an input are listed, and what cannot be used of them is told."""

import os

import pyarrow
import pytest
from batch_words import demo_words, write_parquet
from material import write_lmdb
from pyarrow import fs, parquet

from ppocr_rare.engine.batch import inputs
from ppocr_rare.engine.batch.inputs import Source, examine, find_columns, list_input
from ppocr_rare.engine.batch.places import Place
from ppocr_rare.errors import DataError

LOCAL = fs.LocalFileSystem()
PARQUET = Source(LOCAL, "parquet", "image", "key")


def listed(*wheres, kind=None):
    return list_input([str(where) for where in wheres], kind)


def test_parquet_files_with_the_rows_of_their_groups(tmp_path):
    write_parquet(tmp_path / "b.parquet", demo_words(5), group=2)
    write_parquet(tmp_path / "a.parquet", demo_words(3))
    (tmp_path / "_manifest.parquet").write_bytes(b"")
    system, kind, files = listed(tmp_path)
    table = examine(files, PARQUET)
    assert kind == "parquet" and system.equals(LOCAL)
    assert [os.path.basename(path) for path in table["path"].to_pylist()] == ["a.parquet", "b.parquet"]
    assert table["groups"].to_pylist() == [[3], [2, 2, 1]] and inputs.rows_in(table) == 8
    assert table["size"].to_pylist() == [os.path.getsize(path) for path in table["path"].to_pylist()]
    assert table["modified"].to_pylist() == [os.stat(path).st_mtime_ns for path in table["path"].to_pylist()]
    assert list(inputs.broken_files(table)) == []


def test_the_kind_is_seen_or_said(tmp_path):
    (tmp_path / "a.png").write_bytes(b"x")
    assert listed(tmp_path)[1] == "images"
    write_lmdb(tmp_path / "set", [(b"x", b"y")])
    assert listed(tmp_path)[1] == "lmdb" and listed(tmp_path, kind="images")[1] == "images"
    write_parquet(tmp_path / "a.parquet", [b"x"])
    assert listed(tmp_path)[1] == "parquet"
    with pytest.raises(DataError, match=r"no \.parquet file there"):
        listed(tmp_path / "set", kind="parquet")
    with pytest.raises(DataError, match=r"no \.parquet file and no data\.mdb and no image there"):
        listed(tmp_path / "set" / "lock.mdb")


def test_a_file_that_is_named_twice_is_read_once(tmp_path):
    write_parquet(tmp_path / "a.parquet", [b"x"])
    assert listed(tmp_path, tmp_path / "a.parquet", tmp_path / "*.parquet")[2].num_rows == 1


def test_several_file_systems_are_refused(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"x")
    other = Place(fs.SubTreeFileSystem(str(tmp_path), LOCAL), "")
    both = iter([(Place(LOCAL, str(tmp_path)), []), (other, [])])
    monkeypatch.setattr(inputs, "find_files", lambda where: next(both))
    with pytest.raises(DataError, match="several file systems"):
        listed("a", "b")


def test_a_broken_file_costs_itself_alone(tmp_path):
    whole = write_parquet(tmp_path / "a.parquet", demo_words(3)).read_bytes()
    bad = {"cut": whole[:-9], "empty": b"", "footer": whole[:-60] + os.urandom(52) + whole[-8:], "text": b"no" * 50}
    for name, content in bad.items():
        (tmp_path / f"{name}.parquet").write_bytes(content)
    parquet.write_table(pyarrow.table({"key": ["a"]}), tmp_path / "without.parquet")
    table = examine(listed(tmp_path)[2], PARQUET)
    broken = {os.path.basename(path): reason for path, reason in inputs.broken_files(table)}
    assert inputs.rows_in(table) == 3 and sorted(broken) == [
        "cut.parquet", "empty.parquet", "footer.parquet", "text.parquet", "without.parquet",
    ]  # fmt: skip
    assert broken.pop("without.parquet") == "no column 'image' for images, but key: say --image_column"
    assert all(reason.startswith("broken Parquet file: ") and "\n" not in reason for reason in broken.values())


def test_an_input_of_broken_files_alone_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"no")
    with pytest.raises(DataError, match="none of 1 files can be used; .*a.parquet: broken"):
        examine(listed(tmp_path)[2], PARQUET)


def test_a_file_that_is_out_of_reach_is_not_called_broken(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", [b"x"])
    files = listed(tmp_path)[2]
    path.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        examine(files, PARQUET)


@pytest.mark.parametrize(
    ("image", "fits"),
    [
        (pyarrow.array([b"x"], pyarrow.binary()), True),
        (pyarrow.array([b"x"], pyarrow.large_binary()), True),
        (pyarrow.array([{"bytes": b"x", "path": "p"}]), True),
        (pyarrow.array(["x"]), False),
        (pyarrow.array([{"path": "p"}]), False),
        (pyarrow.array([1]), False),
    ],
)
def test_columns_of_images(image, fits, tmp_path):
    parquet.write_table(pyarrow.table({"image": image}), tmp_path / "a.parquet")
    source = Source(LOCAL, "parquet")
    if fits:
        assert inputs.rows_in(examine(listed(tmp_path)[2], source)) == 1
    else:
        with pytest.raises(DataError, match="not the bytes of image files: say --image_column"):
            examine(listed(tmp_path)[2], source)


def test_columns_of_keys(tmp_path):
    path = tmp_path / "a.parquet"
    columns = {"image": [b"x"], "key": ["k"], "number": [1], "part": [0.5]}
    parquet.write_table(pyarrow.table(columns), path)
    files = listed(path)[2]
    assert find_columns(files, LOCAL, "image", None) == ("image", "key")
    assert find_columns(files, LOCAL, "image", "number") == ("image", "number")
    for key, reason in (("part", "neither text nor whole numbers"), ("none", "no column 'none' for keys")):
        with pytest.raises(DataError, match=reason):
            examine(files, Source(LOCAL, "parquet", "image", key))
    parquet.write_table(pyarrow.table({"image": [b"x"]}), path)
    assert find_columns(listed(path)[2], LOCAL, "image", None) == ("image", None)


def test_lmdbs_and_what_is_none(tmp_path):
    write_lmdb(tmp_path / "a", [(b"x", b"y")] * 3)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "data.mdb").write_bytes(b"no LMDB")
    system, kind, files = listed(tmp_path)
    table = examine(files, Source(system, kind))
    assert table["groups"].to_pylist() == [[3], []] and [path for path, _ in inputs.broken_files(table)] == [
        str(tmp_path / "b" / "data.mdb")
    ]


def test_files_behind_the_limit_are_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "_WINDOW", 2)
    for name in "abcdef":
        write_parquet(tmp_path / f"{name}.parquet", demo_words(2))
    files = listed(tmp_path)[2]
    (tmp_path / "f.parquet").unlink()  # would be missed
    assert examine(files, PARQUET, limit=3)["groups"].to_pylist() == [[2], [2]]


def test_images_are_a_row_each(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.JPG").write_bytes(b"x")
    system, kind, files = listed(tmp_path)
    assert examine(files, Source(system, kind))["groups"].to_pylist() == [[1]] * 3
    assert inputs.rows_in(examine(files, Source(system, kind), limit=2)) == 2
