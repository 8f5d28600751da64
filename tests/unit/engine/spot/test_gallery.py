"""Many photographs, a line and a picture each."""

import json

import cv2
import pytest

from ppocr_rare import TextRecognizer
from ppocr_rare.engine.spot.gallery import Wanted, spot_photographs
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
    wanted = Wanted("json", pictures=tmp_path / "out" / "deep", crops=tmp_path / "crops")
    lines = list(spot_photographs(spotter, paths, wanted, [{}] * 3))
    assert [is_read for _, is_read in lines] == [True, False, True]
    assert [word["text"] for word in json.loads(lines[0][0])["words"]] == ["bakery"]
    assert "not an image" in json.loads(lines[1][0])["error"]
    drawn = sorted((tmp_path / "out" / "deep").iterdir())
    assert [path.name for path in drawn] == ["street.png", "street_2.png"]
    assert cv2.imread(str(drawn[0])).shape == street[0].shape
    crops = sorted((tmp_path / "crops").iterdir())
    assert [path.name for path in crops] == ["street_1.png", "street_2_1.png"]
    left, top = street[2][0]
    height, width = cv2.imread(str(crops[0])).shape[:2]
    assert 60 < width <= street[2][1][0] - left and 20 < height <= street[2][2][1] - top


def test_each_photograph_has_its_own_words(spotter, street, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), street[0])
    ways = [{}, {"lexicon": ["baker", "joint"]}, {"top_k": 2, "lexicon": None}]
    lines = list(spot_photographs(spotter, [str(tmp_path / "a.png")] * 3, Wanted("json", False), ways))
    told = [json.loads(line)["words"] for line, _ in lines]
    assert [word["text"] for words in told[::2] for word in words] == ["bakery"] * 2
    assert all(word["text"] == "baker" for word in told[1])  # or it is too unlikely to be told
    assert "readings" not in told[0][0] and len(told[2][0]["readings"]) == 2


def test_a_folder_that_cannot_be_made_is_one_line(spotter, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RareError, match="cannot be made"):
        next(spot_photographs(spotter, ["a.jpg"], Wanted("tsv", pictures=tmp_path / "file" / "x"), [{}]))
