"""The order in which people read what stands in a photograph."""

from collections.abc import Sequence

import numpy as np
import shapely

_NEAR = 1.2  # heights of text between two pieces of one block
_ALIKE = 2.5  # a text so many times as high is another one: a title beside a paragraph stands alone


def reading_order(polygons: Sequence[np.ndarray]) -> list[int]:
    """Indices of polygons, block by block: a sign, a column, a paragraph; in each row by row, each from the left.

    What is alike in height and stands near is of one block. Blocks are told as the pieces of one are. A piece stands in
    a row where its middle lies within the height of the row's last one, or that one's within its.

    Args:
        polygons: [n, 2] each, (x, y) in pixels.
    """
    if not polygons:
        return []
    middles = np.array([polygon.mean(axis=0) for polygon in polygons])
    heights = np.array([_height(polygon) for polygon in polygons])
    blocks = _blocks(polygons, heights)
    frames = [np.concatenate([polygons[index] for index in block]) for block in blocks]
    block_middles = np.array([(frame.min(axis=0) + frame.max(axis=0)) / 2 for frame in frames])
    block_heights = np.array([np.ptp(frame[:, 1]) for frame in frames])
    order = _row_by_row(range(len(blocks)), block_middles, block_heights)
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
