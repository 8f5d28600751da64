"""ICDAR 2015's counting, on cases that can be counted by hand."""

import numpy as np
import pytest

from ppocr_rare.data.annotations import WordRegion
from ppocr_rare.engine.spot.evaluate import SpotCounts, count_spotted


def box(left, right, top=0, bottom=10):
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)


def word(text, left, right, **options):
    return WordRegion("place", text, box(left, right), **options)


def test_found_missed_and_false():
    counts = count_spotted([word("a", 0, 20), word("b", 30, 50)], [box(1, 20), box(60, 70)])
    assert counts == SpotCounts(1, 2, 2)
    assert (counts.precision, counts.recall, counts.f_measure) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(("right", "is_found"), [(11, True), (10, False)])
def test_more_than_half_must_be_common(right, is_found):
    assert count_spotted([word("a", 0, 20)], [box(0, right)]).num_right == is_found


def test_a_word_is_found_once_and_a_line_finds_none_of_its_words():
    assert count_spotted([word("a", 0, 20)], [box(0, 20), box(0, 20)]) == SpotCounts(1, 2, 1)
    assert count_spotted([word("a", 0, 20), word("b", 20, 40)], [box(0, 40)]) == SpotCounts(0, 1, 2)


def test_what_nobody_cares_about_counts_nowhere():
    wanted = [word("###", 0, 40, is_ignored=True), word("b", 50, 60)]
    assert count_spotted(wanted, [box(0, 20), box(20, 39), box(50, 60)]) == SpotCounts(1, 1, 1)


def test_texts_are_compared_in_letters_and_digits():
    wanted = [word("It's", 0, 20), word("B&B", 30, 50), word("&", 60, 70)]
    polygons = [box(0, 20), box(30, 50), box(60, 70)]
    assert count_spotted(wanted, polygons, ["its", "bab", "e"]) == SpotCounts(1, 2, 2)
    assert count_spotted(wanted, polygons) == SpotCounts(3, 3, 3)


def test_polygons_in_any_shape():
    crossed = np.array([[0, 0], [20, 10], [20, 0], [0, 10]], float)
    wanted = [WordRegion("place", "a", crossed), WordRegion("place", "b", np.array([[30.0, 0], [50, 10]]))]
    assert count_spotted(wanted, [box(30, 50), crossed]) == SpotCounts(2, 2, 2)


def test_counts_add_up_and_nothing_divides_by_zero():
    assert sum([SpotCounts(1, 2, 3), SpotCounts(1, 1, 1)], SpotCounts()) == SpotCounts(2, 3, 4)
    assert (SpotCounts().precision, SpotCounts().recall, SpotCounts().f_measure) == (0, 0, 0)
