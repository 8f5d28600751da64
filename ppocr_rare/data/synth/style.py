"""Recipes drawn at random, in the mixture in which words stand in scenes: most of them mild, some strong.

``LAYOUTS`` and ``EFFECTS`` say what there is and how often; each entry draws its own part of a Recipe.
"""

import colorsys
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ppocr_rare.data.synth.dice import one_of, pick, sign
from ppocr_rare.data.synth.layout import Arc, Straight, Wave
from ppocr_rare.data.synth.paint import Colour
from ppocr_rare.data.synth.renderer import Recipe
from ppocr_rare.data.synth.texture import TEXTURES
from ppocr_rare.errors import DataError

Part = dict[str, Any]  # some of the arguments of Recipe
# A part of a recipe for a text, beside what is drawn already.
Draw = Callable[[np.random.Generator, str, Part], Part]
Table = Mapping[str, tuple[float, Draw]]  # name: (how often, what)

_MIN_CONTRAST = 0.1
_COLOUR_GAP = 0.28  # between the brightness of ink and surface, 0 ... 1
_SIDES = ("left", "above", "right", "below")


def draw_recipe(
    text: str,
    height: int,
    rng: np.random.Generator,
    layouts: Sequence[str] | None = None,
    effects: Sequence[str] | None = None,
) -> Recipe:
    """Draws how a word will look.

    Args:
        text: the word.
        height: of the image, in pixels.
        rng: decides.
        layouts: names of ``LAYOUTS`` to choose from; None for all.
        effects: names of ``EFFECTS``; None for all.
    """
    part: Part = {"height": height, "min_contrast": _MIN_CONTRAST, **_colours(rng), "padding": _padding(rng)}
    part.update(pick(rng, _of(LAYOUTS, layouts))(rng, text, part))
    for share, draw in _of(EFFECTS, effects).values():
        if rng.random() < share:
            part.update(draw(rng, text, part))
    return Recipe(**part)


def choose(table: Table, names: Sequence[str] | None, what: str) -> tuple[str, ...]:
    """Names of ``LAYOUTS`` or ``EFFECTS``, in the table's order; all of them where names is None.

    Raises:
        DataError: a name is not there; ``what`` says which table it is.
    """
    unknown = sorted(set(names or ()) - set(table))
    if unknown:
        raise DataError(f"{what}: there is no {', '.join(map(repr, unknown))}; there are: {', '.join(table)}")
    return tuple(_of(table, names))


def _of(table: Table, names: Sequence[str] | None) -> Table:
    return table if names is None else {name: entry for name, entry in table.items() if name in names}


def _colours(rng: np.random.Generator) -> Part:
    """Ink and surface that differ in brightness, either the brighter; often grey, black and white."""
    while True:
        ink, surface = _colour(rng), _colour(rng)
        if abs(_brightness(ink) - _brightness(surface)) > _COLOUR_GAP:
            break
    other = _near(surface, 50, rng) if rng.random() < 0.5 else surface
    return {
        "ink": ink,
        "surface": (surface, other),
        "surface_direction": float(rng.uniform(0, 360)),
        "mottle": float(rng.uniform(0, 6)),
    }


def _colour(rng: np.random.Generator) -> Colour:
    kind = rng.random()
    if kind < 0.25:
        return (int(rng.integers(0, 60)),) * 3
    if kind < 0.55:
        return (int(rng.integers(200, 256)),) * 3
    hue, saturation, value = rng.random(), rng.beta(1.5, 2), math.sqrt(rng.random())
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(blue * 255), round(green * 255), round(red * 255)


def _near(colour: Colour, reach: int, rng: np.random.Generator) -> Colour:
    blue, green, red = np.clip(np.add(colour, rng.integers(-reach, reach + 1, 3)), 0, 255).tolist()
    return blue, green, red


def _brightness(colour: Colour) -> float:
    blue, green, red = colour
    return (0.114 * blue + 0.587 * green + 0.299 * red) / 255


def _opposite(colour: Colour) -> Colour:
    return (10, 10, 10) if _brightness(colour) > 0.5 else (245, 245, 245)


def _padding(rng: np.random.Generator) -> tuple[float, ...]:
    """From a little cut to a quarter of the height, mostly tight."""
    return tuple(np.clip(rng.gamma(2.0, 0.045, 4) - 0.04, -0.03, 0.25).tolist())


def _mild(rng: np.random.Generator, text: str, part: Part) -> Part:
    rotation, shear, *tilt = (rng.standard_normal(4) * (1.8, 4, 0.04, 0.03)).tolist()
    # Letters rarely stand exactly as far apart as the font has it, and hardly ever closer.
    spacing = float(np.clip(rng.normal(0.02, 0.03), -0.03, 0.1))
    return {"rotation": rotation, "shear": shear, "tilt": tuple(tilt), "letter_spacing": spacing}


def _rotated(rng: np.random.Generator, text: str, part: Part) -> Part:
    return {**_mild(rng, text, part), "rotation": sign(rng) * rng.uniform(6, 28)}


def _sheared(rng: np.random.Generator, text: str, part: Part) -> Part:
    return {**_mild(rng, text, part), "shear": sign(rng) * rng.uniform(12, 30)}


