"""Whole scenes: boards with lines of words on a wall, as a photograph shows them, and where each word stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ppocr_rare.data.annotations.word_region import WordRegion
from ppocr_rare.data.synth import geometry, paint
from ppocr_rare.data.synth.dice import below, one_of
from ppocr_rare.data.synth.font import EM, Font
from ppocr_rare.data.synth.layout import PlacedGlyph, Straight, lay_beside, set_width
from ppocr_rare.data.synth.renderer import Recipe, photograph, print_word
from ppocr_rare.data.synth.style import draw_recipe
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.data.synth.texture import TEXTURES
from ppocr_rare.errors import SampleError

_LAYOUTS = ("straight", "sheared", "rotated", "perspective")
_EFFECTS = ("shadow", "outline")
_NUM_BOARDS = 3, 9  # that are tried; those that find no room are left out
_NUM_LINES, _NUM_WORDS = 3, 4  # of a board and of a line, at most
_LINE = 1.35  # em from baseline to baseline
_TEXT_SHARE = 0.02, 0.09  # of the scene's height: an em
_TRIES = 40  # of places for a board


@dataclass(frozen=True, eq=False)
class SynthScene:
    """A scene.

    Args:
        image: uint8 [H, W, 3], BGR.
        words: with their four corners, board by board, line by line.
    """

    image: np.ndarray
    words: tuple[WordRegion, ...]


@dataclass(frozen=True, eq=False)
class _Board:
    """What is written on a board, in the word plane.

    Args:
        texts: of its words.
        placed: the glyphs of each.
        recipe: of its look; what of it is a share of the height means that of an em.
    """

    texts: list[str]
    placed: list[list[PlacedGlyph]]
    recipe: Recipe

    def corners(self, word: int | None = None) -> np.ndarray:
        """The box around a word's ink, or around all, float64 [4, 2], clockwise from the upper left."""
        glyphs = sum(self.placed, []) if word is None else self.placed[word]
        points = np.concatenate([glyph.corners() for glyph in glyphs])
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


