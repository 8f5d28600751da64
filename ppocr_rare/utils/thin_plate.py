"""The thin-plate spline of RARE's rectification in NumPy: what carries points of an upright image into a bent one."""

import functools

import numpy as np

# Added to a distance before its logarithm, so that a grid point on a fiducial point gives 0 and not nan.
DISTANCE_EPSILON = 1e-6


def _two_rows(num_fiducial: int, top: tuple[float, float], bottom: tuple[float, float]) -> np.ndarray:
    """Fiducial points at equal x distances, left to right: the upper row, then the lower one. [K, 2] (x, y)."""
    half = num_fiducial // 2
    x = np.linspace(-1.0, 1.0, half)
    rows = [np.stack([x, np.linspace(*ends, half)], axis=1) for ends in (top, bottom)]
    return np.concatenate(rows)


def base_fiducials(num_fiducial: int) -> np.ndarray:
    """Fiducial points of the rectified image: on its upper and lower edge.

    Args:
        num_fiducial: K, even.

    Returns:
        C, float64 [K, 2], (x, y) in [-1, 1].

    Source: RARE, section 3.1.2, "base fiducial points".
    """
    return _two_rows(num_fiducial, top=(-1.0, -1.0), bottom=(1.0, 1.0))


def slanted_fiducials(num_fiducial: int) -> np.ndarray:
    """Fiducial points at which PaddleOCR's fresh model starts: on two slanted lines.

    Args:
        num_fiducial: K, even.

    Returns:
        float64 [K, 2], (x, y) in [-1, 1].

    Source: RARE, figure 6 (a).
    """
    return _two_rows(num_fiducial, top=(0.0, -1.0), bottom=(1.0, 0.0))


def grid_points(height: int, width: int) -> np.ndarray:
    """Pixel centres of an image in normalised coordinates, row by row.

    Returns:
        P, float64 [N, 2], (x, y) in (-1, 1), N = height * width.
    """
    x = (2 * np.arange(width) + 1) / width - 1
    y = (2 * np.arange(height) + 1) / height - 1
    return np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)


def _radial_basis(distance: np.ndarray) -> np.ndarray:
    return distance**2 * np.log(distance + DISTANCE_EPSILON)


def spline_basis(num_fiducial: int, height: int, width: int) -> np.ndarray:
    """The matrix that takes fiducial points of an image to the sampling points of its rectified form.

    It depends on the sizes alone, so it is made once, in float64, and the network's graph holds a constant instead
    of a matrix inverse.

    Args:
        num_fiducial: K, even.
        height: rows of the rectified image, in pixels.
        width: columns of the rectified image, in pixels.

    Returns:
        float64 [N, K + 3]: product of the grid points' spline features and the inverse of delta C.

    Source: RARE, equations 1 to 3.
    Differs: 1, 16.
    """
    return spline_matrix(num_fiducial, grid_points(height, width))


def spline_matrix(num_fiducial: int, points: np.ndarray) -> np.ndarray:
    """The same for any points P, [N, 2], of the rectified image, (x, y) in [-1, 1]: float64 [N, K + 3]."""
    fiducials = base_fiducials(num_fiducial)  # C, [K, 2]
    distance = np.linalg.norm(points[:, None] - fiducials[None], axis=2)  # [N, K]
    features = np.concatenate([np.ones((len(points), 1)), points, _radial_basis(distance)], axis=1)  # [N, K + 3]
    return features @ _inverse_of_delta(num_fiducial)


@functools.cache
def _inverse_of_delta(num_fiducial: int) -> np.ndarray:
    """Inverse of delta C, float64 [K + 3, K + 3]."""
    fiducials = base_fiducials(num_fiducial)
    between = np.linalg.norm(fiducials[:, None] - fiducials[None], axis=2)  # [K, K]
    np.fill_diagonal(between, 1.0)  # log(1) = 0 stands for the limit of r² log r
    delta = np.zeros((num_fiducial + 3, num_fiducial + 3))
    delta[:num_fiducial, 0] = 1.0
    delta[:num_fiducial, 1:3] = fiducials
    delta[:num_fiducial, 3:] = between**2 * np.log(between)
    delta[-3:-1, 3:] = fiducials.T
    delta[-1, 3:] = 1.0
    return np.linalg.inv(delta)
