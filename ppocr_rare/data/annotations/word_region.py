"""What every annotation format comes to: pictures, and where their words stand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from ppocr_rare.errors import SampleError
from ppocr_rare.utils.stats import Rejection

MAX_COORDINATE = 1e6  # of no picture that can be decoded; what is beyond would lose its fractions in float32
MAX_POINTS = 1000

Item = TypeVar("Item")


@dataclass(frozen=True)
class WordRegion:
    """A word in a picture.

    Args:
        place: where it is written, for reports: ``file:line`` or the like.
        text: what it says.
        points: float64 [n, 2], x and y in pixels from the picture's upper left corner. Two points are opposite corners
            of an upright box; four or more are a polygon.
        is_ignored: the annotator marked it "do not care": it is no word to learn from.
        is_ordered: a clockwise polygon begins at the start of the word's upper side, as the format demands: so a word
            may stand on its head. Else the corners come as somebody clicked them, and the shape alone says what is up.
    """

    place: str
    text: str
    points: np.ndarray
    is_ignored: bool = False
    is_ordered: bool = True


@dataclass(frozen=True)
class AnnotatedImage:
    """A picture and its words, in the order of the annotation.

    Args:
        name: the picture's path as the annotation has it; None for the picture that is named as the annotation file.
        words: a Rejection stands where a word could not be understood.
        size: width and height in pixels of the picture that was annotated; None where the annotation does not say.
    """

    name: str | None
    words: list[WordRegion | Rejection]
    size: tuple[int, int] | None = None


def box(x1: Any, y1: Any, x2: Any, y2: Any) -> np.ndarray:
    """Two opposite corners, be they numbers or written so: float64 [2, 2]; raises SampleError like ``polygon``."""
    return _numbers([x1, y1, x2, y2]).reshape(2, 2)


def polygon(coordinates: Sequence) -> np.ndarray:
    """Corners from x, y, x, y, ...

    Args:
        coordinates: numbers, or strings that hold them.

    Returns:
        float64 [n, 2], n at least 4.

    Raises:
        SampleError: "not a number", "too few points", "too many points".
    """
    numbers = _numbers(coordinates)
    if len(numbers) % 2:
        raise SampleError("x without y", f"{len(numbers)} coordinates")
    if len(numbers) < 8:
        raise SampleError("too few points", f"{len(numbers) // 2}; a word has at least 4")
    if len(numbers) > 2 * MAX_POINTS:
        raise SampleError("too many points", f"{len(numbers) // 2}; at most {MAX_POINTS}")
    return numbers.reshape(-1, 2)


def flatten(pairs: Sequence) -> list:
    """x, y, x, y, ... of what should be pairs of x and y; raises SampleError("not a number")."""
    if not all(isinstance(pair, Sequence) and len(pair) == 2 for pair in pairs):
        raise SampleError("not a number", "pairs of x and y are needed")
    return [value for pair in pairs for value in pair]


def parse_each(
    items: Iterable[tuple[str, Item]], parse: Callable[[str, Item], WordRegion]
) -> list[WordRegion | Rejection]:
    """Calls ``parse(place, item)`` for each item; where that raises a SampleError, a Rejection stands for the word.

    Args:
        items: pairs of a place, for reports, and what is written there.
    """
    words: list[WordRegion | Rejection] = []
    for place, item in items:
        try:
            words.append(parse(place, item))
        except SampleError as error:
            words.append(Rejection(place, item.strip() if isinstance(item, str) else "", error.reason, error.detail))
    return words


def _numbers(values: Sequence) -> np.ndarray:
    """float64 [n]."""
    try:
        numbers = np.array([float(value) for value in values])
    except (TypeError, ValueError, OverflowError) as error:
        raise SampleError("not a number", str(error)) from error
    if not (np.abs(numbers) <= MAX_COORDINATE).all():  # NaN as well
        raise SampleError("not a number", f"a coordinate is none, or beyond {MAX_COORDINATE:.0f}")
    return numbers
