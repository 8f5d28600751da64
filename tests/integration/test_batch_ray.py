"""Batch reading on a Ray cluster of this machine: an actor that is killed is replaced, every row comes back once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_words import demo_words, read_rows, write_parquet
from material import ROOT

pytest.importorskip("ray", reason="ray is not installed: pip install 'ppocr_rare[ray]'")

pytestmark = pytest.mark.slow


def actors_below(pid):
    """Numbers of the processes of Ray's actors below a process."""
    found, children = [], subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    for child in map(int, children):
        command = Path(f"/proc/{child}/cmdline")
        if command.exists() and b"ray::_Actor" in command.read_bytes():
            found.append(child)
        found += actors_below(child)
    return found


def test_an_actor_that_is_killed_is_replaced(tmp_path):
    write_parquet(tmp_path / "in" / "a.parquet", [*demo_words(599), b"no image"])
    command = [sys.executable, ROOT / "tools" / "batch.py", "--input", tmp_path / "in", "--output", tmp_path / "out"]
    options = ["--workers", "2", "--shard_rows", "50", "--address", "local"]
    process = subprocess.Popen(
        [*map(str, command), *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 200
        while not list((tmp_path / "out").glob("part-*")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        killed = actors_below(process.pid)[:1]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        out, err = process.communicate(timeout=200)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 1, err
    assert killed and err.count("a worker has died") == 1, err
    rows = read_rows(tmp_path / "out")
    assert len(rows) == 600 and [key for key, row in rows.items() if row["error"]] == ["a-599"]
    told = "rows: 600, of which 600 in this run\nrows with an error: 1\n  not an image: 1\n"
    assert told in out  # Ray itself has told of the dead actor before
    assert "with 2 workers" in out
