"""A word, a font and a recipe make an image."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from ppocr_rare.data.synth import degrade, geometry, paint
from ppocr_rare.data.synth.font import EM, Font
from ppocr_rare.data.synth.layout import Baseline, PlacedGlyph, Straight, edges, lay_beside, lay_out
from ppocr_rare.data.synth.texture import TEXTURES
from ppocr_rare.errors import SampleError

NUM_FIDUCIALS = 20  # what the TPS of both configurations has
Side = Literal["left", "above", "right", "below"]
_LINE_GAP = 0.28  # em between the ink of a word and that of the lines above and below it
_WORD_GAP = 0.3  # em between a word and the words beside it


class CharacterSpan(NamedTuple):
    """Where a character stands in an image, from left to right; both as shares of the image's width."""

    character: str
    left: float
    right: float


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a word looks, but for the word, the font and the dice.

    Colours are (blue, green, red), directions are in degrees: 0 to the right, 90 down.

    Args:
        ink: colour of the letters.
        ink_below: colour into which that of the letters runs towards the lower edge; None for one colour.
        outline: width of a rim around the letters, as a share of the height; 0 for none.
        outline_colour: of the rim.
        shadow: how far to the right and down the letters' shadow falls, as shares of the height; None for none.
        shadow_softness: standard deviation of its blur, as a share of the height.
        shadow_colour: of it, where it is deepest.
        surface: colours behind them, from one side to the other.
        surface_direction: in which the surface's colour changes.
        mottle: stains on the surface, standard deviation in grey levels.
        texture: the surface's pattern, one of ``texture.TEXTURES``; None for none.
        texture_strength: of the pattern, in grey levels.
        neighbours: sides from which other words of the same font reach into the crop, where the padding leaves room.
        baseline: what the glyphs stand on.
        letter_spacing: em between neighbours.
        shear: degrees by which upright strokes lean to the right.
        rotation: degrees by which the word is turned, clockwise as seen.
        tilt: how far the right and the lower side lie away: see ``geometry.perspective``.
        height: of the image, in pixels.
        padding: margins around the ink (left, above, right, below), as shares of the height; negative: it is cut.
        fade: share of the contrast that is lost.
        light: how much brighter than the middle the brightest corner is, as a share; 0 for even light.
        light_direction: towards the bright side.
        blur: standard deviation of the blur, in pixels.
        motion: length of the blur by motion, in pixels; 0 for none.
        motion_direction: of the motion.
        resolution: share of the height in pixels that the camera took.
        noise: standard deviation of the noise, in grey levels.
        jpeg_quality: 1 ... 100; None for no loss.
        min_contrast: a word with a glyph that stands out less than this is refused: see ``paint.contrast``.
    """

    ink: paint.Colour = (32, 32, 32)
    ink_below: paint.Colour | None = None
    outline: float = 0.0
    outline_colour: paint.Colour = (255, 255, 255)
    shadow: tuple[float, float] | None = None
    shadow_softness: float = 0.03
    shadow_colour: paint.Colour = (0, 0, 0)
    surface: tuple[paint.Colour, paint.Colour] = ((235, 235, 235), (215, 215, 215))
    surface_direction: float = 90.0
    mottle: float = 0.0
    texture: str | None = None
    texture_strength: float = 12.0
    neighbours: tuple[Side, ...] = ()
    baseline: Baseline = Straight()
    letter_spacing: float = 0.0
    shear: float = 0.0
    rotation: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    height: int = 48
    padding: geometry.Padding = (0.12, 0.12, 0.12, 0.12)
    fade: float = 0.0
    light: float = 0.0
    light_direction: float = 0.0
    blur: float = 0.0
    motion: float = 0.0
    motion_direction: float = 0.0
    resolution: float = 1.0
    noise: float = 0.0
    jpeg_quality: int | None = None
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
    placed, matrix, width = _compose(text, font, recipe)
    layers = paint.draw_glyphs(placed, matrix, width, recipe.height)
    ground = paint.surface(width, recipe.height, recipe.surface, recipe.surface_direction, recipe.mottle, rng)
    if recipe.texture:
        ground += TEXTURES[recipe.texture](width, recipe.height, rng)[..., None] * np.float32(recipe.texture_strength)
    coverage = layers.max(axis=0)
    if recipe.neighbours:
        around = paint.draw_glyphs(_lay_neighbours(text, font, recipe, rng), matrix, width, recipe.height)
        coverage = np.maximum(coverage, around.max(axis=0, initial=0))
    image = photograph(paint.to_bytes(print_word(ground, coverage, recipe, recipe.height)), recipe, rng)
    contrast = paint.contrast(image, layers)
    if contrast < recipe.min_contrast:
        raise SampleError("contrast too low", f"{contrast:.3f} in {text!r}; at least {recipe.min_contrast:.3f}")
    return image


def locate_fiducials(text: str, font: Font, recipe: Recipe) -> np.ndarray:
    """Where the control points of TPS would have to lie to straighten the word that ``render_word`` renders.

    Returns:
        float32 [NUM_FIDUCIALS, 2]: x, y, from -1 at the image's left and upper edges to 1 at its right and lower ones.
        The first half lies along the upper edge of the ink, from the word's start to its end, the second along the
        lower. Points may lie outside where the padding is negative.

    Raises:
        DataError, SampleError: as ``render_word`` does, but for the contrast.
    """
    _, matrix, width = _compose(text, font, recipe)
    points = edges(font, text, recipe.baseline, recipe.letter_spacing, NUM_FIDUCIALS // 2)
    return (2 * geometry.apply(matrix, points) / (width, recipe.height) - 1).astype(np.float32)


def locate_characters(text: str, font: Font, recipe: Recipe) -> list[CharacterSpan]:
    """Which part of the image's width each character takes up in the word that ``render_word`` renders.

    Returns:
        The characters that leave ink, in the order of ``text``. Neighbours overlap where the word is turned; a share
        lies outside 0 ... 1 where the padding is negative.

    Raises:
        DataError, SampleError: as ``render_word`` does, but for the contrast.
    """
    placed, matrix, width = _compose(text, font, recipe)
    spans = []
    for item in placed:
        x = geometry.apply(matrix, item.outline())[:, 0] / width
        spans.append(CharacterSpan(item.character, float(x.min()), float(x.max())))
    return spans


def locate_glyphs(text: str, font: Font, recipe: Recipe) -> list[tuple[str, np.ndarray]]:
    """Each character that leaves ink and the corners of its box, float64 [4, 2] in pixels, clockwise from the upper
    left as the character stands; arguments and faults are those of ``locate_characters``.
    """
    placed, matrix, _ = _compose(text, font, recipe)
    return [(item.character, geometry.apply(matrix, item.corners())) for item in placed]


def _compose(text: str, font: Font, recipe: Recipe) -> tuple[list[PlacedGlyph], np.ndarray, int]:
    """The word's glyphs, the homography from the word plane to the image, and the image's width."""
    placed = lay_out(font, text, recipe.baseline, recipe.letter_spacing)
    if not placed:
        raise SampleError("nothing to draw", repr(text))
    corners = np.concatenate([item.corners() for item in placed])
    seen = geometry.view(corners, recipe.shear, recipe.rotation, recipe.tilt)
    fitted, width = geometry.fit(geometry.apply(seen, corners), recipe.height, recipe.padding)
    return placed, fitted @ seen, width


def _lay_neighbours(text: str, font: Font, recipe: Recipe, rng: np.random.Generator) -> list[PlacedGlyph]:
    """Words of the same characters, shuffled, on each side that the recipe names."""
    glyphs = [font.glyph(character) for character in text]
    width = sum(glyph.advance for glyph in glyphs) + recipe.letter_spacing * EM * (len(text) - 1)
    line = max(glyph.mask.shape[0] + glyph.top for glyph in glyphs) - min(glyph.top for glyph in glyphs)
    beside, apart = width + _WORD_GAP * EM, line + _LINE_GAP * EM
    moves = {"left": (-beside, 0), "right": (beside, 0), "above": (0, -apart), "below": (0, apart)}
    placed = []
    for side in recipe.neighbours:
        along, rise = moves[side]
        shuffled = "".join(text[i] for i in rng.permutation(len(text)))
        start = along - width / 2
        placed += lay_beside(font, shuffled, recipe.baseline, width, start, rise, recipe.letter_spacing)
    return placed


def print_word(ground: np.ndarray, coverage: np.ndarray, recipe: Recipe, height: float) -> np.ndarray:
    """Shadow, rim and ink on the surface, float32 [H, W, 3].

    Args:
        ground: float32 [H, W, 3].
        coverage: by the letters, float32 [H, W] in 0 ... 1.
        recipe: of the look.
        height: in pixels, of which shadow and rim are shares.
    """
    if recipe.shadow:
        right, down = recipe.shadow
        shade = paint.shadow(coverage, (right * height, down * height), recipe.shadow_softness * height)
        ground = paint.overlay(ground, shade, recipe.shadow_colour)
    if recipe.outline:
        ground = paint.overlay(ground, paint.thicken(coverage, recipe.outline * height), recipe.outline_colour)
    ink: paint.Colour | np.ndarray = recipe.ink
    if recipe.ink_below:
        ink = paint.gradient(coverage.shape[1], coverage.shape[0], (recipe.ink, recipe.ink_below), 90)
    return paint.overlay(ground, coverage, ink)


def photograph(image: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    """What the camera and the file make of the scene, in the order in which it happens."""
    image = degrade.fade(image, recipe.fade) if recipe.fade else image
    image = degrade.light(image, recipe.light, recipe.light_direction) if recipe.light else image
    image = degrade.blur(image, recipe.blur) if recipe.blur else image
    image = degrade.motion_blur(image, recipe.motion, recipe.motion_direction) if recipe.motion else image
    image = degrade.lower_resolution(image, recipe.resolution) if recipe.resolution < 1 else image
    image = degrade.add_noise(image, recipe.noise, rng) if recipe.noise else image
    return degrade.jpeg(image, recipe.jpeg_quality) if recipe.jpeg_quality else image
