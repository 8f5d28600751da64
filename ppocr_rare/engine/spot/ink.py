"""Where text stands in a straightened piece of a photograph.

The contrast of a column, or of a row, is the difference of its lightest and its darkest pixel: it is the same for dark
and for light text, and needs no threshold between both.
"""

import cv2
import numpy as np

HEIGHT = 32  # pixels that a line is resized to, so that what is measured in it is a share of its height
_ROWS = slice(4, 28)  # of these; above and below there is a neighbour's text, or the ground's edge
TEXT_PERCENTILE = 80  # of contrasts: that of text
_MIN_CONTRAST = 0.4  # of text's contrast, for a column or a row to hold some; with the next chosen on photographs:
_MARGIN = 0.05  # of the height around the ink; benchmarks/README.md


def at_height(crop: np.ndarray) -> np.ndarray:
    """A crop [h, w, 3] resized to ``HEIGHT``."""
    height, width = crop.shape[:2]
    size = max(1, round(width * HEIGHT / height)), HEIGHT
    return cv2.resize(crop, size, interpolation=cv2.INTER_AREA if height > HEIGHT else cv2.INTER_LINEAR)


def column_contrast(line: np.ndarray) -> np.ndarray:
    """The contrast of each column, float32 [W], of a line [HEIGHT, W, 3], in the channel that shows it best."""
    return _contrast(line[_ROWS])


def ink_corners(crop: np.ndarray) -> np.ndarray:
    """The box around what is written, with a small margin, within the crop.

    Args:
        crop: uint8 [h, w, 3] of a word.

    Returns:
        float64 [4, 2], (x, y) in pixels of the crop, clockwise from the upper left; of a blank one its own corners.
    """
    height, width = crop.shape[:2]
    line = at_height(crop)
    margin = _MARGIN * height
    left, right = _extent(column_contrast(line), width, margin)
    top, bottom = _extent(_contrast(line.transpose(1, 0, 2)), height, margin)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _contrast(line: np.ndarray) -> np.ndarray:
    """Over the first axis, [W] of [H, W, 3]."""
    levels = line.astype(np.float32)
    return (levels.max(axis=0) - levels.min(axis=0)).max(axis=1)


def _extent(contrast: np.ndarray, size: int, margin: float) -> tuple[float, float]:
    """From the first to the last that holds text, in pixels of ``size``."""
    holds = np.flatnonzero(contrast >= _MIN_CONTRAST * np.percentile(contrast, TEXT_PERCENTILE))
    scale = size / len(contrast)
    return max(0.0, float(holds[0] * scale - margin)), min(float(size), float((holds[-1] + 1) * scale + margin))
