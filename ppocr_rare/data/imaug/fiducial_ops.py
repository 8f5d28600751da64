"""Operator that turns what is known of a drawn word's line into the points that TPS is to find."""

import numpy as np

from ppocr_rare.data.imaug.label_ops import LabelEncoder
from ppocr_rare.errors import ConfigError


class LocateFiducials(LabelEncoder):
    """Gives the fiducial points with which TPS makes a word straight, for a loss with ``fiducial_weight``.

    On the rectified image the line runs straight from the left edge on; the line's own height fills that of the image,
    its width is in proportion, as far as there is room. Behind the word's end the points go straight on.

    Args:
        margin: left around the ink, as a share of the line's height, at least 0.
        num_fiducial: K of the network's TPS, even.

    Raises:
        ConfigError: ``margin`` is negative.

    Source: RARE, section 3.1; there the points are learnt from the reading alone.
    """

    needs_edges = True  # tells the data set

    def __init__(self, margin: float = 0.08, *, num_fiducial: int):
        if margin < 0:
            raise ConfigError(f"LocateFiducials.margin must be at least 0, got {margin}")
        self.margin = margin
        self.num_fiducial = num_fiducial

    def __call__(self, sample: dict) -> dict:
        """Adds ``fiducials``, float32 [K, 2], (x, y) as TPS samples them; NaN where the line is not known.

        The sample holds what ``RecResizeImg`` made of the image and, if it is known, ``edges``: float32 [2n, 2], the
        upper edge of the ink from left to right, then the lower, in [-1, 1] of the image before it was resized.
        """
        edges = sample.get("edges")
        if edges is None:
            return {**sample, "fiducials": np.full((self.num_fiducial, 2), np.nan, np.float32)}
        size = np.array(sample["image"].shape[:0:-1], np.float64)  # W, H
        word_size = size * (sample["valid_ratio"], 1.0)
        pixels = (edges.reshape(2, -1, 2) + 1.0) / 2 * word_size
        points = straightening_points(pixels, self.num_fiducial // 2, size, self.margin).reshape(-1, 2)
        # grid_sample has -1 and 1 at the middles of the first and the last pixel.
        return {**sample, "fiducials": ((2 * points - 1) / (size - 1) - 1).astype(np.float32)}


def straightening_points(edges: np.ndarray, num_columns: int, size: np.ndarray, margin: float) -> np.ndarray:
    """The points of an image that come to lie, evenly spaced, along the upper and the lower edge of a rectified one.

    Args:
        edges: of the ink, in pixels, float64 [2, n, 2]: the upper from left to right, and the lower.
        num_columns: points on each edge of the rectified image, from corner to corner.
        size: W, H of both images, in pixels.
        margin: see ``LocateFiducials``.

    Returns:
        float64 [2, num_columns, 2], in pixels; the corner of the image is at 0, 0.
    """
    down = edges[1] - edges[0]  # [n, 2]
    edges = edges + margin * np.stack([-down, down])
    middle = edges.mean(axis=0)
    steps = np.diff(middle, axis=0)
    length = np.linalg.norm(steps, axis=1).sum()
    line_height = np.linalg.norm(down, axis=1).mean()
    before = margin * line_height
    whole, whole_height = length + 2 * before, line_height + 2 * before
    width, height = size
    word_width = min(width, height * whole / whole_height)  # on the rectified image
    along = np.linspace(0, width / word_width, num_columns) * whole - before  # pixels from the start of the ink
    last = len(middle) - 1
    place = along / length * last  # counted in steps
    inside = np.clip(place, 0, last)
    index = np.minimum(inside.astype(np.int64), last - 1)
    share = (inside - index)[:, None]
    points = (1 - share) * edges[:, index] + share * edges[:, index + 1]
    return points + np.minimum(place, 0)[:, None] * steps[0] + np.maximum(place - last, 0)[:, None] * steps[-1]
