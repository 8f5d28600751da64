import csv
import os

import cv2
import numpy as np
import pytest

from ppocr_rare.data.lmdb_convert import create_lmdb, export_lmdb
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.errors import DataError

EXTENSIONS = ("png", "jpg", "bmp", "webp", "tif", "ppm")


def encode(extension, seed=0):
    image = np.random.default_rng(seed).integers(0, 256, (8, 20, 3), np.uint8)
    return cv2.imencode(f".{extension}", image)[1].tobytes()


@pytest.fixture
def images(tmp_path):
    """A folder with an image of each kind, named ``kind.dat``, and ``labels.txt`` with the kinds as labels."""
    folder = tmp_path / "images"
    folder.mkdir()
    for seed, extension in enumerate(EXTENSIONS):
        (folder / f"{extension}.dat").write_bytes(encode(extension, seed))
    (folder / "labels.txt").write_text("".join(f"{name}.dat\t{name}\n" for name in EXTENSIONS))
    return folder


def content(folder):
    return [(item["image"], item["text"]) for item in LMDBDataSet(str(folder))]


def test_there_and_back_gives_equal_bytes_and_labels(images, tmp_path):
    labels = ["é ", ' "quoted"', "a", "日本", "[x]", "a"]
    (images / "labels.txt").write_text("".join(f"{n}.dat\t{t}\r\n" for n, t in zip(EXTENSIONS, labels, strict=True)))
    assert create_lmdb(str(images / "labels.txt"), None, str(tmp_path / "one")).num_written == 6
    result = export_lmdb(str(tmp_path / "one"), str(tmp_path / "files"))
    assert result.num_written == 6 and not len(result.rejections)
    names = [f"{number:09d}.{extension}" for number, extension in enumerate(EXTENSIONS, start=1)]
    assert sorted(os.listdir(tmp_path / "files")) == [*names, "labels.txt"]
    create_lmdb(str(tmp_path / "files" / "labels.txt"), str(tmp_path / "files"), str(tmp_path / "two"))
    expected = [((images / f"{n}.dat").read_bytes(), text) for n, text in zip(EXTENSIONS, labels, strict=True)]
    assert content(tmp_path / "one") == content(tmp_path / "two") == expected


def test_bad_rows_are_rejected_and_the_others_written(images, tmp_path):
    (images / "cut.png").write_bytes(encode("png")[:-20])
    (images / "empty.png").touch()
    (images / "text.png").write_text("this is no image")
    (images / "folder.png").mkdir()
    rows = [
        "png.dat\tone",
        "cut.png\tcut",
        "empty.png\tempty",
        "text.png\ttext",
        "folder.png\tfolder",
        "none.png\tnone",
    ]
    (images / "labels.txt").write_text("\r\n".join([*rows, "a line", "", "jpg.dat\ttwo"]))
    result = create_lmdb(str(images / "labels.txt"), str(images), str(tmp_path / "x"))
    assert content(tmp_path / "x") == [
        ((images / "png.dat").read_bytes(), "one"),
        ((images / "jpg.dat").read_bytes(), "two"),
    ]
    expected = [
        ("cut", "truncated image"),
        ("empty", "empty file"),
        ("text", "not an image"),
        ("folder", "a directory, not a file"),
        ("none", "missing file"),
        ("", "missing column"),
    ]
    with open(tmp_path / "x.rejected.tsv", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t")
    assert header == ["key", "label", "reason", "detail"]
    assert [(row[1], row[2]) for row in rows] == expected
    assert (rows[0][0], rows[5][0]) == (f"{images}/cut.png", f"{images}/labels.txt:7")
    assert result.rejections.counts == {reason: 1 for _, reason in expected}
    assert result.summary()[:2] == ["written: 2", "rejected: 6"]
    assert result.summary()[-1].endswith("x.rejected.tsv")


def test_without_the_check_every_file_with_content_is_taken(images, tmp_path):
    (images / "text.png").write_text("this is no image")
    (images / "empty.png").touch()
    (images / "labels.txt").write_text("text.png\tone\nempty.png\ttwo\n")
    result = create_lmdb(str(images / "labels.txt"), str(images), str(tmp_path / "x"), has_check=False)
    assert content(tmp_path / "x") == [(b"this is no image", "one")]
    assert result.rejections.counts == {"empty file": 1}
    export_lmdb(str(tmp_path / "x"), str(tmp_path / "files"))
    assert sorted(os.listdir(tmp_path / "files")) == ["000000001.bin", "labels.txt"]


@pytest.mark.parametrize("num_threads", [1, 3])
def test_the_order_is_that_of_the_lines_and_a_path_may_come_again(images, tmp_path, num_threads):
    (images / "labels.txt").write_text("".join(f"png.dat\t{number}\n" for number in range(200)))
    create_lmdb(str(images / "labels.txt"), None, str(tmp_path / "x"), num_threads=num_threads)
    assert [text for _, text in content(tmp_path / "x")] == [str(number) for number in range(200)]


def test_nothing_usable_makes_no_lmdb(images, tmp_path):
    with pytest.raises(DataError, match="no sample of .*labels.txt can be used; the first: .*missing file"):
        create_lmdb(str(images / "labels.txt"), str(tmp_path), str(tmp_path / "x"))
    (images / "labels.txt").write_text("\n")
    with pytest.raises(DataError, match="holds no sample"):
        create_lmdb(str(images / "labels.txt"), str(images), str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


def test_a_list_of_rejected_rows_of_an_earlier_run_goes(images, tmp_path):
    (tmp_path / "x.rejected.tsv").write_text("old")
    create_lmdb(str(images / "labels.txt"), None, str(tmp_path / "x"))
    assert not (tmp_path / "x.rejected.tsv").exists()


def test_export_rejects_what_a_label_file_cannot_say_and_keeps_the_numbers(tmp_path, write_lmdb):
    labels = [b"one", b"t\tab", b"new\nline", b"end\r", b"\xff", b"six"]
    write_lmdb(tmp_path / "x", [(b"image", label) for label in labels] + [(None, b"seven")])
    result = export_lmdb(str(tmp_path / "x"), str(tmp_path / "files"))
    assert (tmp_path / "files" / "labels.txt").read_text() == "000000001.bin\tone\n000000006.bin\tsix\n"
    reasons = {"label with a delimiter or line break": 3, "label is not UTF-8": 1, "missing entry": 1}
    assert result.rejections.counts == reasons


def test_export_does_not_touch_a_folder_with_content(tmp_path, write_lmdb):
    write_lmdb(tmp_path / "x", [(b"image", b"label")])
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "mine").touch()
    with pytest.raises(DataError, match="mine"):
        export_lmdb(str(tmp_path / "x"), str(tmp_path / "files"))
    assert os.listdir(tmp_path / "files") == ["mine"]


def test_an_unwritable_list_of_rejected_rows_is_a_fault(images, tmp_path):
    (tmp_path / "x.rejected.tsv").mkdir()
    with pytest.raises(DataError, match="cannot write"):
        create_lmdb(str(images / "labels.txt"), None, str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()
