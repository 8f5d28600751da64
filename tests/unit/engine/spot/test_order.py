"""The order in which words are told."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.engine.spot.order import reading_order


def box(left, top, width=40, height=20):
    return np.float32([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])


def test_rows_from_the_top_each_from_the_left():
    assert reading_order([box(60, 52), box(0, 50), box(70, 3), box(10, 0)]) == [3, 2, 1, 0]


def test_a_rising_row_is_one():
    row = [box(50 * index, 40 - 8 * index) for index in range(4)]
    assert reading_order(row[::-1]) == [3, 2, 1, 0]


def test_small_text_beside_a_title_keeps_its_rows():
    order = reading_order([box(150, 45), box(100, 45), box(0, 0, 90, 80), box(150, 15), box(100, 15)])
    assert order == [2, 4, 3, 1, 0]


def test_columns_are_read_one_after_the_other():
    columns = [box(200 * column, 25 * row, 90) for column in range(2) for row in range(3)]
    assert reading_order(columns[::-1]) == [5, 4, 3, 2, 1, 0]
    menu = [box(left, 25 * row) for row in range(3) for left in (0, 50, 100)]  # words of a row stand near each other
    assert reading_order(menu) == list(range(9))


def test_a_sign_is_told_before_the_next_one_begins():
    left, right = [box(0, 0), box(0, 30), box(45, 30)], [box(300, 12), box(300, 40)]
    assert reading_order([left[0], right[0], left[1], right[1], left[2]]) == [0, 2, 4, 1, 3]


def test_a_column_of_signs_beside_a_large_one():
    large, upper, lower = box(0, 10, 250, 90), box(300, 0, 120), box(280, 70, 60)
    below = box(0, 150, 80)
    assert reading_order([below, lower, upper, large]) == [3, 2, 1, 0]


def test_nothing():
    assert reading_order([]) == []


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12))
def test_each_comes_once(places):
    assert sorted(reading_order([box(*place) for place in places])) == list(range(len(places)))
