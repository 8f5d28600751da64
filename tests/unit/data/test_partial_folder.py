import errno
import os
import subprocess
import sys

import pytest

from ppocr_rare.data.partial_folder import partial_folder
from ppocr_rare.errors import DataError


def fill(target, replaced=(), **options):
    with partial_folder(target, replaced, **options) as folder:
        before = os.listdir(target) if target.exists() else None
        (folder / "new").write_text("new")
        assert before == (os.listdir(target) if target.exists() else None)


def test_the_folder_appears_at_the_end_and_alone(tmp_path):
    fill(tmp_path / "deep" / "target")
    assert os.listdir(tmp_path / "deep") == ["target"]
    assert os.listdir(tmp_path / "deep" / "target") == ["new"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_after_an_exception_nothing_stays(tmp_path, error):
    with pytest.raises(error), partial_folder(tmp_path / "target") as folder:
        (folder / "new").write_text("new")
        raise error
    assert os.listdir(tmp_path) == []


def test_what_a_killed_run_has_left_is_cleared_away(tmp_path):
    code = (
        "import os, sys; from ppocr_rare.data.partial_folder import partial_folder\n"
        "with partial_folder(sys.argv[1]) as folder:\n"
        "    (folder / 'old').write_text('x'); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "target")]).returncode == -9
    assert os.listdir(tmp_path) == [".target.partial"]
    fill(tmp_path / "target")
    assert os.listdir(tmp_path) == ["target"] and os.listdir(tmp_path / "target") == ["new"]


def test_two_at_once_are_refused(tmp_path):
    with partial_folder(tmp_path / "target") as folder:
        (folder / "mine").touch()
        with pytest.raises(DataError, match="another process"), partial_folder(tmp_path / "target"):
            pass
    assert os.listdir(tmp_path / "target") == ["mine"]


def test_an_empty_folder_may_be_there_and_a_full_one_or_a_file_not(tmp_path):
    (tmp_path / "empty").mkdir()
    fill(tmp_path / "empty")
    with pytest.raises(DataError, match="holds new; it is not overwritten"):
        fill(tmp_path / "empty")
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="not a folder"):
        fill(tmp_path / "file")
    with pytest.raises(DataError, match="cannot make"):
        fill(tmp_path / "file" / "below")


def test_named_files_are_replaced_and_nothing_else(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    for name in ("new", "lock"):
        (target / name).write_text("old")
    fill(target, {"new", "lock"})
    assert os.listdir(target) == ["new"] and (target / "new").read_text() == "new"
    (target / "precious").touch()
    with pytest.raises(DataError, match="precious"):
        fill(target, {"new", "lock"})
    assert sorted(os.listdir(target)) == ["new", "precious"]


def test_other_files_of_a_shared_folder_stay(tmp_path):
    target = tmp_path / "target"
    fill(target, is_shared=True)
    for name in ("new", "gone", "precious"):
        (target / name).write_text("old")
    fill(target, {"gone"}, is_shared=True)
    assert {path.name: path.read_text() for path in target.iterdir()} == {"new": "new", "precious": "old"}
    with pytest.raises(ValueError), partial_folder(target, {"new"}, is_shared=True):
        raise ValueError
    assert sorted(os.listdir(target)) == ["new", "precious"]


def test_files_come_from_the_disk_of_a_shared_folder_when_nothing_old_is_left(tmp_path, monkeypatch):
    (tmp_path / "gone").touch()

    def replace(source, target):
        raise OSError(errno.EIO, "the disk is gone")

    monkeypatch.setattr(os, "replace", replace)
    with (
        pytest.raises(DataError, match="the disk is gone"),
        partial_folder(tmp_path, {"gone"}, is_shared=True) as folder,
    ):
        assert folder.parent == tmp_path and (tmp_path / "gone").exists()
        (folder / "new").touch()
    assert os.listdir(tmp_path) == []


def test_a_link_in_the_place_of_the_partial_folder_is_not_followed(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (tmp_path / ".target.partial").symlink_to(tmp_path / "precious")
    with pytest.raises(DataError, match="is a link"):
        fill(tmp_path / "target")
    assert os.listdir(tmp_path / "precious") == ["file"]
