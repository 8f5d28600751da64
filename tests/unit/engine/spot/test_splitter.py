"""Where drawn lines may be parted into words, and where they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppocr_rare.engine.spot.splitter import Gap, find_gaps, likeliest_words, possible_words
from ppocr_rare.postprocess import Word


def parted(crop):
    """Columns at which gaps part the line as far as their widths say."""
    return [gap.column for gap in find_gaps(crop) if gap.strength >= 1]


@pytest.mark.parametrize("face", ["Karla-Bold", "Quattrocento-Regular"])
@pytest.mark.parametrize("colours", [((20, 20, 20), (235, 235, 235)), ((250, 250, 250), (30, 60, 120))])
@pytest.mark.parametrize("text", ["open daily", "Money Changer", "the quick brown fox", "MAIN DIRECTORY"])
def test_a_line_is_parted_where_its_spaces_are(line, text, colours, face):
    ink, paper = colours
    crop, middles = line(text, 28, ink, paper, face)
    assert len(parted(crop)) == len(middles)
    np.testing.assert_allclose(parted(crop), middles, atol=4)


@pytest.mark.parametrize("text", ["coffee", "bakery", "restaurants", "WATERLOO"])
def test_a_word_stays_whole(line, text):
    crop, _ = line(text)
    assert parted(crop) == []


def test_an_upright_crop_and_an_empty_one_are_one_word():
    assert find_gaps(np.zeros((90, 30, 3), np.uint8)) == []
    assert find_gaps(np.full((32, 200, 3), 128, np.uint8)) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_gaps_stand_in_the_line_from_left_to_right(height, width, seed):
    rng = np.random.default_rng(seed)
    crop = rng.integers(0, 256, (height, width, 3), np.uint8)
    crop[:, rng.random(width) < 0.5] = 90
    columns = [gap.column for gap in find_gaps(crop)]
    assert all(0 < column < width for column in columns)
    assert columns == sorted(set(columns))


def test_a_sure_gap_is_in_no_word():
    assert possible_words([]) == [(0, 1)]
    assert possible_words([Gap(5, 0.6), Gap(9, 2.0)]) == [(0, 1), (0, 2), (1, 2), (2, 3)]


def words(scores, text="word"):
    return {span: Word(text, score, ()) for span, score in scores.items()}


def test_what_is_read_decides_where_widths_leave_a_doubt():
    gaps = [Gap(50, 1.0)]
    assert likeliest_words(gaps, words({(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.6})) == [(0, 1), (1, 2)]
    assert likeliest_words(gaps, words({(0, 1): 0.7, (1, 2): 0.7, (0, 2): 0.6})) == [(0, 2)]
    assert likeliest_words([Gap(50, 0.5)], words({(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.6})) == [(0, 2)]


def test_a_letter_is_rarely_a_word_and_a_digit_may_be_one():
    read = words({(0, 1): 0.99, (1, 2): 0.99, (0, 2): 0.9})
    letter, digit = (read | {(1, 2): Word(text, 0.99, ())} for text in "n7")
    assert likeliest_words([Gap(50, 1.1)], letter) == [(0, 2)]
    assert likeliest_words([Gap(50, 1.1)], digit) == [(0, 1), (1, 2)]


def test_what_says_nothing_counts_least():
    read = words({(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.9}) | {(0, 2): Word("", 0.9, ())}
    assert likeliest_words([Gap(50, 1.0)], read) == [(0, 1), (1, 2)]


@given(st.lists(st.floats(0.5, 3), max_size=9), st.data())
def test_the_words_are_the_line(strengths, data):
    gaps = [Gap(10 * number, strength) for number, strength in enumerate(strengths, start=1)]
    spans = likeliest_words(gaps, words({span: data.draw(st.floats(0, 1)) for span in possible_words(gaps)}))
    assert spans[0][0] == 0 and spans[-1][1] == len(gaps) + 1
    assert all(one[1] == other[0] for one, other in zip(spans, spans[1:], strict=False))
