"""A word, a font and a recipe make an image."""

from dataclasses import dataclass

import numpy as np

from ppocr_rare.data.synth import degrade, geometry, paint
from ppocr_rare.data.synth.font import Font
from ppocr_rare.data.synth.layout import Baseline, Straight, lay_out
from ppocr_rare.errors import SampleError


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a word looks, but for the word, the font and the dice.

    Colours are (blue, green, red).

    Args:
        ink: colour of the letters.
        surface: colours behind them, from one side to the other.
        surface_direction: degrees in which the surface's colour changes: 0 to the right, 90 down.
        mottle: stains on the surface, standard deviation in grey levels.
        baseline: what the glyphs stand on.
        letter_spacing: em between neighbours.
        shear: degrees by which upright strokes lean to the right.
        rotation: degrees by which the word is turned, clockwise as seen.
        tilt: how far the right and the lower side lie away: see ``geometry.perspective``.
        height: of the image, in pixels.
        padding: margin around the ink, as a share of the height.
        fade: share of the contrast that is lost.
        blur: standard deviation of the blur, in pixels.
        noise: standard deviation of the noise, in grey levels.
        min_contrast: a word with a glyph that stands out less than this is refused: see ``paint.contrast``.
    """

    ink: paint.Colour = (32, 32, 32)
    surface: tuple[paint.Colour, paint.Colour] = ((235, 235, 235), (215, 215, 215))
    surface_direction: float = 90.0
    mottle: float = 0.0
    baseline: Baseline = Straight()
    letter_spacing: float = 0.0
    shear: float = 0.0
    rotation: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    height: int = 48
    padding: float = 0.12
    fade: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    min_contrast: float = 0.08


def render_word(text: str, font: Font, recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    """Renders one word.

    Args:
        text: what the image will say.
        font: has every character of ``text``.
        rng: decides all that the recipe leaves to chance.

    Returns:
        uint8 [recipe.height, W, 3], BGR; W follows from the word.

    Raises:
        DataError: the font lacks a character.
        SampleError: "nothing to draw", or "contrast too low".
    """
    placed = lay_out(font, text, recipe.baseline, recipe.letter_spacing)
    if not placed:
        raise SampleError("nothing to draw", repr(text))
    matrix, width = _crop(np.concatenate([item.corners() for item in placed]), recipe)
    layers = paint.draw_glyphs(placed, matrix, width, recipe.height)
    ground = paint.surface(width, recipe.height, recipe.surface, recipe.surface_direction, recipe.mottle, rng)
    image = _degrade(paint.ink_on(ground, layers, recipe.ink), recipe, rng)
    contrast = paint.contrast(image, layers)
    if contrast < recipe.min_contrast:
        raise SampleError("contrast too low", f"{contrast:.3f} in {text!r}; at least {recipe.min_contrast:.3f}")
    return image


def _crop(corners: np.ndarray, recipe: Recipe) -> tuple[np.ndarray, int]:
    """The homography from the word plane to the image, and the image's width."""
    seen = geometry.view(corners, recipe.shear, recipe.rotation, recipe.tilt)
    fitted, width = geometry.fit(geometry.apply(seen, corners), recipe.height, recipe.padding)
    return fitted @ seen, width


def _degrade(image: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    faded = degrade.fade(image, recipe.fade)
    return degrade.add_noise(degrade.blur(faded, recipe.blur), recipe.noise, rng)
