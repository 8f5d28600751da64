"""Cuts one word out of a photograph. Coordinates count from the corner of the first pixel, which covers 0 ... 1."""

from typing import Literal

import cv2
import numpy as np
import shapely

from ppocr_rare.data.cropping.outline import Outline, outline_of
from ppocr_rare.errors import SampleError

CropMode = Literal["rectangle", "straighten"]

MAX_CROP_PIXELS = 16_000_000
_MAX_SIDE = 32_766  # pixels that OpenCV's warps can address
_MIN_INSIDE = 0.5
_VERTICAL = 1.5


def crop_word(
    image: np.ndarray,
    points: np.ndarray,
    mode: CropMode = "rectangle",
    *,
    min_side: int = 4,
    rotate_vertical: bool = False,
    is_ordered: bool = True,
) -> np.ndarray:
    """Cuts a word out, upright and never mirrored.

    A box is cut, a convex quad straightened by perspective. Any other polygon is cut by the mode. What a quad or a
    polygon has beyond the picture's border repeats the pixels there.

    Args:
        image: uint8 [H, W, 3].
        points: as in WordRegion.
        mode: "rectangle" cuts the least rectangle around a polygon, so that a bent word stays bent; "straighten"
            stretches the polygon between its two long sides.
        min_side: a crop with a side of fewer pixels is refused.
        rotate_vertical: turns a crop that is 1.5 times as high as wide, or more, a quarter turn counter-clockwise.
        is_ordered: the order of the points says how the word reads, see WordRegion.

    Returns:
        uint8 [h, w, 3].

    Raises:
        SampleError: "outside the image" where less than half of the word is in it; "too small", "crop too large", or
            what ``outline_of`` raises.

    Source: PaddleOCR 2.8.1, tools/infer/utility.py, get_rotate_crop_image: a quad's size and ``rotate_vertical``.
    """
    if len(points) == 2:
        crop = _cut_box(image, points, min_side)
    else:
        crop = _cut_outline(image, outline_of(points, is_ordered), mode, min_side)
    if rotate_vertical and crop.shape[0] >= _VERTICAL * crop.shape[1]:
        crop = np.rot90(crop)
    return np.ascontiguousarray(crop)


def _cut_box(image: np.ndarray, points: np.ndarray, min_side: int) -> np.ndarray:
    low, high = np.rint(points.min(axis=0)).astype(int), np.rint(points.max(axis=0)).astype(int)
    if (low == high).any():
        raise SampleError("no area", f"{high[0] - low[0]} x {high[1] - low[1]} pixels")
    _check_inside(image, shapely.box(*low, *high))
    (left, top), (right, bottom) = np.maximum(low, 0), np.minimum(high, image.shape[1::-1])
    _check_size(right - left, bottom - top, min_side)
    return image[top:bottom, left:right]


def _cut_outline(image: np.ndarray, outline: Outline, mode: CropMode, min_side: int) -> np.ndarray:
    _check_inside(image, shapely.Polygon(outline.points))
    if mode == "straighten" and not outline.is_convex_quad:
        return _straighten(image, outline, min_side)
    corners = outline.points if outline.is_convex_quad else outline.min_rectangle()
    return _straighten_quad(image, corners, min_side)


def _straighten_quad(image: np.ndarray, corners: np.ndarray, min_side: int) -> np.ndarray:
    """Sees a quad from the front: as wide and as high as its longer sides.

    Args:
        corners: float64 [4, 2], clockwise from the upper left.
    """
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = _check_size(max(top, bottom), max(left, right), min_side)
    part, offset = _neighbourhood(image, corners)
    upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    # OpenCV counts from the middle of the first pixel.
    to_part = cv2.getPerspectiveTransform(upright - np.float32(0.5), (corners - offset - 0.5).astype(np.float32))
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(part, to_part, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _straighten(image: np.ndarray, outline: Outline, min_side: int) -> np.ndarray:
    """Stretches what lies between the sides: each column joins them at equal shares of their lengths."""
    sides = outline.upper, outline.lower
    lengths = [np.linalg.norm(np.diff(side, axis=0), axis=1).sum() for side in sides]
    across = np.linalg.norm(_along(sides[0], 32) - _along(sides[1], 32), axis=1).mean()
    width, height = _check_size(np.mean(lengths), across, min_side)
    part, offset = _neighbourhood(image, outline.points)
    upper, lower = (_along(side - offset - 0.5, width) for side in sides)  # [width, 2]
    down = ((np.arange(height) + 0.5) / height)[:, None, None]
    grid = ((1 - down) * upper + down * lower).astype(np.float32)  # [height, width, 2]
    # OpenCV's types do not know that a map of both coordinates has no second one beside it.
    return cv2.remap(part, grid, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]


def _along(side: np.ndarray, num: int) -> np.ndarray:
    """The middles of ``num`` equal pieces of a side [m, 2], by its length: [num, 2]."""
    lengths = np.concatenate([[0], np.linalg.norm(np.diff(side, axis=0), axis=1).cumsum()])
    at = (np.arange(num) + 0.5) / num * lengths[-1]
    return np.stack([np.interp(at, lengths, side[:, axis]) for axis in (0, 1)], axis=1)


def _neighbourhood(image: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part of the image around points, and where it begins (x, y): OpenCV's warps take no wide panorama."""
    size = np.array(image.shape[1::-1])
    low = np.clip(np.floor(points.min(axis=0)).astype(int) - 4, 0, size - 1)
    high = np.clip(np.ceil(points.max(axis=0)).astype(int) + 4, low + 1, size)
    part = image[low[1] : high[1], low[0] : high[0]]
    if max(part.shape) > _MAX_SIDE:
        raise SampleError("crop too large", f"{part.shape[1]} x {part.shape[0]} pixels")
    return part, low


def _check_inside(image: np.ndarray, region: shapely.Polygon) -> None:
    height, width = image.shape[:2]
    inside = region.intersection(shapely.box(0, 0, width, height)).area / region.area
    if inside < _MIN_INSIDE:
        raise SampleError("outside the image", f"{inside:.0%} of it lies within {width} x {height} pixels")


def _check_size(width: float, height: float, min_side: int) -> tuple[int, int]:
    """The crop's size in whole pixels."""
    width, height = max(1, round(width)), max(1, round(height))
    if min(width, height) < min_side:
        raise SampleError("too small", f"{width} x {height} pixels; at least {min_side}")
    if max(width, height) > _MAX_SIDE or width * height > MAX_CROP_PIXELS:
        raise SampleError("crop too large", f"{width} x {height} pixels")
    return width, height
