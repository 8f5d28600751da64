"""All words of all pictures, each in exactly one count."""

import json
import os

import cv2
import numpy as np
import pytest

from ppocr_rare.data.cropping import crop_photographs
from ppocr_rare.data.label_file import LabelFile
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.errors import DataError

PHOTO = np.random.default_rng(1).integers(0, 256, (100, 200, 3), np.uint8)
GOOD = "10,20,70,20,70,45,10,45"


@pytest.fixture
def photos(tmp_path):
    """A folder with img_1.png and img_2.png, and a function that writes gt_img_N.txt beside them."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in (1, 2):
        cv2.imwrite(str(folder / f"img_{number}.png"), PHOTO)

    def annotate(number, *lines):
        (folder / f"gt_img_{number}.txt").write_text("\n".join(lines))

    return folder, annotate


def counts(result):
    return result.conversion.num_written, result.num_ignored, dict(result.conversion.rejections.counts)


def test_files(photos, tmp_path):
    folder, annotate = photos
    annotate(1, f"{GOOD},one", f"{GOOD}, \"two\", three ")
    annotate(2, f"{GOOD},###", "20,30,80,30,80,55,20,55,Füße")
    result = crop_photographs(str(folder), None, str(tmp_path / "out"))
    assert counts(result) == (3, 1, {})
    labels = LabelFile(tmp_path / "out" / "labels.txt")
    assert [labels.label(line) for line in range(3)] == ["one", '"two", three', "Füße"]
    last = cv2.imread(str(tmp_path / "out" / labels.paths(2)[0]))
    np.testing.assert_array_equal(last, PHOTO[30:55, 20:80])
    assert [label for _, label in result.shown] == ["one", '"two", three', "Füße"]


def test_lmdb(photos, tmp_path):
    folder, annotate = photos
    annotate(1, f"{GOOD},one")
    crop_photographs(str(folder / "gt_img_1.txt"), str(folder), str(tmp_path / "out"), output_format="lmdb")
    words = LMDBDataSet(str(tmp_path / "out"))
    assert (len(words), words[0]["text"]) == (1, "one")
    np.testing.assert_array_equal(cv2.imdecode(np.frombuffer(words[0]["image"], np.uint8), 1), PHOTO[20:45, 10:70])


def test_every_word_is_in_one_count(photos, tmp_path):
    folder, annotate = photos
    annotate(1, f"{GOOD},one", "hello", f"{GOOD},", f"{GOOD},###", "10,10,90,40,90,10,10,40,bow tie", f"{GOOD},a\tb")
    annotate(2, f"{GOOD},lost", f"{GOOD},lost", f"{GOOD},###", "hello")
    (folder / "img_2.png").write_bytes(b"no image")
    annotate(3, f"{GOOD},no picture")
    annotate(4, f"{GOOD},###")  # nobody misses its picture
    annotate(5)
    (folder / "readme.txt").write_text("What this is.")
    (folder / "gt.mat").write_bytes(b"MATLAB 5.0 MAT-file")
    (folder / ".hidden.txt").write_text("What this is.")
    result = crop_photographs(str(folder), None, str(tmp_path / "out"))
    assert counts(result) == (1, 3, {
        "not an ICDAR line": 2, "no transcription": 1, "polygon crosses itself": 1,
        "label with a delimiter or line break": 1, "not an image": 2, "missing image": 1,
        "unknown annotation format": 1, "MATLAB file": 1,
    })  # fmt: skip
    assert sorted(os.listdir(tmp_path / "out")) == ["000000001.png", "labels.txt"]
    rows = (tmp_path / "out.rejected.tsv").read_text().splitlines()
    assert len(rows) == 1 + 10
    assert any(f"{folder / 'gt_img_1.txt'}:5\tbow tie\tpolygon crosses itself" in row for row in rows)
    assert {"pictures: 4", "do not care: 3", "written: 1", "rejected: 10"} <= set(result.summary())


def test_only_formats_that_demand_it_read_from_the_first_corner(photos, tmp_path):
    folder, annotate = photos
    corners = [[70, 45], [10, 45], [10, 20], [70, 20]]  # clockwise, from the lower right
    annotate(1, ",".join(str(value) for corner in corners for value in corner) + ",head")
    coco = {"imgs": {"7": {"file_name": "img_1.png"}}, "anns": {"1": {"image_id": 7, "utf8_string": "up", "polygon": [
        value for corner in corners for value in corner]}}}  # fmt: skip
    (folder / "coco.json").write_text(json.dumps(coco))
    (folder / "img_2.json").write_text(json.dumps({"shapes": [{"label": "up", "points": corners}]}))
    result = crop_photographs(str(folder), None, str(tmp_path / "out"))
    upright = PHOTO[20:45, 10:70]
    assert [label for _, label in result.shown] == ["up", "head", "up"]
    for crop, label in result.shown:
        np.testing.assert_array_equal(crop, upright if label == "up" else np.rot90(upright, 2))


@pytest.fixture
def turned_photo(word, stored_turned, tmp_path):
    """``turned_photo(size)``: a folder with a word in a.jpg, stored turned, of which LabelMe gives that size.

    Both annotations count as stored, or as shown, by the size.
    """

    def turned_photo(size):
        folder, (height, width) = tmp_path / "photos", word.shape[:2]
        folder.mkdir()
        scene = np.full((300, 500, 3), 90, np.uint8)
        scene[100 : 100 + height, 200 : 200 + width] = word
        (folder / "a.jpg").write_bytes(stored_turned(scene))
        points = [[200, 100], [200 + width, 100], [200 + width, 100 + height], [200, 100 + height]]
        if size == (300, 500):
            points = [[y, 500 - x] for x, y in points]
        (folder / "Label.txt").write_text(f"a.jpg\t{json.dumps([{'transcription': 'det', 'points': points}])}\n")
        shapes = [{"label": "labelme", "points": points}]
        labelme = {"imagePath": "a.jpg", "imageWidth": size[0], "imageHeight": size[1], "shapes": shapes}
        (folder / "a.json").write_text(json.dumps(labelme))
        return folder

    return turned_photo


def crops_by_label(folder, out, **options):
    result = crop_photographs(str(folder), None, str(out), **options)
    assert result.num_turned == 1 and "turned by EXIF: 1" in result.summary()
    return {label: crop for crop, label in result.shown}


def test_points_in_a_turned_photograph_as_viewers_show_it(turned_photo, shift, tmp_path, caplog):
    folder = turned_photo((500, 300))
    crops = crops_by_label(folder, tmp_path / "out")
    assert shift(crops["det"]) < 1 and shift(crops["labelme"]) < 1
    assert "pictures that an EXIF tag turns: 1; " in caplog.text and "there is --ignore_orientation" in caplog.text
    labelme = crops_by_label(folder / "a.json", tmp_path / "again", ignore_orientation=True)["labelme"]
    np.testing.assert_array_equal(labelme, crops["labelme"])


def test_points_in_a_turned_photograph_as_it_is_stored(turned_photo, shift, tmp_path, caplog):
    folder = turned_photo((300, 500))
    crops = crops_by_label(folder, tmp_path / "out", ignore_orientation=True)
    assert shift(crops["det"]) < 1
    assert shift(np.rot90(crops["labelme"], -1)) < 1  # lies on its side as the annotator saw it
    assert "leave out --ignore_orientation" in caplog.text
    labelme = crops_by_label(folder / "a.json", tmp_path / "again")["labelme"]
    np.testing.assert_array_equal(labelme, crops["labelme"])


def test_a_label_that_is_no_text(photos, tmp_path):
    folder, _ = photos
    words = [{"transcription": text, "points": [[10, 20], [70, 20], [70, 45], [10, 45]]} for text in ("\ud800", "ok")]
    (folder / "Label.txt").write_text(f"photos/img_1.png\t{json.dumps(words)}\n")
    for kind in ("files", "lmdb"):
        result = crop_photographs(str(folder), None, str(tmp_path / kind), output_format=kind)
        assert counts(result) == (1, 0, {"label is not UTF-8": 1})


def test_faults_leave_nothing(photos, tmp_path):
    folder, annotate = photos
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(DataError, match="no annotation file below"):
        crop_photographs(str(folder), None, str(tmp_path / "out"))
    annotate(1, "hello", f"{GOOD},###")
    with pytest.raises(DataError, match=r"no sample of .* can be used; the first: .*unknown annotation format|ICDAR"):
        crop_photographs(str(folder), None, str(tmp_path / "out"))
    with pytest.raises(DataError, match="no such file or folder"):
        crop_photographs(str(folder), str(tmp_path / "none"), str(tmp_path / "out"))
    with pytest.raises(DataError, match="not overwritten"):
        crop_photographs(str(folder), None, str(folder))
    assert not (tmp_path / "out").exists() and set(before) <= set(os.listdir(tmp_path))
