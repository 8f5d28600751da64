"""tools/create_lmdb.py as a user runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from ppocr_rare.data.lmdb_dataset import LMDBDataSet

TOOL = Path(__file__).resolve().parents[2] / "tools" / "create_lmdb.py"


def run(*arguments, **options):
    command = [sys.executable, str(TOOL), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, **options)


@pytest.fixture
def images(tmp_path):
    """A folder with ``word.png`` and ``labels.txt``, which names it twice."""
    folder = tmp_path / "images"
    folder.mkdir()
    image = np.random.default_rng(0).integers(0, 256, (300, 1000, 3), np.uint8)
    cv2.imwrite(str(folder / "word.png"), image)
    (folder / "labels.txt").write_text("word.png\tone\nword.png\ttwo\n")
    return folder


def test_there_and_back(images, tmp_path):
    first = run("--label_file", images / "labels.txt", "--data_dir", images, "--out", tmp_path / "x", "--workers", 2)
    assert (first.returncode, first.stdout) == (0, "written: 2\nrejected: 0\n")
    back = run("--export", tmp_path / "x", "--out", tmp_path / "files")
    assert back.returncode == 0
    assert (tmp_path / "files" / "000000002.png").read_bytes() == (images / "word.png").read_bytes()
    assert (tmp_path / "files" / "labels.txt").read_text() == "000000001.png\tone\n000000002.png\ttwo\n"


def test_rejected_rows_give_exit_code_1_and_are_reported(images, tmp_path):
    (images / "cut.png").write_bytes((images / "word.png").read_bytes()[:-50])
    (images / "labels.txt").write_text("cut.png\tzero\nword.png\tone\nmissing column\n")
    result = run("--label_file", images / "labels.txt", "--out", tmp_path / "x", cwd=tmp_path)
    assert result.returncode == 1
    assert "written: 1\nrejected: 2\n" in result.stdout
    assert "truncated image: 1" in result.stdout and "missing column: 1" in result.stdout
    assert str(tmp_path / "x.rejected.tsv") in result.stdout
    assert len(LMDBDataSet(str(tmp_path / "x"))) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--label_file", "none.txt", "--out", "x"], "none.txt: No such file"),
        (["--label_file", "images", "--out", "x"], "Is a directory"),
        (["--label_file", "images/labels.txt", "--data_dir", "none", "--out", "x"], "data_dir is not a folder: none"),
        (["--label_file", "images/labels.txt", "--out", "images"], "not overwritten"),
        (["--export", "images", "--out", "x"], "data.mdb"),
        (["--out", "x"], "--label_file"),
        (["--label_file", "images/labels.txt", "--out", "x", "--workers", "0"], "--workers"),
    ],
)
def test_faults_are_one_line_and_exit_code_2(images, tmp_path, arguments, message):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert message in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert os.listdir(tmp_path) == ["images"]


def test_overwrite(images, tmp_path):
    arguments = ["--label_file", images / "labels.txt", "--out", tmp_path / "x"]
    assert run(*arguments).returncode == 0
    refused = run(*arguments)
    assert refused.returncode == 2 and "not overwritten" in refused.stderr
    assert run(*arguments, "--overwrite").returncode == 0


@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_an_interrupted_run_leaves_no_lmdb(images, tmp_path, signal_number, code):
    (images / "labels.txt").write_text("word.png\tword\n" * 100_000)
    arguments = ["--label_file", str(images / "labels.txt"), "--out", str(tmp_path / "x")]
    process = subprocess.Popen([sys.executable, str(TOOL), *arguments], stderr=subprocess.PIPE, text=True)
    partial = tmp_path / ".x.partial" / "data.mdb"
    deadline = time.monotonic() + 60
    while not (partial.exists() and partial.stat().st_size > 100_000) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal_number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in errors
    assert not (tmp_path / "x").exists()
    assert partial.exists() == (signal_number == signal.SIGKILL)
    (images / "labels.txt").write_text("word.png\tword\n")
    assert run(*arguments).returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["images", "x"]
