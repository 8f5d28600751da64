from dataclasses import replace

import cv2
import numpy as np
import pytest

from ppocr_rare.data.synth import Arc, Font, Recipe, Wave, render_word, shipped_fonts
from ppocr_rare.data.synth.renderer import locate_characters, locate_fiducials
from ppocr_rare.errors import DataError, SampleError

PLAIN = Recipe(ink=(0, 0, 0), surface=((255, 255, 255), (255, 255, 255)))
TENTH = (0.1, 0.1, 0.1, 0.1)
WORN = Recipe(mottle=5, noise=4, blur=0.6, fade=0.2)


@pytest.fixture(scope="module")
def karla():
    return Font(shipped_fonts()["Karla-Bold"])


def render(text, font, recipe, seed=0):
    return render_word(text, font, recipe, np.random.default_rng(seed))


@pytest.mark.parametrize("baseline", [PLAIN.baseline, Arc(90), Arc(-60), Wave(0.2)])
@pytest.mark.parametrize("pose", [{}, {"rotation": 20.0}, {"shear": -15.0}, {"tilt": (0.3, -0.2)}])
def test_the_ink_lies_whole_in_the_crop(karla, baseline, pose):
    image = render("Joint", karla, replace(PLAIN, baseline=baseline, height=50, padding=TENTH, **pose))
    assert image.shape[0] == 50 and image.shape[2] == 3 and image.dtype == np.uint8
    assert image[:4].min() == image[-4:].min() == image[:, :4].min() == image[:, -4:].min() == 255
    assert image.min() < 30


def test_straight_ink_fills_the_crop_to_its_margins(karla):
    dark = render("HIT", karla, replace(PLAIN, height=60, padding=TENTH))[..., 0] < 128
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


def test_padding_is_each_sides_own(karla):
    dark = render("HIT", karla, replace(PLAIN, height=100, padding=(0.1, 0.2, 0.3, 0.05)))[..., 0] < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert (columns[0], rows[0]) == pytest.approx((10, 20), abs=1)
    assert (dark.shape[1] - 1 - columns[-1], 99 - rows[-1]) == pytest.approx((30, 5), abs=1)


def test_fiducials_of_a_straight_word_are_the_corners_of_its_ink(karla):
    recipe = replace(PLAIN, height=100, padding=(0.1, 0.2, 0.3, 0.05))
    width = render("HIT", karla, recipe).shape[1]
    points = locate_fiducials("HIT", karla, recipe)
    assert points.shape == (20, 2) and points.dtype == np.float32
    # from 10 to width - 30 pixels of the width, and from 20 to 95 of 100
    x = np.linspace(10, width - 30, 10) * 2 / width - 1
    np.testing.assert_allclose(points[:10], np.stack([x, np.full(10, -0.6)], 1), atol=0.02)
    np.testing.assert_allclose(points[10:], np.stack([x, np.full(10, 0.9)], 1), atol=0.02)


BENT = ({"baseline": Arc(100)}, {"baseline": Arc(-70), "rotation": 20.0}, {"tilt": (0.3, 0.1)})


@pytest.mark.parametrize("pose", BENT)
def test_fiducials_straighten_a_bent_word(karla, pose):
    """Between the edges there is ink at each stem of a row of H, and none beyond them."""
    recipe = replace(PLAIN, height=120, padding=TENTH, **pose)
    dark = render("HHHHHH", karla, recipe)[..., 0] < 128
    upper, lower = ((locate_fiducials("HHHHHH", karla, recipe) + 1) / 2 * dark.shape[::-1]).reshape(2, 10, 2)
    mask = np.zeros(dark.shape, np.uint8)
    cv2.fillPoly(mask, [np.concatenate([upper, lower[::-1]]).round().astype(np.int32)], 1)
    assert (dark & (mask > 0)).sum() > 0.93 * dark.sum()
    assert dark[mask > 0].mean() > 0.25  # the band is no wider than the letters need


NEIGHBOURS = replace(PLAIN, height=60, padding=(0.4, 0.4, 0.4, 0.4))


@pytest.mark.parametrize(
    ("side", "edge"),
    [("left", np.s_[:, :6]), ("right", np.s_[:, -6:]), ("above", np.s_[10:14]), ("below", np.s_[-14:-10])],
)
def test_neighbours_reach_in_from_their_side_alone(karla, side, edge):
    alone, beside = (render("HHHH", karla, replace(NEIGHBOURS, neighbours=sides)) < 128 for sides in ((), (side,)))
    assert not alone[edge].any() and beside[edge].any()
    assert (beside & ~alone).sum() < alone.sum()
    height, width = alone.shape[:2]
    assert np.array_equal(alone[24:-24, 24 : width - 24], beside[24:-24, 24 : width - 24])


def test_outline_and_shadow_lie_around_the_ink(karla):
    grey = replace(PLAIN, surface=((128,) * 3, (128,) * 3), height=60)
    plain = render("HIT", karla, grey)
    rimmed = render("HIT", karla, replace(grey, outline=0.05))
    assert plain.max() == 128 and rimmed.max() == 255
    assert np.array_equal(rimmed[plain == 0], plain[plain == 0])
    shaded = render("HIT", karla, replace(grey, shadow=(0.1, 0.1), shadow_softness=0.0, shadow_colour=(255, 255, 255)))
    white = np.argwhere(shaded[..., 0] == 255).mean(axis=0) - np.argwhere(plain[..., 0] == 0).mean(axis=0)
    assert (white > 0).all()


def test_every_part_of_a_recipe_changes_the_image(karla):
    plain = render("Joint", karla, PLAIN)
    changes = {
        "ink_below": (0, 0, 200), "texture": "bricks", "fade": 0.3, "light": 0.4, "blur": 1.0, "motion": 5.0,
        "resolution": 0.5, "noise": 9.0, "jpeg_quality": 20, "mottle": 8.0,
    }  # fmt: skip
    for name, value in changes.items():
        assert not np.array_equal(render("Joint", karla, replace(PLAIN, **{name: value})), plain), name


@pytest.mark.parametrize("pose", [{}, {"rotation": 15.0}, {"shear": 20.0}, {"baseline": Arc(60)}, {"tilt": (0.3, 0.1)}])
def test_spans_are_where_the_ink_of_each_character_is(karla, pose):
    recipe = replace(PLAIN, height=80, padding=TENTH, letter_spacing=0.8, **pose)
    ink = (render("A b7", karla, recipe)[..., 0] < 128).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ink.astype(int), [0]])))
    spans = locate_characters("A b7", karla, recipe)
    assert [span.character for span in spans] == ["A", "b", "7"]
    found = np.array([(span.left, span.right) for span in spans]) * len(ink)
    np.testing.assert_allclose(found, edges.reshape(3, 2), atol=1.5)
