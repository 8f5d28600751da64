"""The way from a photograph to a straight crop and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppocr_rare.engine.spot.straight import straighten
from ppocr_rare.errors import SampleError

PHOTOGRAPH = np.random.default_rng(0).integers(0, 256, (120, 200, 3), np.uint8)


def test_an_upright_box_is_cut_as_it_is():
    straight = straighten(PHOTOGRAPH, np.float32([[20, 30], [80, 30], [80, 60], [20, 60]]))
    np.testing.assert_array_equal(straight.crop, PHOTOGRAPH[30:60, 20:80])
    np.testing.assert_allclose(straight.places([[0, 0], [60, 30]]), [[20, 30], [80, 60]], atol=1e-4)
    part = straight.part(10, 25)
    np.testing.assert_array_equal(part.crop, PHOTOGRAPH[30:60, 30:45])
    np.testing.assert_allclose(part.corners, [[30, 30], [45, 30], [45, 60], [30, 60]], atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-6, 6), min_size=8, max_size=8), st.integers(5, 50))
def test_the_corners_come_back_and_parts_meet(shifts, cut):
    corners = np.array([[30, 30], [130, 35], [130, 80], [30, 75]]) + np.reshape(shifts, (4, 2))
    straight = straighten(PHOTOGRAPH, corners)
    height, width = straight.crop.shape[:2]
    np.testing.assert_allclose(straight.places([[0, 0], [width, 0], [width, height], [0, height]]), corners, atol=1e-2)
    left, right = straight.part(0, cut), straight.part(cut, width)
    np.testing.assert_allclose(left.corners[[1, 2]], right.corners[[0, 3]], atol=1e-6)
    np.testing.assert_allclose(left.places([[cut, 3.0]]), straight.places([[cut, 3.0]]), atol=1e-2)


def test_what_lies_outside_is_refused():
    with pytest.raises(SampleError, match="outside"):
        straighten(PHOTOGRAPH, np.float32([[300, 30], [380, 30], [380, 60], [300, 60]]))
