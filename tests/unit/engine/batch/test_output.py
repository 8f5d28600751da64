"""An output goes on with the run that it was begun with, and with no other."""

import subprocess
import sys

import pyarrow
import pytest
from material import ROOT
from pyarrow import fs

from ppocr_rare.engine.batch.inputs import LISTED, TABLE
from ppocr_rare.engine.batch.output import Output, claimed_output
from ppocr_rare.engine.batch.places import Place
from ppocr_rare.errors import DataError

TOLD = {"model": "ab" * 32, "limit": None, "views": "doubtful"}


def table_of(**changes):
    columns = {
        "path": ["a", "b"], "size": [1, 2], "modified": [5, 6], "groups": [[10], [20]], "error": [None, None],
    }  # fmt: skip
    return pyarrow.table({**columns, **changes}, schema=TABLE)


@pytest.fixture
def place(tmp_path):
    return Place(fs.LocalFileSystem(), str(tmp_path))


@pytest.fixture
def begun(place):
    Output(place).begin(TOLD, table_of())
    return Output(place)


def test_the_same_run_finds_its_input(begun):
    assert begun.is_begun and begun.parts == []
    assert begun.input_of(TOLD, table_of().select(LISTED)).equals(table_of())


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"model": "cd" * 32}, "was begun with model abababababab…, not cdcdcdcdcdcd…: say so again, or another"),
        ({"views": 1}, "was begun with views doubtful, not 1: "),
        ({"limit": 9}, "was begun with limit none, not 9: "),
        ({"new": 9}, "was begun with new none, not 9: "),
    ],
)
def test_another_run_is_refused(begun, told, message):
    with pytest.raises(DataError, match=message):
        begun.input_of({**TOLD, **told}, table_of().select(LISTED))


@pytest.mark.parametrize(
    ("now", "message"),
    [
        ({"size": [1, 3]}, r"another input \(b has changed\): say another --output"),
        ({"modified": [5, 7]}, "b has changed"),
        ({"path": ["a", "c"]}, "c is new or another one"),
        ({"path": ["a"], "size": [1], "modified": [5], "groups": [[1]], "error": [None]}, "2 files then, 1 now"),
    ],
)
def test_another_input_is_refused(begun, now, message):
    with pytest.raises(DataError, match=message):
        begun.input_of(TOLD, table_of(**now).select(LISTED))


def test_with_a_limit_the_files_behind_it_do_not_count(place):
    told = {**TOLD, "limit": 5}
    Output(place).begin(told, table_of().slice(0, 1))
    assert Output(place).input_of(told, table_of().select(LISTED)).num_rows == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, b'{"a": 1}' + b" " * (1 << 20)])
def test_a_damaged_manifest_is_one_line(begun, tmp_path, content):
    (tmp_path / "_manifest.json").write_bytes(content)
    with pytest.raises(DataError, match=r"_manifest\.json .*say another --output"):
        begun.input_of(TOLD, table_of().select(LISTED))


def test_a_damaged_list_is_one_line(begun, tmp_path):
    (tmp_path / "_input.parquet").write_bytes(b"no")
    with pytest.raises(DataError, match=r"_input\.parquet cannot be read: .*say another --output"):
        begun.input_of(TOLD, table_of().select(LISTED))


@pytest.mark.parametrize("name", ["thesis.txt", "part-0123.parquet", "words.parquet"])
def test_a_folder_of_something_else_is_left_alone(place, tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DataError, match=f"holds {name}, which is of no run: say another --output"):
        Output(place)


def test_a_run_that_was_killed_before_it_began_begins_anew(place, tmp_path):
    (tmp_path / "_input.parquet").write_bytes(b"torn")
    assert not Output(place).is_begun


def test_what_killed_writers_left_is_removed_and_nothing_else(place, tmp_path):
    for name in (".part-01.parquet.77.tmp", "._manifest.json.78.tmp", ".notes.tmp", "part-01.parquet"):
        (tmp_path / name).write_bytes(b"x")
    with claimed_output(place):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".notes.tmp", "part-01.parquet"]
        (tmp_path / ".part-02.parquet.79.tmp").write_bytes(b"x")
    assert not (tmp_path / ".part-02.parquet.79.tmp").exists()


def test_no_empty_folder_is_left(place, tmp_path):
    new = place / "new"
    with pytest.raises(DataError), claimed_output(new):
        raise DataError("no such input")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_do_not_share_an_output(place, tmp_path):
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from ppocr_rare.engine.batch.output import claimed_output
from ppocr_rare.engine.batch.places import place_of
with claimed_output(place_of({str(tmp_path)!r})):
    pass
"""
    with claimed_output(place):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "DataError: another run is writing to" in done.stderr
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_an_output_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    place = Place(fs.LocalFileSystem(), str(tmp_path / "file" / "deeper"))
    with pytest.raises(DataError, match="cannot make the folder"), claimed_output(place):
        pass
