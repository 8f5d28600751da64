"""The box around what is written."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppocr_rare.engine.spot.ink import ink_corners


def extent_of_dark(crop):
    rows, columns = np.nonzero((crop < 128).all(2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("text", ["one", "JOINT", "gypsy", "1847"])
def test_the_box_is_as_wide_and_as_high_as_the_ink(line, text):
    crop, _ = line(text, 40)
    wide = np.full((crop.shape[0] + 24, crop.shape[1] + 60, 3), 235, np.uint8)
    wide[10 : 10 + crop.shape[0], 40 : 40 + crop.shape[1]] = crop
    (left, top), (right, bottom) = ink_corners(wide)[[0, 2]]
    np.testing.assert_allclose([left, top, right, bottom], extent_of_dark(wide), atol=0.12 * wide.shape[0])
    assert right - left < 0.75 * wide.shape[1] and bottom - top < 0.75 * wide.shape[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_the_box_lies_in_the_crop(height, width, seed):
    crop = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    for one in (crop, np.full_like(crop, 90)):
        (left, top), (right, bottom) = ink_corners(one)[[0, 2]]
        assert 0 <= left < right <= width and 0 <= top < bottom <= height