class SceneSynthesizer:
    """Draws scenes. A scene depends on its key, and on what its words depend on, alone.

    Args:
        words: gives texts and fonts.
        size: (width, height) of the scenes in pixels.
    """

    def __init__(self, words: WordSynthesizer, size: tuple[int, int] = (1280, 720)):
        self._words, self._size = words, size

    def draw(self, key: Sequence[int]) -> SynthScene:
        """Draws the scene of a key, numbers from 0 of which the last is not 0."""
        rng = np.random.default_rng(key)
        image = self._wall(rng)
        taken = np.zeros(image.shape[:2], bool)
        words: list[WordRegion] = []
        for _ in range(int(rng.integers(*_NUM_BOARDS))):
            board = self._board(rng)
            matrix = self._place(board, taken, rng)
            if matrix is not None:
                _hang(image, board, matrix, rng)
                words += [
                    WordRegion(f"board of {board.texts[0]!r}", text, geometry.apply(matrix, board.corners(number)))
                    for number, text in enumerate(board.texts)
                ]
        camera = Recipe(
            light=float(rng.uniform(0, 0.4)), light_direction=float(rng.uniform(0, 360)),
            blur=float(rng.uniform(0, 0.9)), noise=float(rng.uniform(0, 6)), jpeg_quality=int(rng.integers(70, 96)),
        )  # fmt: skip
        return SynthScene(photograph(paint.to_bytes(image), camera, rng), tuple(words))

    def _wall(self, rng: np.random.Generator) -> np.ndarray:
        """What hangs behind the boards: a surface with a pattern and a few shapes, float32 [H, W, 3]."""
        width, height = self._size
        recipe = draw_recipe("", height, rng, _LAYOUTS[:1], ())
        wall = paint.surface(width, height, recipe.surface, recipe.surface_direction, 6, rng)
        wall += TEXTURES[one_of(rng, tuple(TEXTURES))](width, height, rng)[..., None] * np.float32(rng.uniform(2, 14))
        for _ in range(int(rng.integers(6))):
            other = draw_recipe("", height, rng, _LAYOUTS[:1], ()).surface[0]
            left, top = below(rng, width), below(rng, height)
            corner = left + below(rng, width // 3), top + below(rng, height // 2)
            cv2.rectangle(wall, (left, top), corner, other, -1 if rng.random() < 0.7 else 3)
        return wall

    def _board(self, rng: np.random.Generator) -> _Board:
        """Draws what a board says and how it looks."""
        font, lines = self._lines(rng)
        em = int(self._size[1] * np.exp(rng.uniform(*np.log(_TEXT_SHARE))))
        recipe = draw_recipe("", max(em, 8), rng, _LAYOUTS, _EFFECTS)
        spacing, gap = recipe.letter_spacing, EM * float(rng.uniform(0.25, 0.5))
        aligned = one_of(rng, (0.0, 0.5))  # to the left, or in the middle
        placed = []
        for number, line in enumerate(lines):
            widths = [set_width(font, text, spacing) for text in line]
            pen = -aligned * (sum(widths) + gap * (len(line) - 1))
            for text, width in zip(line, widths, strict=True):
                # On a straight line only the middle counts of what the word's width says.
                placed.append(lay_beside(font, text, Straight(), width, pen, number * _LINE * EM, spacing))
                pen += width + gap
        return _Board(sum(lines, []), placed, recipe)

    def _lines(self, rng: np.random.Generator) -> tuple[Font, list[list[str]]]:
        """A font, and the words of each line, all of whose characters it has."""
        while True:
            lines = [
                [text for _ in range(1 + below(rng, _NUM_WORDS)) for text in self._words.texts.draw(rng).split()]
                for _ in range(1 + below(rng, _NUM_LINES))
            ]
            try:
                return self._words.fonts.draw("".join(sum(lines, [])), rng), lines
            except SampleError:
                continue

    def _place(self, board: _Board, taken: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
        """Hangs a board where nothing hangs: its homography from the word plane to the scene; None without room."""
        recipe, corners = board.recipe, _with_margin(board.corners())
        seen = geometry.view(corners, recipe.shear, recipe.rotation, recipe.tilt)
        seen = np.diag([recipe.height / EM, recipe.height / EM, 1.0]) @ seen
        low, high = (edge(geometry.apply(seen, corners), axis=0) for edge in (np.min, np.max))
        room = np.array(self._size) - (high - low)
        if (room < 2).any():
            return None
        for _ in range(_TRIES):
            x, y = rng.uniform((0, 0), room) - low
            left, top, right, bottom = np.concatenate([low + (x, y), high + (x, y)]).round().astype(int)
            if not taken[top:bottom, left:right].any():
                taken[top:bottom, left:right] = True
                return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]) @ seen
        return None


def _with_margin(corners: np.ndarray) -> np.ndarray:
    return corners + 0.35 * EM * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])


def _hang(image: np.ndarray, board: _Board, matrix: np.ndarray, rng: np.random.Generator) -> None:
    """Draws a board into a scene, float32 [H, W, 3]; one of three is written on the wall itself."""
    quad, recipe = geometry.apply(matrix, _with_margin(board.corners())), board.recipe
    low = np.floor(quad.min(axis=0)).astype(int).clip(0)
    high = np.ceil(quad.max(axis=0)).astype(int)
    window = image[low[1] : high[1], low[0] : high[0]]
    height, width = window.shape[:2]
    ground = paint.surface(width, height, recipe.surface, recipe.surface_direction, recipe.mottle, rng)
    shape = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(shape, np.rint((quad - low) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    moved = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ matrix
    coverage = paint.draw_glyphs(sum(board.placed, []), moved, width, height).max(axis=0)
    if rng.random() < 1 / 3:
        shape[:] = 0
        ink = (250, 250, 250) if window.mean() < 128 else (8, 8, 8)
        recipe = replace(recipe, ink=ink, ink_below=None, shadow=None, outline=0.0)
    panel = shape[..., None] / np.float32(255)
    window[:] = print_word(window * (1 - panel) + ground * panel, coverage, recipe, recipe.height)