def _perspective(rng: np.random.Generator, text: str, part: Part) -> Part:
    tilt = sign(rng) * rng.uniform(0.12, 0.4), sign(rng) * rng.uniform(0, 0.2)
    return {"tilt": tilt, "rotation": rng.normal(0, 6), "shear": rng.normal(0, 8)}


def _arc(rng: np.random.Generator, text: str, part: Part) -> Part:
    """A wide arch or bowl; a short word turns less, or its letters would fan out."""
    turn = min(rng.uniform(25, 160), 24 * len(text))
    bend = 1 if rng.random() < 0.7 else -1
    # In a bowl the letters' tops crowd together.
    spacing = rng.uniform(0, 0.1) if bend > 0 else 0.05 + 0.1 * turn / 90
    return {"baseline": Arc(bend * turn), "letter_spacing": spacing, "rotation": rng.normal(0, 5)}


def _seal(rng: np.random.Generator, text: str, part: Part) -> Part:
    """A part of a ring, anywhere on it but upside down."""
    turn = min(rng.uniform(60, 150), 20 * len(text))
    bend = 1 if rng.random() < 0.7 else -1
    spacing = rng.uniform(0, 0.15) if bend > 0 else 0.08 + 0.1 * turn / 90
    return {"baseline": Arc(bend * turn), "letter_spacing": spacing, "rotation": rng.uniform(-45, 45)}


def _wave(rng: np.random.Generator, text: str, part: Part) -> Part:
    """Hills and valleys; lower ones under a short word, whose few letters would lie on their sides."""
    amplitude = rng.uniform(0.08, 0.25) * min(1, len(text) / 5)
    wave = Wave(amplitude, rng.uniform(0.5, 1.4), rng.uniform(0, 360))
    return {"baseline": wave, "letter_spacing": rng.uniform(0.02, 0.1), "rotation": rng.normal(0, 3)}


def _spaced(rng: np.random.Generator, text: str, part: Part) -> Part:
    return {**_mild(rng, text, part), "letter_spacing": rng.uniform(0.15, 0.6)}


LAYOUTS: dict[str, tuple[float, Draw]] = {
    "straight": (0.55, _mild),
    "rotated": (0.09, _rotated),
    "sheared": (0.05, _sheared),
    "perspective": (0.09, _perspective),
    "spaced": (0.05, _spaced),
    "arc": (0.10, _arc),
    "seal": (0.03, _seal),
    "wave": (0.04, _wave),
}


def _shadow(rng: np.random.Generator, text: str, part: Part) -> Part:
    reach, down = rng.uniform(0.02, 0.08), rng.uniform(0.02, 0.08)
    colour = _near(_opposite(part["ink"]), 60, rng)
    offset = sign(rng) * reach, down
    return {"shadow": offset, "shadow_softness": rng.uniform(0, 0.06), "shadow_colour": colour}


def _outline(rng: np.random.Generator, text: str, part: Part) -> Part:
    return {"outline": rng.uniform(0.02, 0.05), "outline_colour": _near(_opposite(part["ink"]), 60, rng)}


def _texture(rng: np.random.Generator, text: str, part: Part) -> Part:
    return {"texture": one_of(rng, tuple(TEXTURES)), "texture_strength": rng.uniform(5, 28)}


def _neighbours(rng: np.random.Generator, text: str, part: Part) -> Part:
    sides = [side for side in _SIDES if rng.random() < 0.4]
    wide = rng.uniform(0.15, 0.32, 4).tolist()
    padding = (wide[i] if side in sides else part["padding"][i] for i, side in enumerate(_SIDES))
    return {"neighbours": tuple(sides), "padding": tuple(padding)}


def _resolution(rng: np.random.Generator, text: str, part: Part) -> Part:
    # Letters on a curve are small already.
    least = 0.4 if part.get("baseline", Straight()) == Straight() else 0.7
    return {"resolution": rng.uniform(least, 0.9)}


EFFECTS: dict[str, tuple[float, Draw]] = {
    "ink gradient": (0.12, lambda rng, text, part: {"ink_below": _near(part["ink"], 90, rng)}),
    "texture": (0.30, _texture),
    "shadow": (0.12, _shadow),
    "outline": (0.08, _outline),
    "neighbours": (0.12, _neighbours),
    "fade": (0.15, lambda rng, text, part: {"fade": rng.uniform(0.1, 0.5)}),
    "uneven light": (0.25, lambda rng, text, part: {
        "light": rng.uniform(0.1, 0.6), "light_direction": rng.uniform(0, 360)}),
    "defocus": (0.35, lambda rng, text, part: {"blur": rng.uniform(0.3, 1.2) * part["height"] / 32}),
    "motion": (0.10, lambda rng, text, part: {
        "motion": rng.uniform(1.5, 4.0) * part["height"] / 32, "motion_direction": rng.uniform(0, 180)}),
    "low resolution": (0.25, _resolution),
    "noise": (0.35, lambda rng, text, part: {"noise": rng.gamma(2, 3)}),
    "jpeg": (0.40, lambda rng, text, part: {"jpeg_quality": int(rng.integers(25, 90))}),
}  # fmt: skip
