"""Setting type: where each glyph of a word stands, and how it is turned, along a baseline.

The word plane: x to the right, y down, in pixels of a font drawn at ``EM`` pixels. Its origin is the middle of the
baseline: of an arc, the apex.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ppocr_rare.data.synth.font import EM, Font, Glyph


class Baseline(Protocol):
    """The curve on which glyphs stand."""

    def at(self, offset: float, width: float) -> tuple[float, float, float]:
        """The curve's point and direction for a glyph of a word.

        Args:
            offset: the glyph's middle, in plane units from the word's middle, -width / 2 ... width / 2.
            width: length of the word, in plane units.

        Returns:
            x, y in plane units, and the tangent's angle in radians, clockwise as seen (y points down).
        """


@dataclass(frozen=True)
class Straight:
    """A straight line."""

    def at(self, offset: float, width: float) -> tuple[float, float, float]:
        return offset, 0.0, 0.0


@dataclass(frozen=True)
class Arc:
    """A part of a circle, followed at its true length.

    Args:
        turn: degrees by which the direction changes from the word's start to its end; positive: an arch, as over a
            door, negative: a bowl. Not 0.
    """

    turn: float

    def at(self, offset: float, width: float) -> tuple[float, float, float]:
        radius = width / math.radians(self.turn)
        angle = offset / radius
        return radius * math.sin(angle), radius * (1 - math.cos(angle)), angle


@dataclass(frozen=True)
class Wave:
    """A sine, followed by x: right for waves that are low beside their length.

    Args:
        amplitude: height of a crest over the middle, in em.
        periods: how many waves a word holds.
        phase: degrees into the wave at the word's middle.
    """

    amplitude: float
    periods: float = 1.0
    phase: float = 0.0

    def at(self, offset: float, width: float) -> tuple[float, float, float]:
        rate = 2 * math.pi * self.periods / width
        argument = rate * offset + math.radians(self.phase)
        height = self.amplitude * EM
        return offset, -height * math.sin(argument), math.atan(-height * rate * math.cos(argument))


@dataclass(frozen=True)
class PlacedGlyph:
    """A glyph in the word plane.

    Args:
        character: what it says.
        glyph: what is drawn.
        matrix: float64 [3, 3], from the glyph's own plane (origin: the mask's upper left corner) to the word plane.
    """

    character: str
    glyph: Glyph
    matrix: np.ndarray

    def corners(self) -> np.ndarray:
        """The mask's corners in the word plane, float64 [4, 2], clockwise from the upper left."""
        height, width = self.glyph.mask.shape
        box = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], dtype=np.float64)
        return (box @ self.matrix.T)[:, :2]

    def outline(self) -> np.ndarray:
        """Both ends of the ink in each row of the mask, in the word plane, float64 [n, 2]."""
        ink = self.glyph.mask > self.glyph.mask.max() / 2
        rows = np.flatnonzero(ink.any(axis=1))
        left = ink[rows].argmax(axis=1)
        right = ink.shape[1] - ink[rows, ::-1].argmax(axis=1)
        x, y = np.concatenate([left, right, left, right]), np.concatenate([rows, rows, rows + 1, rows + 1])
        return (np.stack([x, y, np.ones_like(x)], axis=1) @ self.matrix.T)[:, :2]


def lay_out(font: Font, text: str, baseline: Baseline, letter_spacing: float = 0.0) -> list[PlacedGlyph]:
    """Sets a word along a baseline, each glyph turned as the baseline runs under its middle; without kerning.

    Args:
        font: has every character of ``text``.
        text: what to set, from left to right, a glyph a character.
        letter_spacing: em added between neighbours; negative to set tighter.

    Returns:
        The glyphs that leave ink, in the order of ``text``: spaces only move the pen.

    Raises:
        DataError: the font lacks a character.
    """
    font.require(text)
    width = set_width(font, text, letter_spacing)
    return lay_beside(font, text, baseline, width, -width / 2, 0.0, letter_spacing)


def lay_beside(font: Font, text: str, baseline: Baseline, width: float, start: float, rise: float,
               letter_spacing: float = 0.0) -> list[PlacedGlyph]:  # fmt: skip
    """Sets text anywhere along the baseline of a word, before or behind it too.

    Args:
        width: of the word whose baseline it is, in plane units.
        start: where the text begins on the baseline; the word begins at ``-width / 2``.
        rise: how far below the baseline it stands, in plane units; negative: above.
        letter_spacing: see ``lay_out``, as are all others.
    """
    placed = []
    for character, glyph, middle in _set(font, text, start, letter_spacing):
        if glyph.mask.any():
            matrix = _placement(glyph, *baseline.at(middle, width), rise)
            placed.append(PlacedGlyph(character, glyph, matrix))
    return placed


def edges(font: Font, text: str, baseline: Baseline, letter_spacing: float, num_points: int) -> np.ndarray:
    """Points along the upper and the lower edge of a word's ink: the baseline, moved to its highest and lowest ink.

    Args:
        text: with at least one character that leaves ink.
        letter_spacing: see ``lay_out``, as are all others.
        num_points: on each edge, from its start to its end, evenly spaced along the baseline.

    Returns:
        float64 [2 * num_points, 2] in the word plane: the upper edge from left to right, then the lower.
    """
    width = set_width(font, text, letter_spacing)
    inked = [(glyph, x) for _, glyph, x in _set(font, text, -width / 2, letter_spacing) if glyph.mask.any()]
    lefts = [middle - glyph.advance / 2 + glyph.left for glyph, middle in inked]
    start = min(lefts)
    end = max(left + glyph.mask.shape[1] for left, (glyph, _) in zip(lefts, inked, strict=True))
    top = min(glyph.top for glyph, _ in inked)
    bottom = max(glyph.top + glyph.mask.shape[0] for glyph, _ in inked)
    points = []
    for below in (top, bottom):
        for offset in np.linspace(start, end, num_points):
            x, y, angle = baseline.at(offset, width)
            points.append((x - math.sin(angle) * below, y + math.cos(angle) * below))
    return np.array(points)


def set_width(font: Font, text: str, letter_spacing: float = 0.0) -> float:
    """How far the pen moves for a text, in plane units; see ``lay_out``."""
    advances = sum(font.glyph(character).advance for character in text)
    return advances + letter_spacing * EM * (len(text) - 1)


def _set(font: Font, text: str, start: float, letter_spacing: float) -> Iterator[tuple[str, Glyph, float]]:
    """Each character with its glyph and where the glyph's middle stands along the baseline."""
    pen = start
    for character in text:
        glyph = font.glyph(character)
        yield character, glyph, pen + glyph.advance / 2
        pen += glyph.advance + letter_spacing * EM


def _placement(glyph: Glyph, x: float, y: float, angle: float, rise: float) -> np.ndarray:
    """The matrix that stands a glyph's middle on the baseline at (x, y), or ``rise`` below, turned by ``angle``."""
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[cos, -sin, x], [sin, cos, y], [0, 0, 1]], dtype=np.float64)
    to_pen = np.array([[1, 0, glyph.left - glyph.advance / 2], [0, 1, glyph.top + rise], [0, 0, 1]], dtype=np.float64)
    return turn @ to_pen
