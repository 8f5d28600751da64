"""Where each character of a word stands in the image, and what else it might be."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.postprocess import Word
from ppocr_rare.utils.images import levels_of_input
from ppocr_rare.utils.thin_plate import base_fiducials, spline_basis, spline_matrix

# A character's columns: those with at least this share of the attention that the first among them gets. Chosen, as the
# rest of ``spans_of``, on drawn words: benchmarks/README.md.
_MIN_SHARE = 0.3

Point = tuple[float, float]
Box = tuple[Point, Point, Point, Point]


@dataclass(frozen=True)
class Character:
    """One character of a word that was read.

    Args:
        char: what it says.
        score: its probability, in [0, 1].
        runner_up: the likeliest other character at its place; empty where that is the word's end.
        runner_up_score: the probability of that.
        span: where it begins and ends in the rectified word, as shares of the width, in [0, 1].
        box: its four corners in the image, (x, y) in pixels from the upper left corner, clockwise from the
            character's own upper left one; they follow curved text, and may lie a little outside.
    """

    char: str
    score: float
    runner_up: str
    runner_up_score: float
    span: tuple[float, float]
    box: Box


@dataclass(frozen=True)
class Frame:
    """How a network's input lies in the image that it was made of.

    Args:
        to_image: float64 [2, 3], from places in the input, (x, y, 1) in pixels, to places in the image.
        size: (height, width) of the input in pixels.
    """

    to_image: np.ndarray
    size: tuple[int, int]

    def places(self, points: np.ndarray, fiducials: np.ndarray | None) -> np.ndarray:
        """Places in the image, [N, 2] in pixels, of points of the rectified word.

        Args:
            points: [N, 2], (x, y) in [-1, 1] from edge to edge.
            fiducials: C' [K, 2] of the word; None where nothing was rectified.
        """
        size = np.array([self.size[1], self.size[0]])
        if fiducials is None:
            pixels = (points + 1) / 2 * size
        else:
            seen = spline_matrix(len(fiducials), points)[:, : len(fiducials)] @ fiducials
            pixels = (seen + 1) / 2 * (size - 1) + 0.5  # -1 and 1 are the middles of the outer pixels
        return pixels @ self.to_image[:, :2].T + self.to_image[:, 2]


@dataclass(frozen=True)
class Alternative:
    """One way to read an image.

    Args:
        text: of it.
        score: as that of a word.
        log_probability: natural logarithm of the probability that the model gives it, the word's end included.
    """

    text: str
    score: float
    log_probability: float


@dataclass(frozen=True)
class RectifierHealth:
    """What TPS does to one word.

    Args:
        moved: mean distance of the fiducial points from where they would change nothing, in pixels of the input.
        num_outside: how many of them lie outside of the input.
        is_folded: a part of the image is turned over itself.
    """

    moved: float
    num_outside: int
    is_folded: bool


def sampling_grid(fiducials: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Where each pixel of the rectified image is taken from, [H, W, 2], (x, y) as ``grid_sample`` takes them.

    Args:
        fiducials: C' [K, 2].
        size: (height, width) of the input in pixels.
    """
    return (_basis(len(fiducials), *size) @ fiducials).reshape(*size, 2)


