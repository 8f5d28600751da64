"""From polygons in any order to the two sides of a word."""

import numpy as np
import pytest

from ppocr_rare.data.cropping.outline import outline_of
from ppocr_rare.errors import SampleError

QUAD = np.array([[10, 10], [90, 20], [95, 50], [5, 45]], float)
# An arch of seven points above and seven below, clockwise from the start of the upper side.
ANGLES = np.radians(np.linspace(-60, 60, 7))
ARCH = np.concatenate([
    [[200 + radius * np.sin(angle), 200 - radius * np.cos(angle)] for angle in angles]
    for radius, angles in ((120, ANGLES), (80, ANGLES[::-1]))
])  # fmt: skip


def sides(points):
    outline = outline_of(np.asarray(points, float))
    return outline.upper.tolist(), outline.lower.tolist()


EXPECTED = ARCH[:7].tolist(), ARCH[:6:-1].tolist()


def test_the_annotators_order_stands_where_it_is_clockwise():
    for turn in range(4):
        corners = np.roll(QUAD, -turn, axis=0)
        assert sides(corners) == (corners[:2].tolist(), corners[:1:-1].tolist())


def test_a_counter_clockwise_quad_is_turned_over_and_stands_upright():
    for turn in range(4):
        assert sides(np.roll(QUAD[::-1], turn, axis=0)) == (QUAD[:2].tolist(), QUAD[:1:-1].tolist())


def test_a_clockwise_quad_from_any_corner_stands_upright_where_the_order_does_not_count():
    for turn in range(4):
        outline = outline_of(np.roll(QUAD, turn, axis=0), is_ordered=False)
        assert (outline.upper.tolist(), outline.lower.tolist()) == (QUAD[:2].tolist(), QUAD[:1:-1].tolist())


@pytest.mark.parametrize("turn", range(14))
def test_an_arch_from_any_point_on_where_the_order_does_not_count(turn):
    outline = outline_of(np.roll(ARCH, turn, axis=0), is_ordered=False)
    assert (outline.upper.tolist(), outline.lower.tolist()) == EXPECTED


def test_an_upright_quad_that_is_higher_than_wide_stays_upright():
    letter = [[0, 0], [0, 30], [10, 30], [10, 0]]  # counter-clockwise
    assert sides(letter) == ([[0, 0], [10, 0]], [[0, 30], [10, 30]])


@pytest.mark.parametrize("turn", range(0, 14, 3))
def test_an_arch_from_any_point_on_in_either_direction(turn):
    assert sides(np.roll(ARCH[::-1], turn, axis=0)) == EXPECTED
    # Clockwise from the start of the lower side the word stands on its head; from elsewhere it is upright.
    assert sides(np.roll(ARCH, turn, axis=0)) == EXPECTED


def test_a_word_on_its_head():
    upper, lower = sides(np.roll(ARCH, 7, axis=0))
    assert (upper, lower) == (ARCH[7:].tolist(), ARCH[6::-1].tolist())


def test_unequal_sides():
    points = np.delete(ARCH, 10, axis=0)
    upper, lower = sides(points)
    assert upper == EXPECTED[0] and len(lower) == 6
    rectangle = [[0, 0], [20, 0], [40, 0], [60, 0], [60, 30], [0, 30]]
    assert sides(rectangle) == (rectangle[:4], [[0, 30], [60, 30]])


def test_the_least_rectangle_begins_at_the_words_upper_left():
    tilted = [[0, 0], [30, -30], [60, -60], [70, -50], [40, -20], [10, 10]]
    np.testing.assert_allclose(outline_of(np.array(tilted, float)).min_rectangle(),
                               [[0, 0], [60, -60], [70, -50], [10, 10]], atol=1e-3)  # fmt: skip
    arch = outline_of(ARCH).min_rectangle()
    low, high = ARCH.min(axis=0), ARCH.max(axis=0)
    np.testing.assert_allclose(arch, [low, [high[0], low[1]], high, [low[0], high[1]]], atol=1e-3)


def test_repeated_points_count_once():
    assert sides(np.repeat(QUAD, 2, axis=0)) == sides(QUAD)
    assert sides(np.concatenate([QUAD, QUAD[:1]])) == sides(QUAD)


def test_a_slip_of_the_hand_is_mended():
    slipped = [[10, 10], [90, 10], [90, 40], [9, 40], [10, 41]]  # ends in a loop of a few pixels
    crossing = [[10, 10], [90, 10], [90, 40], [50, 40.5], [52, 40.5], [50, 39], [10, 40]]
    for points in (slipped, crossing):
        outline = outline_of(np.array(points, float))
        assert outline.upper[0].tolist() == [10, 10] and outline.upper[-1].tolist() == [90, 10]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([[10, 10], [90, 40], [90, 10], [10, 40]], "polygon crosses itself: into 2 parts"),
        ([[0, 0], [50, 0], [50, 0], [0, 20]], "too few points"),
        ([[0, 0], [10, 10], [20, 20], [30, 30]], "no area"),
        ([[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]], "no area"),
        ([[5, 5]] * 6, "too few points"),
    ],
)
def test_what_is_no_outline(points, reason):
    with pytest.raises(SampleError, match=reason):
        outline_of(np.array(points, float))
