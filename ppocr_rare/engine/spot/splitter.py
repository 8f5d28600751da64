"""Where the words of a straightened line begin and end: between letters nothing stands, and most where a word ends.

A column's contrast is the difference of its lightest and its darkest pixel: it is the same for dark and for light text,
and needs no threshold between both. The figures below were chosen on photographs: benchmarks/README.md.
"""

import cv2
import numpy as np

_HEIGHT = 32  # pixels that a line is resized to, so that all below are shares of its height
_ROWS = slice(4, 28)  # of these; above and below there is a neighbour's text, or the ground's edge
_MIN_ASPECT = 1.2  # of a line; what is narrower is one word, or stands upright
_SLANTS = (-0.5, -0.35, -0.2, -0.1, 0.0, 0.1, 0.2, 0.35, 0.5)  # columns by which text leans a row
_TEXT_PERCENTILE = 80  # of the columns' contrasts: that of text
_MAX_CONTRAST = 0.5  # of text's contrast, for a column to be empty
_MIN_GAP = 0.16  # of the line's height, for a gap to part words
_MIN_EXCESS = 1.75  # times what the line's other gaps measure, likewise:
_GAP_PERCENTILE = 65  # of their widths; some of them are no more than a notch in a letter
_MARGIN = 0.15  # of the height: a gap as near to the line's ends is the detector's margin


def split_words(crop: np.ndarray) -> list[tuple[int, int]]:
    """The words of a line.

    Args:
        crop: uint8 [h, w, 3], the line from the front.

    Returns:
        (begin, end) of each word, columns of the crop from left to right, at least one; together they are all columns.
    """
    height, width = crop.shape[:2]
    if width < _MIN_ASPECT * height:
        return [(0, width)]
    contrast = _contrast(crop)
    cuts = [round((begin + end) / 2 * width / len(contrast)) for begin, end in _parting(_gaps(contrast))]
    edges = sorted({0, width, *cuts})
    return list(zip(edges[:-1], edges[1:], strict=True))


def _contrast(crop: np.ndarray) -> np.ndarray:
    """The contrast of each column, float32 [W], of the line at ``_HEIGHT`` and with its slant taken away.

    Upright letters leave the deepest valleys between them: the slant is what makes the contrasts differ most.
    """
    height, width = crop.shape[:2]
    size = max(1, round(width * _HEIGHT / height)), _HEIGHT
    line = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR)
    found = [_column_contrast(_sheared(line, slant)) for slant in _SLANTS]
    unevenness = [float((one**2).sum() / max(one.sum() ** 2, 1e-6)) for one in found]
    return found[int(np.argmax(unevenness))]


def _sheared(line: np.ndarray, slant: float) -> np.ndarray:
    around_middle = np.array([[1, slant, -slant * _HEIGHT / 2], [0, 1, 0]], np.float32)
    size = line.shape[1], _HEIGHT
    return cv2.warpAffine(line, around_middle, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _column_contrast(line: np.ndarray) -> np.ndarray:
    rows = line[_ROWS].astype(np.float32)
    return (rows.max(axis=0) - rows.min(axis=0)).max(axis=1)  # [W]: of the channel that shows the text best


def _gaps(contrast: np.ndarray) -> list[tuple[int, int]]:
    """Runs of empty columns, (begin, end), without those at the line's ends."""
    is_empty = contrast < _MAX_CONTRAST * np.percentile(contrast, _TEXT_PERCENTILE)
    steps = np.diff(np.concatenate([[0], is_empty.astype(np.int8), [0]]))
    runs = zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True)
    margin = _MARGIN * _HEIGHT
    return [(begin, end) for begin, end in runs if begin > margin and end < len(contrast) - margin]


def _parting(gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the gaps that part words: wide ones, and much wider than those between letters."""
    widths = np.array([end - begin for begin, end in gaps])
    parting = []
    for index, gap in enumerate(gaps):
        others = np.delete(widths, index)
        usual = float(np.percentile(others, _GAP_PERCENTILE)) if len(others) else 0.0
        if widths[index] >= max(_MIN_GAP * _HEIGHT, _MIN_EXCESS * usual):
            parting.append(gap)
    return parting
