"""Many photographs, a line and a picture each."""

import json

import cv2
import pytest

from ppocr_rare import TextRecognizer
from ppocr_rare.engine.spot.gallery import spot_photographs
from ppocr_rare.engine.spot.spotter import TextSpotter
from ppocr_rare.errors import RareError


@pytest.fixture
def spotter(detector, street):
    return TextSpotter(TextRecognizer.from_pretrained(views=1), detector(street[2]))


def test_a_bad_photograph_costs_itself_alone(spotter, street, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        cv2.imwrite(str(tmp_path / folder / "street.jpg"), street[0])
    (tmp_path / "bad.jpg").write_bytes(b"no image")
    paths = [str(tmp_path / name) for name in ("a/street.jpg", "bad.jpg", "b/street.jpg")]
    lines = list(spot_photographs(spotter, paths, "json", folder=tmp_path / "out" / "deep"))
    assert [is_read for _, is_read in lines] == [True, False, True]
    assert [word["text"] for word in json.loads(lines[0][0])["words"]] == ["bakery"]
    assert "not an image" in json.loads(lines[1][0])["error"]
    drawn = sorted((tmp_path / "out" / "deep").iterdir())
    assert [path.name for path in drawn] == ["street.png", "street_2.png"]
    assert cv2.imread(str(drawn[0])).shape == street[0].shape


def test_a_folder_that_cannot_be_made_is_one_line(spotter, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RareError, match="cannot be made"):
        next(spot_photographs(spotter, ["a.jpg"], "tsv", folder=tmp_path / "file" / "x"))
