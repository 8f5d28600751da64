import numpy as np
import pytest

from ppocr_rare.data.synth import paint
from ppocr_rare.data.synth.font import Glyph
from ppocr_rare.data.synth.layout import PlacedGlyph


def block(height, width):
    """A glyph that is a full rectangle, with the word plane for its own."""
    return PlacedGlyph("■", Glyph(np.full((height, width), 255, np.uint8), 0, 0, float(width)), np.eye(3))


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_draw_glyphs_covers_the_mapped_rectangle(scale):
    matrix = np.array([[scale, 0, 4], [0, scale, 6], [0, 0, 1]])
    (layer,) = paint.draw_glyphs([block(16, 24)], matrix, width=90, height=60)
    expected = np.zeros((60, 90))
    expected[6 : 6 + int(16 * scale), 4 : 4 + int(24 * scale)] = 1
    assert layer.sum() == pytest.approx(16 * 24 * scale**2, rel=0.02)
    edge = max(scale / 2, 0.5)  # a mask's outer pixels fade over half of their own width
    assert np.abs(layer - expected).sum() < 2 * (16 + 24) * scale * edge * 0.6
    assert layer[6 + int(8 * scale), 4 + int(12 * scale)] == 1


def test_draw_glyphs_keeps_glyphs_apart():
    aside = PlacedGlyph("■", block(8, 8).glyph, np.array([[1.0, 0, 20], [0, 1, 0], [0, 0, 1]]))
    layers = paint.draw_glyphs([block(8, 8), aside], np.eye(3), width=40, height=10)
    assert layers.shape == (2, 10, 40) and layers.dtype == np.float32
    assert layers[0, :, 20:].max() == 0 and layers[1, :, :18].max() == 0


def test_surface_runs_from_one_colour_to_the_other():
    plain = paint.surface(40, 20, ((10, 20, 30), (110, 120, 130)), 0, 0, np.random.default_rng(0))
    assert plain.shape == (20, 40, 3)
    np.testing.assert_allclose(plain[:, 0], np.tile([10, 20, 30], (20, 1)), atol=1e-4)
    np.testing.assert_allclose(plain[:, -1], np.tile([110, 120, 130], (20, 1)), atol=1e-4)
    down = paint.surface(40, 20, ((10, 20, 30), (110, 120, 130)), 90, 0, np.random.default_rng(0))
    np.testing.assert_allclose(down[-1, 7], [110, 120, 130], atol=1e-4)


def test_mottle_is_the_seeds_and_has_the_strength_asked_for():
    first, same, other = (
        paint.surface(400, 200, ((99, 99, 99), (99, 99, 99)), 0, 10, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same) and not np.array_equal(first, other)
    assert 5 < first.std() < 12  # between the coarse values it is smoothed


def test_ink_lies_where_the_coverage_is():
    coverage = np.array([[1.0, 0.5, 0]], dtype=np.float32)
    image = paint.overlay(np.full((1, 3, 3), 200, np.float32), coverage, (0, 50, 100))
    assert image.dtype == np.float32
    assert image[0].tolist() == [[0, 50, 100], [100, 125, 150], [200, 200, 200]]
    each = paint.overlay(np.zeros((1, 3, 3), np.float32), coverage, np.full((1, 3, 3), 40.0))
    assert each[0, :, 0].tolist() == [40, 20, 0]


def test_thicken_and_shadow():
    point = np.zeros((15, 15), np.float32)
    point[7, 7] = 1
    grown = paint.thicken(point, 2.0)
    assert grown[7, 5:10].all() and grown[5:10, 7].all() and not grown[:, :5].any() and not grown[5, 5]
    assert np.argwhere(paint.shadow(point, (3, -2), 0) > 0.9).tolist() == [[5, 10]]
    soft = paint.shadow(point, (0, 0), 1.0)
    assert soft.sum() == pytest.approx(1, rel=1e-3) and soft[7, 7] < 0.2


def test_bytes_are_rounded_and_bounded():
    assert paint.to_bytes(np.array([-3.0, 0.4, 0.6, 254.7, 300.0])).tolist() == [0, 0, 1, 255, 255]


def test_small_glyphs_keep_their_ink():
    """At a tenth of the size, pixels of the bitmap that bilinear sampling skips would be missing."""
    comb = np.zeros((80, 80), np.uint8)
    comb[:, ::4] = 255  # a quarter of each ten pixels
    item = PlacedGlyph("#", Glyph(comb, 0, 0, 80.0), np.eye(3))
    (layer,) = paint.draw_glyphs([item], np.diag([0.25, 0.25, 1.0]), width=20, height=20)
    assert layer[3:17, 3:17].mean() == pytest.approx(0.25, abs=0.02)
    assert layer[3:17, 3:17].std() < 0.08


def test_contrast_is_the_faintest_glyphs():
    layers = np.zeros((2, 16, 40), np.float32)
    layers[0, 4:12, 4:12] = layers[1, 4:12, 26:34] = 1
    image = np.full((16, 40, 3), 200, np.uint8)
    image[4:12, 4:12] = 98  # (200 - 98) / 255 = 0.4
    image[4:12, 26:34] = 251  # (251 - 200) / 255 = 0.2
    assert paint.contrast(image, layers) == pytest.approx(0.2, abs=1e-5)


def test_a_glyph_outside_the_crop_has_no_contrast():
    layers = np.zeros((2, 16, 20), np.float32)
    layers[0, 4:12, 4:12] = 1
    image = np.full((16, 20, 3), 255, np.uint8)
    image[4:12, 4:12] = 0
    assert paint.contrast(image, layers) == 0
    assert paint.contrast(image, layers[:1]) == 1
