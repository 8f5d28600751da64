"""The order in which people read what stands in a photograph."""

from collections.abc import Sequence

import numpy as np
import shapely

_NEAR = 1.2  # heights of text between two pieces of one block
_ALIKE = 2.5  # a text so many times as high is another one: a title beside a paragraph stands alone


def reading_order(polygons: Sequence[np.ndarray]) -> list[int]:
    """Indices of polygons, block by block: a sign, a column, a paragraph; in each row by row, each from the left.

    What is alike in height and stands near is of one block. Of blocks those come first that lie wholly above the
    others, then those to the left. In a block a piece stands in a row where its middle lies within the height of the
    row's last one, or that one's within its.

    Args:
        polygons: [n, 2] each, (x, y) in pixels.
    """
    if not polygons:
        return []
    middles = np.array([polygon.mean(axis=0) for polygon in polygons])
    heights = np.array([_height(polygon) for polygon in polygons])
    blocks = _blocks(polygons, heights)
    points = [np.concatenate([polygons[index] for index in block]) for block in blocks]
    frames = np.array([[one.min(axis=0), one.max(axis=0)] for one in points])  # [B, from and to, (x, y)]
    order = _cut(list(range(len(blocks))), frames)
    return [index for number in order for index in _row_by_row(blocks[number], middles, heights)]


def _blocks(polygons: Sequence[np.ndarray], heights: np.ndarray) -> list[list[int]]:
    """Which polygons stand together, each set in ascending order."""
    regions = np.array([shapely.Polygon(polygon) if len(polygon) > 2 else shapely.box(*polygon.ravel())
                        for polygon in polygons])  # fmt: skip
    ones, others = shapely.STRtree(regions).query(regions, predicate="dwithin", distance=_NEAR * heights)
    block_of = np.arange(len(polygons))
    for one, other in zip(ones.tolist(), others.tolist(), strict=True):
        near = _NEAR * min(heights[one], heights[other])
        if _is_alike(heights[one], heights[other]) and regions[one].distance(regions[other]) <= near:
            block_of[block_of == block_of[other]] = block_of[one]
    return [np.flatnonzero(block_of == number).tolist() for number in dict.fromkeys(block_of.tolist())]


def _cut(numbers: list[int], frames: np.ndarray) -> list[int]:
    """Blocks in reading order: parted where an empty stripe runs across, else down, and so on in each part (XY cut)."""
    if len(numbers) > 1:
        for axis in (1, 0):
            parts = _parted(numbers, frames[..., axis])
            if len(parts) > 1:
                return [number for part in parts for number in _cut(part, frames)]
    return sorted(numbers, key=lambda number: frames[number, 0, ::-1].tolist())


def _parted(numbers: list[int], extents: np.ndarray) -> list[list[int]]:
    """Runs of blocks along an axis, of which none reaches into the next; ``extents`` [B, from and to]."""
    parts: list[list[int]] = []
    end = -np.inf
    for number in sorted(numbers, key=lambda one: extents[one, 0]):
        if extents[number, 0] < end:
            parts[-1].append(number)
        else:
            parts.append([number])
        end = max(end, extents[number, 1])
    return parts


def _row_by_row(indices: Sequence[int], middles: np.ndarray, heights: np.ndarray) -> list[int]:
    rows: list[list[int]] = []
    for index in sorted(indices, key=lambda one: middles[one, 1]):
        for row in rows:
            last = row[-1]
            apart = abs(middles[index, 1] - middles[last, 1])
            if apart < max(heights[index], heights[last]) / 2 and _is_alike(heights[index], heights[last]):
                row.append(index)
                break
        else:
            rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda one: middles[one, 0])]


def _height(polygon: np.ndarray) -> float:
    """Of a quad the length of its shorter sides' middle distance, so that a slanted line is no higher than its text."""
    if len(polygon) != 4:
        return float(np.ptp(polygon[:, 1]))
    return float(np.linalg.norm((polygon[0] + polygon[1]) - (polygon[2] + polygon[3])) / 2)


def _is_alike(one: float, other: float) -> bool:
    return max(one, other) < _ALIKE * min(one, other)
