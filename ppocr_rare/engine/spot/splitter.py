"""Where a straightened line may be parted into words, and where it is.

Between letters nothing stands, and most where a word ends. Wide gaps part words by themselves; of the others those do
whose sides are read more surely apart than together. The figures below were chosen on photographs, see
benchmarks/README.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ppocr_rare.engine.spot.ink import HEIGHT, TEXT_PERCENTILE, at_height, column_contrast
from ppocr_rare.postprocess import Word

_MIN_ASPECT = 1.2  # of a line; what is narrower is one word, or stands upright
_SLANTS = (-0.5, -0.35, -0.2, -0.1, 0.0, 0.1, 0.2, 0.35, 0.5)  # columns by which text leans a row
_MAX_CONTRAST = 0.5  # of text's contrast, for a column to be empty
_MARGIN = 0.15  # of the height: a gap as near to the line's ends is the detector's margin
_WIDE = 0.16  # of the line's height: a gap of a word's end
_EXCESS = 1.75  # times what the line's other gaps measure, likewise:
_GAP_PERCENTILE = 65  # of their widths; some of them are no more than a notch in a letter
_MIN_STRENGTH = 0.5  # of a gap that is looked at
_SURE_STRENGTH = 1.3  # of a gap that parts words whatever is read
_MAX_DOUBTFUL = 4  # gaps of a line, unless more are as wide as a word's end
_MAX_PARTS = 5  # between gaps, that are read as one word
_STRENGTH_WEIGHT = 0.6  # of the logarithm of a gap's strength beside that of words' scores
_MIN_SCORE = 0.01  # that a word counts with, as one without a text does
_LETTER = 0.6  # times its score counts a word of a single letter: few words are that short

Span = tuple[int, int]


@dataclass(frozen=True)
class Gap:
    """A place where a line may be parted.

    Args:
        column: of the line's crop.
        strength: how wide it is beside what a word's end measures, and beside the line's other gaps, the lesser of
            both; from 1 on it is a word's end as far as its width says.
    """

    column: int
    strength: float


def find_gaps(crop: np.ndarray) -> list[Gap]:
    """The gaps of a line that may part words, from left to right.

    Args:
        crop: uint8 [h, w, 3], the line from the front.
    """
    height, width = crop.shape[:2]
    if width < _MIN_ASPECT * height:
        return []
    contrast = _contrast(crop)
    runs = _empty_runs(contrast)
    places = [round((begin + end) / 2 * width / len(contrast)) for begin, end in runs]
    gaps = [Gap(*one) for one in zip(places, _strengths(runs), strict=True) if one[1] >= _MIN_STRENGTH]
    num_kept = max(_MAX_DOUBTFUL, sum(gap.strength >= 1 for gap in gaps))
    kept = {gap.column: gap for gap in sorted(gaps, key=lambda gap: -gap.strength)[:num_kept]}
    return [kept[column] for column in sorted(kept)]  # of a tiny line two gaps may be in one column


def possible_words(gaps: Sequence[Gap]) -> list[Span]:
    """What may be a word of a line: from its n-th piece up to but not with its m-th, where gaps divide it in pieces."""
    sure = [number for number, gap in enumerate(gaps, start=1) if gap.strength >= _SURE_STRENGTH]
    spans = []
    for begin in range(len(gaps) + 1):
        end = next((number for number in sure if number > begin), len(gaps) + 1)
        spans += [(begin, last) for last in range(begin + 1, min(end, begin + _MAX_PARTS) + 1)]
    return spans


def likeliest_words(gaps: Sequence[Gap], words: Mapping[Span, Word]) -> list[Span]:
    """The words of a line: those whose scores have, with the strengths of the gaps between them, the greatest product.

    Args:
        gaps: of the line.
        words: what was read in each of its ``possible_words``.

    Returns:
        Spans of pieces from left to right, which together are the line.
    """
    best: list[tuple[float, list[Span]]] = [(0.0, [])]  # up to each piece
    for end in range(1, len(gaps) + 2):
        ways = []
        for begin in range(end):
            if (begin, end) in words:
                value = best[begin][0] + math.log(_worth(words[begin, end]))
                value += _STRENGTH_WEIGHT * math.log(gaps[begin - 1].strength) if begin else 0.0
                ways.append((value, [*best[begin][1], (begin, end)]))
        best.append(max(ways, key=lambda way: way[0]))
    return best[-1][1]


def _worth(word: Word) -> float:
    """A word's score as it counts, above 0."""
    is_letter = len(word.text) == 1 and word.text.isalpha()
    return max(_MIN_SCORE, word.score * (_LETTER if is_letter else 1)) if word.text else _MIN_SCORE


def _contrast(crop: np.ndarray) -> np.ndarray:
    """The contrast of each column, float32 [W], of the line at ``HEIGHT`` and with its slant taken away.

    Upright letters leave the deepest valleys between them: the slant is what makes the contrasts differ most.
    """
    line = at_height(crop)
    found = [column_contrast(_sheared(line, slant)) for slant in _SLANTS]
    unevenness = [float((one**2).sum() / max(one.sum() ** 2, 1e-6)) for one in found]
    return found[int(np.argmax(unevenness))]


def _sheared(line: np.ndarray, slant: float) -> np.ndarray:
    around_middle = np.array([[1, slant, -slant * HEIGHT / 2], [0, 1, 0]], np.float32)
    size = line.shape[1], HEIGHT
    return cv2.warpAffine(line, around_middle, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _empty_runs(contrast: np.ndarray) -> list[Span]:
    """Runs of empty columns, (begin, end), without those at the line's ends."""
    is_empty = contrast < _MAX_CONTRAST * np.percentile(contrast, TEXT_PERCENTILE)
    steps = np.diff(np.concatenate([[0], is_empty.astype(np.int8), [0]]))
    runs = zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True)
    margin = _MARGIN * HEIGHT
    return [(begin, end) for begin, end in runs if begin > margin and end < len(contrast) - margin]


def _strengths(runs: list[Span]) -> list[float]:
    """Of each run of empty columns, see ``Gap``."""
    widths = np.array([end - begin for begin, end in runs], float)
    strengths = []
    for index, width in enumerate(widths):
        others = np.delete(widths, index)
        usual = float(np.percentile(others, _GAP_PERCENTILE)) if len(others) else 0.0
        strengths.append(float(width / max(_WIDE * HEIGHT, _EXCESS * usual)))
    return strengths
