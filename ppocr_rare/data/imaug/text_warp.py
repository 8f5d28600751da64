"""Bends the image of a word: distortion, stretching and perspective by moving a few points on its upper and lower edge.

Points are complex numbers, x + iy, in pixels from the upper left corner.
"""

import cv2
import numpy as np

_CELL = 100  # pixels between the nodes at which the deformation is computed; it is interpolated between them
_MAX_SIDE = 32766  # cv2.remap takes no larger image


def distort(image: np.ndarray, segments: int, generator: np.random.Generator) -> np.ndarray:
    """Moves the corners inward and the points between the segments to any side, by up to a third of a segment.

    Args:
        image: uint8 [H, W, 3], at least 3 * segments wide.
        segments: into which the edges are cut.
        generator: of the random numbers.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/text_image_aug/augment.py, tia_distort.
    """
    step = image.shape[1] // segments
    reach = step // 3
    points = _edge_points(image, segments)
    moves = generator.integers(reach, size=points.shape) + 1j * generator.integers(reach, size=points.shape)
    inward = np.array([1 + 1j, -1 + 1j, 1 - 1j, -1 - 1j])  # of the corners, which come first
    target = points + moves - reach * (0.5 + 0.5j)
    target[:4] = points[:4] + moves[:4].real * inward.real + 1j * moves[:4].imag * inward.imag
    return warp(image, points, target)


def stretch(image: np.ndarray, segments: int, generator: np.random.Generator) -> np.ndarray:
    """Moves the points between the segments along the edges, upper and lower alike, by up to two fifths of a segment.

    Args:
        image: uint8 [H, W, 3], at least 2 * segments wide.
        segments: into which the edges are cut.
        generator: of the random numbers.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/text_image_aug/augment.py, tia_stretch.
    """
    reach = image.shape[1] // segments * 4 // 5
    points = _edge_points(image, segments)
    target = points.copy()
    target[4:] += np.repeat(generator.integers(reach, size=segments - 1) - reach / 2, 2)
    return warp(image, points, target)


def tilt(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Moves each corner along the left or right edge towards the middle, by up to half of the height.

    Args:
        image: uint8 [H, W, 3], at least 2 high.
        generator: of the random numbers.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/text_image_aug/augment.py, tia_perspective.
    """
    corners = _edge_points(image, 1)
    return warp(image, corners, corners + 1j * generator.integers(image.shape[0] // 2, size=4) * [1, 1, -1, -1])


def warp(image: np.ndarray, points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Moves points of an image, and what lies between follows; the edges are repeated where nothing is left.

    An image with a side of more than 32766 pixels stays as it is.

    Args:
        image: uint8 [H, W, 3].
        points: complex [N], N >= 2.
        target: complex [N], where they go.

    Source: S. Schaefer, T. McPhail, J. Warren, Image Deformation Using Moving Least Squares, 2006, section 2.2
        (similarities); PaddleOCR 2.8.1, ppocr/data/imaug/text_image_aug/warp_mls.py, WarpMLS. As there, it is computed
        at nodes 100 pixels apart only, so that a small image follows the moves of the corners rather than the others.
    """
    height, width = image.shape[:2]
    if max(height, width) > _MAX_SIDE:
        return image
    columns, rows = _nodes(width), _nodes(height)
    nodes = columns + 1j * rows[:, np.newaxis]
    shift = (_deform(nodes, target, points) - nodes).astype(np.complex64)
    shift = _interpolate(_interpolate(shift.T, width).T, height)  # [H, W]
    x = shift.real + np.arange(width, dtype=np.float32)
    y = shift.imag + np.arange(height, dtype=np.float32)[:, np.newaxis]
    return cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _edge_points(image: np.ndarray, segments: int) -> np.ndarray:
    """Returns the corners, upper ones first, and then from left to right the points between segments, each upper first.

    Their coordinates are those of pixels' edges, as in PaddleOCR: the lower right corner is (W, H).
    """
    height, width = image.shape[:2]
    cuts = width // segments * np.arange(1, segments)
    inner = np.add.outer(cuts, [0, 1j * height]).ravel()
    return np.concatenate([[0, width, 1j * height, width + 1j * height], inner])


def _nodes(size: int) -> np.ndarray:
    """Returns the nodes on a side of that many pixels."""
    return np.unique(np.append(np.arange(0, size, _CELL), size - 1))


def _interpolate(values: np.ndarray, size: int) -> np.ndarray:
    """Returns values at each pixel of a side, [size, N], from those at its nodes, [nodes, N]."""
    pixels = np.arange(size)
    cells = pixels // _CELL
    # As PaddleOCR does it, the last cell counts one pixel more than it has.
    lengths = np.minimum(_CELL, size - cells * _CELL)
    fractions = ((pixels - cells * _CELL) / lengths).astype(np.float32)[:, np.newaxis]
    following = np.minimum(cells + 1, len(values) - 1)
    return values[cells] * (1 - fractions) + values[following] * fractions


def _deform(nodes: np.ndarray, points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Returns where the deformation that takes ``points`` to ``target`` takes the nodes, complex like them."""
    offsets = points - nodes[..., np.newaxis]
    weights = 1 / np.maximum(np.abs(offsets) ** 2, 1e-12)  # a point on a node outweighs all others
    weights /= weights.sum(-1, keepdims=True)
    point_mean, target_mean = weights @ points, weights @ target
    centred = points - point_mean[..., np.newaxis]
    rotation = (weights * centred.conj() * target).sum(-1) / (weights * np.abs(centred) ** 2).sum(-1)
    return target_mean + (nodes - point_mean) * rotation
