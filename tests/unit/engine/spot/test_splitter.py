"""Where drawn lines are parted into words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppocr_rare.engine.spot.splitter import split_words


@pytest.mark.parametrize("face", ["Karla-Bold", "Quattrocento-Regular"])
@pytest.mark.parametrize("colours", [((20, 20, 20), (235, 235, 235)), ((250, 250, 250), (30, 60, 120))])
@pytest.mark.parametrize("text", ["open daily", "Money Changer", "the quick brown fox", "MAIN DIRECTORY"])
def test_a_line_is_parted_where_its_spaces_are(line, text, colours, face):
    ink, paper = colours
    crop, middles = line(text, 28, ink, paper, face)
    spans = split_words(crop)
    assert len(spans) == len(middles) + 1
    np.testing.assert_allclose([begin for begin, _ in spans[1:]], middles, atol=4)


@pytest.mark.parametrize("text", ["coffee", "bakery", "restaurants", "WATERLOO"])
def test_a_word_stays_whole(line, text):
    crop, _ = line(text)
    assert split_words(crop) == [(0, crop.shape[1])]


def test_an_upright_crop_and_an_empty_one_are_one_word():
    assert split_words(np.zeros((90, 30, 3), np.uint8)) == [(0, 30)]
    assert split_words(np.full((32, 200, 3), 128, np.uint8)) == [(0, 200)]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_the_words_are_the_line(height, width, seed):
    rng = np.random.default_rng(seed)
    crop = rng.integers(0, 256, (height, width, 3), np.uint8)
    crop[:, rng.random(width) < 0.5] = 90
    spans = split_words(crop)
    assert spans[0][0] == 0 and spans[-1][1] == width
    assert all(begin < end for begin, end in spans)
    assert all(one[1] == other[0] for one, other in zip(spans, spans[1:], strict=False))
