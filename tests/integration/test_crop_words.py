"""tools/crop_words.py as a user runs it."""

import os

import cv2
import numpy as np
import pytest
from PIL import Image

from ppocr_rare.data.lmdb_dataset import LMDBDataSet

LINE = "10,20,70,20,70,45,10,45,word\n"


@pytest.fixture
def photos(tmp_path):
    """A folder with img_1.jpg and, in the form of ICDAR 2015, gt_img_1.txt."""
    folder = tmp_path / "photos"
    folder.mkdir()
    image = np.random.default_rng(0).integers(0, 256, (100, 200, 3), np.uint8)
    cv2.imwrite(str(folder / "img_1.jpg"), image)
    (folder / "gt_img_1.txt").write_text("\ufeff" + LINE + LINE.replace("word", "###"))
    return folder


def test_files_and_sheet(run_process, photos, tmp_path):
    arguments = ("--annotations", photos, "--out", tmp_path / "out", "--sheet", tmp_path / "sheet.png")
    result = run_process("crop_words", *arguments)
    assert (result.code, result.lines) == (0, ["pictures: 1", "do not care: 1", "written: 1", "rejected: 0"])
    assert (tmp_path / "out" / "labels.txt").read_text() == "000000001.png\tword\n"
    assert cv2.imread(str(tmp_path / "out" / "000000001.png")).shape == (25, 60, 3)
    assert cv2.imread(str(tmp_path / "sheet.png")) is not None
    again = run_process("crop_words", *arguments)
    assert again.code == 2 and "not overwritten" in again.errors[0]


def test_a_rejected_word_gives_exit_code_1(run_process, photos, tmp_path):
    (photos / "gt_img_1.txt").write_bytes((LINE + "10,20,70,20,70,45,word\n" + LINE).encode() + b"9,9,\xe9\n")
    options = ("--format", "lmdb", "--annotation_format", "icdar", "--mode", "straighten", "--min_height", "9")
    result = run_process("crop_words", "--annotations", photos / "gt_img_1.txt", "--out", tmp_path / "out", *options)
    assert result.code == 1
    assert "written: 2" in result.lines and "not an ICDAR line: 2" in result.lines
    assert f"{photos / 'gt_img_1.txt'}:2" in result.out
    assert "WARNING" in result.err and "is not UTF-8: read as CP1252" in result.err
    assert [sample["text"] for sample in LMDBDataSet(str(tmp_path / "out"))] == ["word", "word"]


def test_ignore_orientation(run_process, photos, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # a viewer turns it: 200 wide and 100 high as stored, 100 wide as shown
    Image.open(photos / "img_1.jpg").save(photos / "img_1.jpg", exif=exif)
    (photos / "gt_img_1.txt").write_text(LINE.replace("10,", "150,").replace("70,", "190,"))
    shown = run_process("crop_words", "--annotations", photos, "--out", tmp_path / "out")
    assert shown.code == 2 and "outside the image" in shown.err
    stored = run_process("crop_words", "--annotations", photos, "--out", tmp_path / "out", "--ignore_orientation")
    assert (stored.code, stored.lines[2]) == (0, "turned by EXIF: 1")
    assert "WARNING" in stored.err and "--ignore_orientation" in stored.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--annotations", "none", "--out", "x"], "none: no such file or folder"),
        (["--annotations", "photos", "--out", "photos"], "not overwritten"),
        (["--annotations", "photos", "--images", "none", "--out", "x"], "none: no such file or folder"),
        (["--annotations", "photos", "--out", "x", "--min_height", "26"], "too small: 60 x 25 pixels"),
        (["--annotations", "photos", "--out", "x", "--annotation_format", "labelme"], "not JSON"),
        (["--annotations", "photos"], "--out"),
    ],
)
def test_faults_are_one_line_and_exit_code_2(run_process, photos, tmp_path, arguments, message):
    result = run_process("crop_words", *arguments, cwd=tmp_path)
    assert result.code == 2 and result.out == ""
    assert message in result.err.splitlines()[-1] and "Traceback" not in result.err
    assert not (tmp_path / "x").exists() and not (tmp_path / ".x.partial").exists()
    assert sorted(os.listdir(photos)) == ["gt_img_1.txt", "img_1.jpg"]