def health_of(fiducials: np.ndarray, size: tuple[int, int]) -> RectifierHealth:
    """How a word fares with these points; arguments as of ``sampling_grid``."""
    grid = sampling_grid(fiducials, size)
    away = (fiducials - base_fiducials(len(fiducials))) * [size[1] / 2, size[0] / 2]
    along, down = np.diff(grid, axis=1)[:-1], np.diff(grid, axis=0)[:, :-1]
    turns = along[..., 0] * down[..., 1] - along[..., 1] * down[..., 0]
    outside = int((np.abs(fiducials) > 1.0).any(1).sum())
    return RectifierHealth(float(np.linalg.norm(away, axis=1).mean()), outside, bool((turns <= 0).any()))


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a word was read from.

    Args:
        rectified: the word as the network read it, uint8 [H, W, 3], BGR; W with the padding on the right.
        attention: where it looked for each character, alpha [n, T].
        fiducials: the points that TPS put along the word's edges, [K, 2], (x, y) in pixels of the image: the upper edge
            from left to right, then the lower; None where nothing was rectified.
        health: of the rectification; None where there was none.
    """

    rectified: np.ndarray
    attention: np.ndarray
    fiducials: np.ndarray | None
    health: RectifierHealth | None


@dataclass(frozen=True)
class DetailedWord(Word):
    """What was read in one image, with its characters and what they were read from.

    Args:
        characters: one for each letter.
        evidence: what it was read from; None where nobody asked.
        readings: what else it may be, and this word first, where a search was asked for.
    """

    characters: tuple[Character, ...] = field(default=(), kw_only=True)
    evidence: Evidence | None = field(default=None, repr=False, compare=False, kw_only=True)
    readings: tuple[Alternative, ...] = field(default=(), kw_only=True)


def evidence_of(
    attention: np.ndarray, fiducials: np.ndarray | None, network_input: np.ndarray, frame: Frame
) -> Evidence:
    """What one word was read from.

    Args:
        attention: alpha of its characters, [n, T].
        fiducials: C' [K, 2], or None without a transform.
        network_input: float32 [3, H, W].
        frame: of it.
    """
    levels = levels_of_input(network_input)
    if fiducials is None:
        return Evidence(levels, attention, None, None)
    height, width = frame.size
    grid = sampling_grid(fiducials, frame.size)
    x, y = ((grid[..., axis] + 1) / 2 * (size - 1) for axis, size in ((0, width), (1, height)))
    rectified = cv2.remap(levels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderValue=(127,) * 3)
    places = frame.places(base_fiducials(len(fiducials)), fiducials)
    return Evidence(rectified, attention, places, health_of(fiducials, frame.size))


@functools.lru_cache(maxsize=16)
def _basis(num_fiducial: int, height: int, width: int) -> np.ndarray:
    """What of ``spline_basis`` fiducial points are multiplied by, [N, K]: the same for all words of a model."""
    return spline_basis(num_fiducial, height, width)[:, :num_fiducial]


def characters_of(
    ids: Sequence[int],
    probabilities: np.ndarray,
    attention: np.ndarray,
    fiducials: np.ndarray | None,
    frame: Frame,
    charset: Charset,
) -> tuple[Character, ...]:
    """The characters of one word.

    Args:
        ids: their classes.
        probabilities: of all classes at each, [n, V].
        attention: alpha of each, [n, T].
        fiducials: C' [K, 2], or None without a transform.
        frame: of the network's input.
        charset: of the model.
    """
    if not ids:
        return ()
    spans = spans_of(attention)
    left, right = 2 * spans.T - 1
    edges = [np.stack([x, np.full(len(x), y)], 1) for x, y in ((left, -1), (right, -1), (right, 1), (left, 1))]
    corners = frame.places(np.concatenate(edges), fiducials).reshape(4, -1, 2).tolist()
    boxes: list[Box] = list(zip(*(map(tuple, corner) for corner in corners), strict=True))  # type: ignore[arg-type]
    rows, places = probabilities.copy(), np.arange(len(ids))
    scores = rows[places, list(ids)]
    rows[places, list(ids)] = 0
    rows[:, charset.sos_id] = 0
    return tuple(
        Character(
            charset.decode([ids[index]]), float(scores[index]), charset.decode([other := rows[index].argmax()]),
            float(rows[index, other]), (float(spans[index, 0]), float(spans[index, 1])),
            boxes[index],
        )
        for index in range(len(ids))
    )  # fmt: skip


def spans_of(attention: np.ndarray) -> np.ndarray:
    """Begin and end of each character, float64 [n, 2], as shares of the width.

    A character lies in the columns that the decoder looks at for it and one more on either side, as it looks at what
    tells characters apart, often less than their width; but no further than halfway to where a neighbour is looked at.

    Args:
        attention: alpha of the characters' steps, [n, T].
    """
    num_columns = attention.shape[1]
    is_seen = attention >= _MIN_SHARE * attention.max(1, keepdims=True)
    begins = is_seen.argmax(1) - 1.0
    ends = num_columns - is_seen[:, ::-1].argmax(1) + 1.0
    seen = np.where(is_seen, attention, 0)
    centres = seen @ (np.arange(num_columns) + 0.5) / seen.sum(1)
    between = (centres[1:] + centres[:-1]) / 2
    begins[1:] = np.maximum(begins[1:], np.minimum(between, centres[1:]))
    ends[:-1] = np.minimum(ends[:-1], np.maximum(between, centres[:-1]))
    return np.clip(np.stack([begins, ends], 1) / num_columns, 0, 1)
