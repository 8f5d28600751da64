import math

import numpy as np
import pytest

from ppocr_rare.data.synth.font import EM, Font, shipped_fonts
from ppocr_rare.data.synth.layout import Arc, Straight, Wave, edges, lay_beside, lay_out
from ppocr_rare.errors import DataError


@pytest.fixture(scope="module")
def courier():
    """A font with one advance for all: where glyphs stand can be said beforehand."""
    return Font(shipped_fonts()["CourierPrime-Bold"])


def angles(placed):
    return [math.degrees(math.atan2(item.matrix[1, 0], item.matrix[0, 0])) for item in placed]


def feet(placed):
    """Where each glyph's middle stands on the baseline."""
    own = [(item.glyph.advance / 2 - item.glyph.left, -item.glyph.top, 1) for item in placed]
    return np.array([(item.matrix @ point)[:2] for item, point in zip(placed, own, strict=True)])


def test_straight_glyphs_stand_an_advance_apart_about_the_origin(courier):
    placed = lay_out(courier, "nnn", Straight())
    step = courier.glyph("n").advance
    np.testing.assert_allclose(feet(placed), [[-step, 0], [0, 0], [step, 0]], atol=1e-9)
    assert angles(placed) == [0, 0, 0]


def test_letter_spacing_is_added_between_neighbours(courier):
    plain, spaced = (feet(lay_out(courier, "nnn", Straight(), spacing)) for spacing in (0.0, 0.25))
    np.testing.assert_allclose(spaced - plain, [[-EM / 4, 0], [0, 0], [EM / 4, 0]], atol=1e-9)


@pytest.mark.parametrize("turn", [90, -90])
def test_arc_turns_glyphs_by_its_tangents(courier, turn):
    # Three equal letters: their middles are at 1/6, 1/2 and 5/6 of the word, so a third of the turn apart.
    placed = lay_out(courier, "nnn", Arc(turn))
    assert angles(placed) == pytest.approx([-turn / 3, 0, turn / 3])
    radius = 3 * courier.glyph("n").advance / math.radians(turn)
    side = abs(radius) * math.sin(math.radians(30))
    fall = radius * (1 - math.cos(math.radians(30)))  # an arch's ends are lower: y points down
    np.testing.assert_allclose(feet(placed), [[-side, fall], [0, 0], [side, fall]], atol=1e-9)


@pytest.mark.parametrize("baseline", [Straight(), Arc(120), Arc(-40), Wave(0.2, 1.5, 30)])
def test_angle_is_the_direction_in_which_the_point_moves(baseline):
    for offset in np.linspace(-140, 140, 9):
        x, y, angle = baseline.at(offset, 300)
        ahead_x, ahead_y, _ = baseline.at(offset + 1e-4, 300)
        assert math.atan2(ahead_y - y, ahead_x - x) == pytest.approx(angle, abs=1e-5)


def test_arc_keeps_lengths():
    points = np.array([Arc(150).at(offset, 300)[:2] for offset in np.linspace(-150, 150, 2001)])
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).sum() == pytest.approx(300, rel=1e-5)


def test_wave_rises_to_its_amplitude_a_quarter_period_on():
    x, y, angle = Wave(amplitude=0.25, periods=1).at(75, 300)
    assert (x, y, angle) == pytest.approx((75, -0.25 * EM, 0))


def test_glyphs_say_the_label_without_its_spaces(courier):
    placed = lay_out(courier, "a b", Straight())
    assert [item.character for item in placed] == ["a", "b"]
    assert np.diff(feet(placed)[:, 0]) == pytest.approx(2 * courier.glyph("a").advance)


def test_each_glyph_is_the_fonts_drawing_of_its_character(courier):
    for item in lay_out(courier, "Joint7", Arc(60)):
        assert item.glyph is courier.glyph(item.character)


def test_corners_are_the_masks(courier):
    (item,) = lay_out(courier, "n", Straight())
    height, width = item.glyph.mask.shape
    left, top = item.glyph.left - item.glyph.advance / 2, item.glyph.top
    right, bottom = left + width, top + height
    np.testing.assert_allclose(item.corners(), [[left, top], [right, top], [right, bottom], [left, bottom]], atol=1e-9)


def test_missing_glyph_is_refused(courier):
    with pytest.raises(DataError, match="'中'"):
        lay_out(courier, "a中", Straight())


def test_beside_goes_on_along_the_same_baseline(courier):
    step = courier.glyph("n").advance
    placed = lay_beside(courier, "nn", Arc(90), 3 * step, 1.5 * step, 0.0)
    assert angles(placed) == pytest.approx([60, 90])  # a letter turns by 30 degrees; the word ends at 45
    np.testing.assert_allclose(
        feet(lay_beside(courier, "nn", Straight(), 3 * step, 0.0, 10.0)), [[step / 2, 10], [1.5 * step, 10]], atol=1e-9
    )


@pytest.mark.parametrize("turn", [80, -80])
def test_edges_of_an_arc_lie_on_circles_about_its_middle(courier, turn):
    points = edges(courier, "HHHH", Arc(turn), 0.0, 10)
    glyph = courier.glyph("H")
    radius = 4 * glyph.advance / np.radians(turn)
    distances = np.linalg.norm(points - [0, radius], axis=1)
    rise = glyph.mask.shape[0] if turn > 0 else -glyph.mask.shape[0]  # a bowl's tops are nearer to its middle
    np.testing.assert_allclose(distances[:10], abs(radius) + rise, rtol=1e-9)
    np.testing.assert_allclose(distances[10:], abs(radius), rtol=1e-9)
    assert (np.diff(points[:10, 0]) > 0).all() and (np.diff(points[10:, 0]) > 0).all()
