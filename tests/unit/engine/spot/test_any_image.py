"""Words as words, photographs as photographs, in the order in which they come."""

import cv2
import numpy as np
import pytest

from ppocr_rare import TextRecognizer
from ppocr_rare.engine.spot import any_image
from ppocr_rare.engine.spot.any_image import AnyReader, looks_like_a_photograph
from ppocr_rare.errors import RareError

GREEDY = {"beam_width": None, "top_k": 1, "pattern": None, "lexicon": None}


@pytest.fixture(scope="module")
def recognizer():
    return TextRecognizer.from_pretrained(views=1)


@pytest.fixture
def images(street, line, tmp_path):
    """Paths of a word, a large photograph, another word, and something else."""
    photograph = np.full((600, 800, 3), 235, np.uint8)
    photograph[: street[0].shape[0], : street[0].shape[1]] = street[0]
    for name, image in (("a.png", line("coffee")[0]), ("b.png", photograph), ("c.png", line("joint")[0])):
        cv2.imwrite(str(tmp_path / name), image)
    (tmp_path / "d.png").write_bytes(b"no image")
    return [str(tmp_path / name) for name in ("a.png", "b.png", "c.png", "d.png")]


@pytest.fixture
def found(monkeypatch, detector, street):
    monkeypatch.setattr(any_image, "RapidDetector", lambda: detector(*street[1:]))


def cells(rows):
    return [line.split("\t")[1:] for row, _ in rows for line in row.split("\n")]


def test_both_kinds_come_in_order(recognizer, images, found):
    rows = list(AnyReader(recognizer).rows(images, [GREEDY] * 4))
    assert [is_read for _, is_read in rows] == [True, True, True, False]
    assert [cell[0] for cell in cells(rows)[:5]] == ["coffee", "joint", "coffee", "bakery", "joint"]
    assert [len(cell) for cell in cells(rows)] == [2, 3, 3, 3, 2, 1]
    assert rows[3][0].split("\t")[1].startswith("error: ")


@pytest.mark.parametrize(("photographs", "columns"), [("never", [2, 2]), ("always", [3, 3, 3, 3])])
def test_who_asks_decides(recognizer, images, found, photographs, columns):
    """Of a word without places there are two columns; a photograph without words has a line, too."""
    rows = AnyReader(recognizer, photographs).rows(images[:2], [GREEDY] * 2)
    assert [len(cell) for cell in cells(rows)] == columns


def test_the_first_words_are_told_before_the_last_images_are_looked_at(recognizer, images, found, monkeypatch):
    monkeypatch.setattr(any_image, "_MAX_RUN", 2)
    looked_at, look = [], looks_like_a_photograph
    monkeypatch.setattr(any_image, "looks_like_a_photograph", lambda path: looked_at.append(path) or look(path))
    rows = AnyReader(recognizer).rows([images[0]] * 5 + [images[1]], [GREEDY] * 6)
    assert "\tcoffee\t" in next(rows)[0] and len(looked_at) == 2
    assert [row.count("\n") for row, _ in rows] == [0, 0, 0, 0, 2]


def test_lexicons_of_their_own(recognizer, images, found):
    ways = [GREEDY | {"lexicon": words} for words in (["toffee"], ["points", "bakery"], ["paint"])]
    told = [cell[0] for cell in cells(AnyReader(recognizer).rows(images[:3], ways))]
    assert told[0] == "toffee" and "bakery" in told[1:-1] and told[-1] == "paint"
    assert set(told[1:-1]) <= {"points", "bakery"}


def test_without_what_finds_words_a_photograph_is_a_word_and_that_is_said(recognizer, images, monkeypatch, caplog):
    def missing():
        raise RareError("finding words needs rapidocr")

    monkeypatch.setattr(any_image, "RapidDetector", missing)
    rows = list(AnyReader(recognizer).rows(images[:3], [GREEDY] * 3))
    assert [row.count("\n") for row, _ in rows] == [0, 0, 0]
    assert [record.getMessage() for record in caplog.records] == [
        f"{images[1]} is read as one word, though it looks like a whole photograph: finding words needs rapidocr"
    ]
    with pytest.raises(RareError, match="rapidocr"):
        AnyReader(recognizer, "always")


@pytest.mark.parametrize(("size", "is_one"), [((480, 480), True), ((479, 800), False), ((500, 1200), False)])
def test_large_images_of_ordinary_shape_look_like_photographs(size, is_one, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros(size, np.uint8))
    assert looks_like_a_photograph(str(tmp_path / "a.png")) is is_one
    assert not looks_like_a_photograph(str(tmp_path / "none.png"))
