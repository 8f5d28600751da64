from dataclasses import replace

import numpy as np
import pytest

from ppocr_rare.data.synth import Arc, Font, Recipe, Wave, render_word, shipped_fonts
from ppocr_rare.errors import DataError, SampleError

PLAIN = Recipe(ink=(0, 0, 0), surface=((255, 255, 255), (255, 255, 255)))
WORN = Recipe(mottle=5, noise=4, blur=0.6, fade=0.2)


@pytest.fixture(scope="module")
def karla():
    return Font(shipped_fonts()["Karla-Bold"])


def render(text, font, recipe, seed=0):
    return render_word(text, font, recipe, np.random.default_rng(seed))


@pytest.mark.parametrize("baseline", [PLAIN.baseline, Arc(90), Arc(-60), Wave(0.2)])
@pytest.mark.parametrize("pose", [{}, {"rotation": 20.0}, {"shear": -15.0}, {"tilt": (0.3, -0.2)}])
def test_the_ink_lies_whole_in_the_crop(karla, baseline, pose):
    image = render("Joint", karla, replace(PLAIN, baseline=baseline, height=50, padding=0.1, **pose))
    assert image.shape[0] == 50 and image.shape[2] == 3 and image.dtype == np.uint8
    assert image[:4].min() == image[-4:].min() == image[:, :4].min() == image[:, -4:].min() == 255
    assert image.min() < 30


def test_straight_ink_fills_the_crop_to_its_margins(karla):
    dark = render("HIT", karla, replace(PLAIN, height=60, padding=0.1))[..., 0] < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert (rows[0], 59 - rows[-1]) == pytest.approx((6, 6), abs=1)
    assert (columns[0], dark.shape[1] - 1 - columns[-1]) == pytest.approx((6, 6), abs=1)


def test_ink_is_in_the_order_of_the_text(karla):
    dark = render("I I I", karla, PLAIN)[..., 0] < 128
    starts = np.flatnonzero(np.diff(dark.any(axis=0).astype(int)) == 1)
    assert len(starts) == 3
    mirrored = render("L", karla, PLAIN)[..., 0] < 128
    assert mirrored[:, : mirrored.shape[1] // 2].sum() > mirrored[:, mirrored.shape[1] // 2 :].sum()


def test_same_seed_same_pixels(karla):
    first, same, other = (render("Joint", karla, WORN, seed) for seed in (3, 3, 4))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_without_chance_in_the_recipe_the_seed_does_not_matter(karla):
    assert np.array_equal(render("Joint", karla, PLAIN, 1), render("Joint", karla, PLAIN, 2))


def test_a_glyph_that_the_font_lacks_is_refused(karla):
    with pytest.raises(DataError, match=r"U\+4E2D"):
        render("a中", karla, PLAIN)


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_to_draw_is_refused(karla, text):
    with pytest.raises(SampleError, match="nothing to draw"):
        render(text, karla, PLAIN)


def test_contrast_below_the_threshold_is_refused(karla):
    # 100 on 120 is a contrast of 20 / 255 = 0.078, a little less where edges are soft
    faint = Recipe(ink=(100, 100, 100), surface=((120, 120, 120), (120, 120, 120)), min_contrast=0.0)
    render("Joint", karla, replace(faint, min_contrast=0.06))
    with pytest.raises(SampleError, match="at least 0.090") as error:
        render("Joint", karla, replace(faint, min_contrast=0.09))
    assert error.value.reason == "contrast too low"


def test_contrast_is_judged_where_it_is_least(karla):
    # Black on a surface that runs from white to black: 0.9 at the J, 0.5 on average, 0.1 at the T.
    vanishing = replace(PLAIN, surface=((255, 255, 255), (0, 0, 0)), surface_direction=0, min_contrast=0.3)
    with pytest.raises(SampleError, match=r"contrast too low: 0\.1"):
        render("JOINT", karla, vanishing)
