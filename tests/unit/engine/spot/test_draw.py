"""What is drawn over a photograph."""

import numpy as np

from ppocr_rare.engine.read.evidence import Character
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.spot.draw import draw_spotted
from ppocr_rare.engine.spot.spotter import SpottedWord

BOX = ((20.0, 60.0), (90.0, 60.0), (90.0, 80.0), (20.0, 80.0))
LETTER = ((30.0, 65.0), (40.0, 65.0), (40.0, 75.0), (30.0, 75.0))


def test_polygons_characters_and_texts_are_drawn_on_a_copy():
    photograph = np.full((100, 120, 3), 100, np.uint8)
    word = RecognizedWord("a", 0.9, (0.9,), characters=(Character("a", 0.9, "b", 0.1, (0, 1), LETTER),))
    picture = draw_spotted(photograph, [SpottedWord(BOX, word)])
    assert (photograph == 100).all() and picture.shape == photograph.shape and picture.dtype == np.uint8
    assert tuple(picture[70, 20]) == (115, 158, 0) and tuple(picture[70, 40]) == (0, 94, 213)
    assert (picture[40:57, 20:60] == 255).all(2).any()
    assert (picture[85:] == 100).all()


def test_a_text_stays_within_the_photograph():
    corner = tuple((x + 28, y - 60) for x, y in BOX)
    word = SpottedWord(corner, RecognizedWord("long", 0.9, ()))
    picture = draw_spotted(np.full((100, 120, 3), 100, np.uint8), [word])
    assert (picture[:15] == 255).all(2).sum() > 100
    assert (draw_spotted(np.full((9, 9, 3), 7, np.uint8), []) == 7).all()
