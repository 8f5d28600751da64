"""What differs between systems: taken away here, as it is on another one."""

import os
import signal
import subprocess
import sys
import types

import pytest
from material import ROOT

from ppocr_rare.utils import platforms

# What Windows lacks, or (the first three) macOS too; taken away behind Paddle, which has builds of its own for them.
ELSEWHERE = """
import logging.handlers, multiprocessing.pool, os, signal, sys
import cv2, lmdb, paddle, PIL.Image, tqdm
del os.sched_getaffinity
if {system!r} == "windows":
    for name in ("SIGCHLD", "SIGHUP", "SIGKILL", "SIGUSR1", "pthread_sigmask"):
        delattr(signal, name)
    for name in ("fcntl", "resource", "pwd", "grp", "termios"):
        sys.modules[name] = None
    for name in ("getuid", "sysconf", "fork"):
        delattr(os, name)
import importlib, pkgutil
import ppocr_rare
for module in pkgutil.walk_packages(ppocr_rare.__path__, "ppocr_rare."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
READS = """
word = ppocr_rare.TextRecognizer.from_pretrained(use_gpu=False)({image!r})
print(word.text or word.error)
"""


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_every_module_imports_and_words_are_read(system):
    image = ROOT / "doc" / "imgs_words" / "en" / "word_1.png"
    script = ELSEWHERE.format(system=system) + READS.format(image=str(image))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "joint"


def test_cores_are_counted_where_the_system_does_not_say_which_are_ours(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert platforms.num_cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert platforms.num_cores() == 1


def test_signals_that_a_system_lacks_are_left_out(monkeypatch):
    monkeypatch.delattr(signal, "SIGCHLD", raising=False)
    assert platforms.signals("SIGINT", "SIGCHLD") == (signal.SIGINT,)


def test_nothing_is_blocked_where_that_cannot_be(monkeypatch):
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with platforms.blocked((signal.SIGTERM,)):
        pass


def test_blocked_signals_come_afterwards():
    came = []
    before = signal.signal(signal.SIGTERM, lambda *_: came.append("came"))
    try:
        with platforms.blocked((signal.SIGTERM,)):
            signal.raise_signal(signal.SIGTERM)
            assert came == []
        assert came == ["came"]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_folder_is_locked_once(tmp_path):
    with platforms.locked_folder(tmp_path), pytest.raises(BlockingIOError), platforms.locked_folder(tmp_path):
        pass
    with platforms.locked_folder(tmp_path):  # and free again
        pass


def test_windows_locks_a_file_beside_the_folder(tmp_path, monkeypatch):
    held = set()

    def locking(descriptor, mode, num_bytes):
        place = os.fstat(descriptor).st_ino
        if place in held:
            raise PermissionError(13, "locked")
        held.add(place)

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(LK_NBLCK=2, locking=locking))
    folder = tmp_path / "words"
    folder.mkdir()
    with platforms.locked_folder(folder):
        assert list(folder.iterdir()) == []  # the folder may be renamed while it is locked
        with pytest.raises(BlockingIOError), platforms.locked_folder(folder):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["words"]
