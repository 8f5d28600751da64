"""tools/synthesize.py as a user runs it."""

import os
import signal
import subprocess
import sys
import time

import pytest
from material import ROOT

from ppocr_rare.data.lmdb_dataset import LMDBDataSet

TOOL = str(ROOT / "tools" / "synthesize.py")


def synthesize(run_process, *arguments, cwd=None):
    return run_process("synthesize", "--fonts", "shipped", *arguments, cwd=cwd)


@pytest.mark.slow
def test_the_same_bytes_by_any_number_of_workers_and_after_a_kill(run_process, tmp_path):
    options = ["--num", 2300, "--keep_fiducials", "--out"]
    for name, workers in (("one", 1), ("three", 3)):
        done = synthesize(run_process, *options, tmp_path / name, "--workers", workers)
        assert (done.code, done.lines[:2]) == (0, ["written: 2300", "fonts: 8"])
    process = start(*options, tmp_path / "cut", "--workers", 1)
    first = tmp_path / ".cut.parts" / "000000000"
    wait_for(first.exists)
    process.kill()
    process.communicate(timeout=60)
    assert not (tmp_path / "cut").exists()
    again = synthesize(run_process, *options, tmp_path / "cut", "--workers", 2)
    assert again.code == 0 and "going on with the interrupted run" in again.err
    data = {(tmp_path / name / "data.mdb").read_bytes() for name in ("one", "three", "cut")}
    assert len(data) == 1
    names = [name for name in sorted(os.listdir(tmp_path)) if name.startswith((".", "cut"))]
    assert names == ["cut", "cut.synth.json"]
    assert len(LMDBDataSet(str(tmp_path / "cut"))) == 2300


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_quiet_and_leaves_the_parts(tmp_path, number):
    process = start("--out", tmp_path / "x", "--num", 9000, "--workers", 1)
    wait_for((tmp_path / ".x.parts" / "000000000").exists)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number and "Traceback" not in errors
    assert os.listdir(tmp_path) == [".x.parts"]


def test_words_that_are_left_out_give_exit_code_1(run_process, tmp_path):
    (tmp_path / "words.txt").write_text("good\nשלום\n", encoding="utf-8")
    done = synthesize(run_process, "--out", "x", "--num", 5, "--words", "words.txt", "--workers", 1, cwd=tmp_path)
    assert done.code == 1 and "written: 5" in done.lines
    assert "right-to-left script: 1" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--num", "0"], "number of words must be 1 to"),
        (["--num", "5", "--workers", "0"], "at least 1 worker"),
        (["--num", "5", "--words", "empty.txt"], "no word that can be drawn in empty.txt"),
        (["--num", "5", "--words", "none.txt"], "none.txt: No such file"),
        (["--num", "5", "--dict", "none.txt"], "none.txt: No such file"),
        (["--num", "5", "--fonts", "none"], "none: no such file or folder"),
        (["--num", "5", "--fonts", "empty.txt"], "no font that can be used"),
        (["--num", "5", "--height", "4"], "at least 16"),
        (["--num", "5", "--layouts", "arch"], "there is no 'arch'"),
    ],
)
def test_faults_are_one_line_and_exit_code_2(run_process, tmp_path, arguments, message):
    (tmp_path / "empty.txt").write_text("")
    done = synthesize(run_process, "--out", "x", *arguments, cwd=tmp_path)
    assert done.code == 2 and message in done.err.splitlines()[-1] and "Traceback" not in done.err
    assert os.listdir(tmp_path) == ["empty.txt"]


def test_a_picture_of_samples(run_process, tmp_path):
    done = run_process("render_samples", "--out", tmp_path / "samples.png")
    assert done.code == 0 and (tmp_path / "samples.png").read_bytes().startswith(b"\x89PNG")


def start(*arguments):
    command = [sys.executable, TOOL, "--fonts", "shipped", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
