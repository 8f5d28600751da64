"""A file is replaced whole or not at all."""

import os
import stat

import pytest

from ppocr_rare.utils.atomic import write_atomically


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, [b"ab", b"", b"c"])
    assert path.read_bytes() == b"abc"
    write_atomically(str(path), iter([b"d"]))
    assert path.read_bytes() == b"d"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["replace", "fsync"])
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, name, fault):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*args):
        raise fault

    monkeypatch.setattr(os, name, fail)
    with pytest.raises(type(fault)):
        write_atomically(path, [b"new"])
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_failure_while_the_contents_are_made_leaves_the_old_file(tmp_path):
    def contents():
        yield b"half"
        raise TypeError("not writable")

    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_atomically(path, contents())
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="folders are synchronised on POSIX only")
def test_contents_reach_the_disk_before_the_name_and_the_name_before_the_end(tmp_path, monkeypatch):
    calls = []
    sync, replace = os.fsync, os.replace

    def record_sync(descriptor):
        calls.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def record_replace(old, new):
        assert os.path.dirname(old) == os.path.dirname(new) and os.path.getsize(old) == 3
        calls.append("replace")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(os, "replace", record_replace)
    write_atomically(tmp_path / "file", [b"new"])
    assert calls == ["file", "replace", "folder"]


def test_what_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(OSError):
        write_atomically(tmp_path / "missing" / "file", [b""])
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        write_atomically(tmp_path / "folder", [b""])
    assert os.listdir(tmp_path) == ["folder"]
