"""A drawn street, from its pixels to words with places, with the shipped weights and a detector that is told."""

import threading

import cv2
import numpy as np
import pytest
import shapely

from ppocr_rare import TextRecognizer
from ppocr_rare.engine.spot.spotter import TextSpotter
from ppocr_rare.errors import ConfigError, SampleError


@pytest.fixture(scope="module")
def recognizer():
    return TextRecognizer.from_pretrained(views=1)


@pytest.fixture(scope="module")
def words(recognizer, detector, street):
    photograph, upper, lower = street
    return TextSpotter(recognizer, detector(lower, upper))(photograph)


def test_words_come_in_reading_order(words):
    assert [word.text for word in words] == ["joint", "coffee", "bakery"]
    assert all(0.5 <= word.score <= 1 for word in words)


def test_a_line_is_parted_along_itself(words, street):
    _, upper, lower = street
    joint, coffee, bakery = (shapely.Polygon(word.polygon) for word in words)
    whole = shapely.Polygon(upper)
    assert whole.buffer(1).contains(joint) and whole.buffer(1).contains(coffee) and not joint.intersects(coffee)
    assert shapely.Polygon(lower).contains(bakery)
    assert joint.centroid.x < coffee.centroid.x


def test_a_polygon_holds_the_ink_of_its_word_and_little_else(words, street):
    photograph = street[0]
    inked = np.zeros(photograph.shape[:2], np.uint8)
    for word in words:
        mask = np.zeros_like(inked)
        cv2.fillPoly(mask, [np.round(word.polygon).astype(np.int32)], 1)
        rows, columns = np.nonzero((photograph.max(axis=2) < 128) & (mask == 1))
        around = shapely.MultiPoint(np.stack([columns, rows], axis=1)).minimum_rotated_rectangle
        assert around.area > 0.6 * shapely.Polygon(word.polygon).area
        inked |= mask
    assert ((photograph.max(axis=2) < 128) & (inked == 0)).sum() < 0.02 * (photograph.max(axis=2) < 128).sum()


def test_characters_stand_in_the_photograph_one_behind_the_other(words):
    for word in words:
        around = shapely.Polygon(word.polygon).buffer(8)
        middles = [np.mean(one.box, axis=0) for one in word.word.characters]
        assert "".join(one.char for one in word.word.characters) == word.text
        assert all(around.contains(shapely.Point(middle)) for middle in middles)
        assert (np.diff([middle[0] for middle in middles]) > 0).all()
        assert all(around.contains(shapely.Point(point)) for point in word.word.evidence.fiducials.mean(0)[None])


def test_the_dark_of_a_letter_lies_in_its_box(words, street):
    photograph = street[0]
    for character in words[2].word.characters:
        mask = np.zeros(photograph.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(character.box).astype(np.int32)], 1)
        assert photograph[mask == 1].min() < 80


def test_details_can_be_left_out_and_doubtful_words_are(recognizer, detector, street):
    photograph, upper, lower = street
    blank = np.float32([[150, 0], [250, 0], [250, 30], [150, 30]])
    spotter = TextSpotter(recognizer, detector(lower, blank), drop_score=0.9)
    (word,) = spotter(photograph, return_details=False)
    assert word.text == "bakery" and word.word.characters == () and word.word.evidence is None
    outside = np.float32([[500, 0], [600, 0], [600, 30], [500, 30]])
    assert TextSpotter(recognizer, detector(outside))(photograph) == []
    assert TextSpotter(recognizer, detector())(photograph) == []


def test_every_form_of_an_image(recognizer, detector, street, tmp_path):
    photograph, _, lower = street
    spotter = TextSpotter(recognizer, detector(lower))
    cv2.imwrite(str(tmp_path / "a.png"), photograph)
    for image in (tmp_path / "a.png", (tmp_path / "a.png").read_bytes(), photograph[..., 0]):
        assert [word.text for word in spotter(image)] == ["bakery"]


def test_faults(recognizer, detector, tmp_path):
    with pytest.raises(ConfigError, match="drop_score is from 0 to 1"):
        TextSpotter(recognizer, detector(), drop_score=2)
    with pytest.raises(SampleError, match="missing file"):
        TextSpotter(recognizer, detector())(tmp_path / "none.png")


def test_threads_share_a_spotter(words, recognizer, detector, street):
    photograph, upper, lower = street
    spotter, results = TextSpotter(recognizer, detector(upper, lower)), []
    threads = [threading.Thread(target=lambda: results.append(spotter(photograph))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[word.text for word in one] for one in results] == [[word.text for word in words]] * 3
