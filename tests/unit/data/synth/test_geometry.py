import numpy as np
import pytest

from ppocr_rare.data.synth import geometry

RECTANGLE = np.array([[10.0, 20], [50, 20], [50, 40], [10, 40]])


def test_rotation_is_clockwise_as_seen():
    np.testing.assert_allclose(geometry.apply(geometry.rotation(90), np.array([[1.0, 0]])), [[0, 1]], atol=1e-12)


def test_shear_leans_the_top_to_the_right():
    np.testing.assert_allclose(geometry.apply(geometry.shear(45), np.array([[0.0, -2], [3, 0]])), [[2, -2], [3, 0]])


def test_perspective_shrinks_the_far_side():
    sides = np.array([[-4.0, 2], [4, 2]])
    seen = geometry.apply(geometry.perspective(0.5, 0, half_width=4, half_height=2), sides)
    np.testing.assert_allclose(seen, [[-8, 4], [4 / 1.5, 2 / 1.5]])
    seen = geometry.apply(geometry.perspective(0, 0.5, half_width=4, half_height=2), sides)
    np.testing.assert_allclose(seen, sides / 1.5)


def test_a_tilt_behind_the_eye_is_refused():
    with pytest.raises(ValueError, match="below 1"):
        geometry.perspective(0.6, -0.4, 1, 1)


def test_plain_view_centres():
    seen = geometry.apply(geometry.view(RECTANGLE, 0, 0, (0, 0)), RECTANGLE)
    np.testing.assert_allclose(seen, [[-20, -10], [20, -10], [20, 10], [-20, 10]])


def test_view_turns_about_the_middle():
    seen = geometry.apply(geometry.view(RECTANGLE, 0, 90, (0, 0)), RECTANGLE)
    np.testing.assert_allclose(seen, [[10, -20], [10, 20], [-10, 20], [-10, -20]], atol=1e-12)


def test_view_tilts_what_was_turned():
    # Turned by 90°, the first side of the rectangle (along x) stands on the right: it is what moves away.
    seen = geometry.apply(geometry.view(RECTANGLE, 0, 90, (0.5, 0)), RECTANGLE)
    assert np.linalg.norm(seen[1] - seen[0]) == pytest.approx(40 / 1.5)
    assert np.linalg.norm(seen[3] - seen[2]) == pytest.approx(40 / 0.5)


def test_fit_fills_the_crop_to_its_margin():
    matrix, width = geometry.fit(RECTANGLE, height=50, padding=(0.1,) * 4)  # 20 high becomes 40, so 40 wide becomes 80
    assert width == 90
    np.testing.assert_allclose(geometry.apply(matrix, RECTANGLE), [[5, 5], [85, 5], [85, 45], [5, 45]])


def test_fit_gives_each_side_its_own_margin():
    # 100 less 10 above and 40 below leave 50 for 20: 40 wide becomes 100, less 5 on the left, and 15 on the right
    matrix, width = geometry.fit(RECTANGLE, height=100, padding=(-0.05, 0.1, 0.15, 0.4))
    assert width == 110
    np.testing.assert_allclose(geometry.apply(matrix, RECTANGLE), [[-5, 10], [95, 10], [95, 60], [-5, 60]])


def test_homographies_compose_as_matrices():
    first, second = geometry.rotation(30), geometry.perspective(0.2, 0.1, 60, 60)
    np.testing.assert_allclose(
        geometry.apply(second @ first, RECTANGLE), geometry.apply(second, geometry.apply(first, RECTANGLE))
    )
