"""A process that reads samples ends with the one that started it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from ppocr_rare.data.worker import clear_shared_memory

PARENT = """
import multiprocessing, time
from ppocr_rare.data.worker import start_worker
def work():
    start_worker(0)
    time.sleep(600)
child = multiprocessing.get_context("fork").Process(target=work)
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked on POSIX alone")
def test_it_ends_when_its_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    parent.kill()
    assert parent.wait() == -signal.SIGKILL
    # Its end of the pipe closes with it.
    began = time.monotonic()
    assert parent.stdout.read() == ""
    assert time.monotonic() - began < 300
    parent.stdout.close()
    with pytest.raises(OSError):
        for _ in range(600):
            os.kill(worker, 0)
            time.sleep(0.5)


def test_what_it_left_in_shared_memory_goes(tmp_path):
    for name in ("paddle_12_1_a", "paddle_12_2", "paddle_123_1", "other"):
        (tmp_path / name).touch()
    clear_shared_memory(12, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"paddle_123_1", "other"}
