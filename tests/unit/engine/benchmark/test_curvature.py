"""Buckets of words whose mean line is known."""

import math

import numpy as np
import pytest

from ppocr_rare.engine.benchmark.curvature import bucket_of


def fiducials(line, height=20.0):
    """Points on both sides of a mean line [n, 2], ``height`` apart."""
    line = np.array(line, float)
    return np.concatenate([line - [0, height / 2], line + [0, height / 2]])


def parabola(sagitta, length=80.0, num=11):
    """A line whose middle departs from its chord, which is level, by a part of the chord's length."""
    x = np.linspace(0, 1, num)
    return np.stack([10 + length * x, 16 + 4 * sagitta * length * x * (1 - x)], axis=1)


def slope(degrees):
    return [(x, x * math.tan(math.radians(degrees))) for x in np.linspace(0, 80, 10)]


@pytest.mark.parametrize(
    ("line", "bucket"),
    [
        (parabola(0.0), "straight"),
        (parabola(0.049), "straight"),
        (parabola(0.051), "curved"),
        (parabola(-0.2), "curved"),
        (slope(4.9), "straight"),
        (slope(5.1), "slanted"),
        (slope(-30), "slanted"),
        ([(80, 16), (40, 16), (0, 16)], "slanted"),  # upside down
        ([(5, 5), (5, 5), (5, 5)], "curved"),  # a point has no direction
    ],
)
def test_buckets(line, bucket):
    assert bucket_of(fiducials(line)) == bucket


def test_the_height_of_the_word_does_not_matter():
    assert {bucket_of(fiducials(parabola(0.06), height)) for height in (1, 10, 100)} == {"curved"}
