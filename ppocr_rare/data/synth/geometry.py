"""How the word plane is seen: homographies (float64 [3, 3], for column vectors x, y, 1; y points down)."""

import math

import numpy as np

Padding = tuple[float, float, float, float]  # left, above, right, below


def rotation(degrees: float) -> np.ndarray:
    """Turns about the origin, clockwise as seen."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], dtype=np.float64)


def shear(degrees: float) -> np.ndarray:
    """Leans upright strokes to the right by ``degrees``, as italics do; the line y = 0 stays."""
    return np.array([[1, -math.tan(math.radians(degrees)), 0], [0, 1, 0], [0, 0, 1]], dtype=np.float64)


def perspective(horizontal: float, vertical: float, half_width: float, half_height: float) -> np.ndarray:
    """Tilts the plane about its origin.

    Args:
        horizontal: at ``x = half_width`` everything is ``1 / (1 + horizontal)`` times as large, at ``-half_width``
            ``1 / (1 - horizontal)`` times: positive moves the right side away.
        vertical: the same along y: positive moves the lower side away.
        half_width: half the extent along x, in plane units.
        half_height: half the extent along y, in plane units.

    Raises:
        ValueError: ``|horizontal| + |vertical|`` is 1 or more: a corner would pass behind the eye.
    """
    if abs(horizontal) + abs(vertical) >= 1:
        raise ValueError(f"tilt {horizontal}, {vertical}: together they must stay below 1")
    return np.array([[1, 0, 0], [0, 1, 0], [horizontal / half_width, vertical / half_height, 1]], dtype=np.float64)


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Maps points [n, 2] by a homography."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return mapped[:, :2] / mapped[:, 2:]


def view(points: np.ndarray, shear_degrees: float, rotation_degrees: float, tilt: tuple[float, float]) -> np.ndarray:
    """The homography that centres points, shears, turns, and then tilts them.

    Args:
        points: what is seen, [n, 2].
        tilt: ``horizontal`` and ``vertical`` of :func:`perspective`, over the extent of the turned points.
    """
    turned = rotation(rotation_degrees) @ shear(shear_degrees) @ _centred(points)
    half_width, half_height = np.ptp(apply(turned, points), axis=0) / 2
    middle = _centred(apply(turned, points))  # shearing and turning may have moved it
    return perspective(*tilt, half_width, half_height) @ middle @ turned


def fit(points: np.ndarray, height: int, padding: Padding) -> tuple[np.ndarray, int]:
    """Scales and moves points into a crop.

    Args:
        points: what must lie inside, [n, 2].
        height: height of the crop in pixels.
        padding: margins left, above, right and below, as shares of the height; negative ones cut the points off.

    Returns:
        The matrix, and the width of the crop in pixels.
    """
    left, above, right, below = (share * height for share in padding)
    low = points.min(axis=0)
    extent_x, extent_y = np.ptp(points, axis=0)
    scale = (height - above - below) / extent_y
    width = max(1, math.ceil(extent_x * scale + left + right))
    x, y = np.array([left, above]) - scale * low
    return np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]], dtype=np.float64), width


def _centred(points: np.ndarray) -> np.ndarray:
    """Moves the middle of the points' bounding box to the origin."""
    x, y = (points.min(axis=0) + points.max(axis=0)) / 2
    return np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], dtype=np.float64)
