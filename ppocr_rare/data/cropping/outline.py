"""From the polygon that somebody drew around a word to its upper and its lower side, both as the word reads."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from shapely import Polygon, make_valid

from ppocr_rare.errors import SampleError

_MIN_AREA = 1.0  # square pixels
_MAIN_PART = 0.95  # of the area of a polygon that crosses itself, for the rest to pass for a slip of the hand
# An annotator's own division of the points stands unless another has corners sharper by this, in radians.
_TOLERANCE = np.pi / 4
_MIN_TURN = 1e-3  # radians; a corner that turns less is none


@dataclass(frozen=True)
class Outline:
    """The border of a word: clockwise as seen it is the upper side, then the lower one backwards.

    Args:
        upper: float64 [m, 2], from the word's start to its end; m is at least 2.
        lower: float64 [k, 2], likewise.
    """

    upper: np.ndarray
    lower: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """float64 [m + k, 2], clockwise as seen, from the start of the upper side."""
        return np.concatenate([self.upper, self.lower[::-1]])

    @property
    def is_convex_quad(self) -> bool:
        """True for four points that a rectangle in perspective can have."""
        return len(self.points) == 4 and bool((_turns(self.points) > _MIN_TURN).all())

    def min_rectangle(self) -> np.ndarray:
        """The rectangle of least area around it: float64 [4, 2], clockwise from the word's upper left corner."""
        corners = cv2.boxPoints(cv2.minAreaRect(self.points.astype(np.float32))).astype(np.float64)
        if _signed_area(corners) < 0:
            corners = corners[::-1]
        reading = (self.upper[-1] + self.lower[-1]) - (self.upper[0] + self.lower[0])
        edges = np.roll(corners, -1, axis=0) - corners
        along = edges @ reading / np.maximum(np.linalg.norm(edges, axis=1), 1e-9)
        return np.roll(corners, -int(np.argmax(along)), axis=0)


def outline_of(points: np.ndarray, is_ordered: bool = True) -> Outline:
    """Makes a polygon valid and clockwise, and finds its two long sides.

    A clockwise polygon whose order counts, and that begins at the start of one of its sides, is read from there: so a
    word may stand on its head. Of any other the side that runs to the right is the upper one.

    Args:
        points: float64 [n, 2].
        is_ordered: the order counts, see WordRegion.

    Raises:
        SampleError: "too few points", "polygon crosses itself", "no area".
    """
    points = points[(points != np.roll(points, -1, axis=0)).any(axis=1)]  # repeated, or closed at the end
    if len(points) < 4:
        raise SampleError("too few points", f"{len(points)} different ones; a word has at least 4")
    points = _repaired(points)
    if _signed_area(points) < 0:
        points, is_ordered = points[::-1], False
    first, second = _side_starts(points, is_ordered)
    one, two = _from_to(points, first, second), _from_to(points, second, first)
    if not (is_ordered and first == 0) and one[-1, 0] - one[0, 0] < two[-1, 0] - two[0, 0]:
        one, two = two, one
    return Outline(one, two[::-1])


def _repaired(points: np.ndarray) -> np.ndarray:
    """The corners of a polygon that does not cross itself: the same ones, or those of its main part."""
    drawn = Polygon(points)
    polygon = drawn if drawn.is_valid else _main_part(drawn)
    if polygon.area < _MIN_AREA:
        raise SampleError("no area", f"{polygon.area:.2g} square pixels")
    if polygon is drawn:
        return points
    ring = np.asarray(polygon.exterior.coords)[:-1]
    if len(ring) < 4:
        raise SampleError("too few points", "a triangle, where it crosses itself no more")
    if (_signed_area(ring) > 0) != (_signed_area(points) > 0):
        ring = ring[::-1]
    start = int(np.argmin(np.linalg.norm(ring - points[0], axis=1)))
    return np.roll(ring, -start, axis=0)


def _main_part(polygon: Polygon) -> Polygon:
    """The largest part of a polygon that crosses itself, if the others hardly count; an empty one if it has no area."""
    parts = _parts(make_valid(polygon))
    main = max(parts, key=lambda part: part.area, default=Polygon())
    if main.area < _MAIN_PART * sum(part.area for part in parts):
        raise SampleError("polygon crosses itself", f"into {len(parts)} parts; draw its points in order")
    return main


def _parts(geometry: Any) -> list[Polygon]:
    """The polygons of what ``make_valid`` gives, which may hold lines and points as well."""
    if isinstance(geometry, Polygon):
        return [geometry]
    return [polygon for part in getattr(geometry, "geoms", ()) for polygon in _parts(part)]


def _side_starts(points: np.ndarray, is_ordered: bool) -> tuple[int, int]:
    """Indices i < j of the points at which the two long sides begin, of a clockwise polygon.

    The short ends are the two edges with the sharpest corners, together a whole turn: along a bent word the turns of
    its sides cancel. Where that does not decide, as in a quad, the sides are those that lie flatter.

    Args:
        is_ordered: the half of the points that comes first may well be the upper side.
    """
    n = len(points)
    turns = _turns(points)
    before = np.roll(points, 1, axis=0)
    ends = turns + np.roll(turns, 1)  # [n], of the edge that leads to each point
    reading = (before[None] - points[:, None]) - (before[:, None] - points[None])  # [n, n, 2], if sides begin at i, j
    flatness = np.abs(reading[..., 0]) / np.maximum(np.linalg.norm(reading, axis=-1), 1e-9)
    scores = ends[:, None] + ends[None] + 0.1 * flatness
    apart = np.arange(n)[None] - np.arange(n)[:, None]  # j - i
    scores[(apart < 2) | (apart > n - 2)] = -np.inf
    best = np.unravel_index(np.argmax(scores), scores.shape)
    own = (0, n // 2)
    if is_ordered and n % 2 == 0 and scores[own] >= scores[best] - _TOLERANCE:
        return own
    return int(best[0]), int(best[1])


def _turns(points: np.ndarray) -> np.ndarray:
    """Radians by which the border turns at each point, positive to the right: [n]; 2 pi in all when clockwise."""
    arriving = points - np.roll(points, 1, axis=0)
    leaving = np.roll(points, -1, axis=0) - points
    cross = arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0]
    return np.arctan2(cross, (arriving * leaving).sum(axis=1))


def _signed_area(points: np.ndarray) -> float:
    """Positive where the points run clockwise as seen (y points down)."""
    x, y = points.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def _from_to(points: np.ndarray, start: int, end: int) -> np.ndarray:
    """The points from index ``start`` up to but not with ``end``, around the polygon."""
    return points[start:end] if start < end else np.concatenate([points[start:], points[:end]])
