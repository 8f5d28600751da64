from collections import Counter

import numpy as np
import pytest

from ppocr_rare.data.synth.layout import Arc, Straight, Wave
from ppocr_rare.data.synth.renderer import Recipe
from ppocr_rare.data.synth.style import EFFECTS, LAYOUTS, choose, draw_recipe
from ppocr_rare.data.synth.texture import TEXTURES
from ppocr_rare.errors import DataError


@pytest.fixture(scope="module")
def recipes():
    rng = np.random.default_rng(0)
    return [draw_recipe("Harbour", 32, rng) for _ in range(3000)]


def test_the_shares_of_the_layouts_add_up():
    assert sum(share for share, _ in LAYOUTS.values()) == pytest.approx(1)
    assert LAYOUTS["straight"][0] == 0.55


def test_layouts_come_as_often_as_they_should(recipes):
    counts = Counter(type(recipe.baseline) for recipe in recipes)
    assert counts[Arc] / 3000 == pytest.approx(0.13, abs=0.02)
    assert counts[Wave] / 3000 == pytest.approx(0.04, abs=0.015)
    mild = [r for r in recipes if r.baseline == Straight() and abs(r.rotation) < 6 and abs(r.letter_spacing) < 0.12]
    assert len(mild) > 0.5 * len(recipes)
    assert {np.sign(recipe.baseline.turn) for recipe in recipes if isinstance(recipe.baseline, Arc)} == {-1, 1}


@pytest.mark.parametrize(
    ("effect", "field"),
    [
        ("ink gradient", "ink_below"), ("texture", "texture"), ("shadow", "shadow"), ("outline", "outline"),
        ("fade", "fade"), ("uneven light", "light"), ("defocus", "blur"), ("motion", "motion"),
        ("low resolution", "resolution"), ("noise", "noise"), ("jpeg", "jpeg_quality"),
    ],
)  # fmt: skip
def test_effects_come_as_often_as_they_should(recipes, effect, field):
    changed = sum(getattr(recipe, field) != getattr(Recipe(), field) for recipe in recipes)
    assert changed / 3000 == pytest.approx(EFFECTS[effect][0], abs=0.03)


def test_everything_there_is_comes(recipes):
    assert {recipe.texture for recipe in recipes} == {None, *TEXTURES}
    assert {side for recipe in recipes for side in recipe.neighbours} == {"left", "above", "right", "below"}


def test_padding_and_colours_stay_within_bounds(recipes):
    paddings = np.array([recipe.padding for recipe in recipes if not recipe.neighbours])
    assert paddings.min() < 0 and paddings.min() >= -0.03 and 0.2 < paddings.max() <= 0.25
    assert np.median(paddings) < 0.06
    colours = np.array([recipe.ink for recipe in recipes] + [recipe.surface[0] for recipe in recipes])
    assert colours.min() >= 0 and colours.max() <= 255
    assert 0.3 < np.mean([sum(recipe.ink) > sum(recipe.surface[0]) for recipe in recipes]) < 0.7


def test_a_recipe_follows_the_seed():
    first, same, other = (draw_recipe("Harbour", 48, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == same != other and first.height == 48


@pytest.mark.parametrize(("text", "share"), [("I", 0.2), ("Bar", 0.6), ("Hotel", 1), ("Harbour", 1)])
def test_short_words_ride_on_low_waves(text, share):
    drawn = [draw_recipe(text, 32, np.random.default_rng(seed), ["wave"], []).baseline for seed in range(100)]
    amplitudes = [wave.amplitude / share for wave in drawn]
    assert 0.08 <= min(amplitudes) < 0.1 and 0.23 < max(amplitudes) <= 0.25


def test_what_is_chosen_comes_and_nothing_else():
    rng = np.random.default_rng(0)
    layouts, effects = choose(LAYOUTS, ["arc", "wave"], "layouts"), choose(EFFECTS, [], "effects")
    recipes = [draw_recipe("Harbour", 32, rng, layouts, effects) for _ in range(300)]
    assert {type(recipe.baseline) for recipe in recipes} == {Arc, Wave}
    assert {(recipe.noise, recipe.blur, recipe.texture) for recipe in recipes} == {(0.0, 0.0, None)}
    with pytest.raises(DataError, match=r"layouts: there is no 'arch'; there are: straight, rotated"):
        choose(LAYOUTS, ["arch", "arc"], "layouts")
