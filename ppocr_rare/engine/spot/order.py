"""The order in which people read what stands in a photograph."""

from collections.abc import Sequence

import numpy as np


def reading_order(polygons: Sequence[np.ndarray]) -> list[int]:
    """Indices of polygons row by row, from the top, each row from the left.

    A polygon stands in a row where its middle lies within the height of the row's last one, or that one's within its.

    Args:
        polygons: [n, 2] each, (x, y) in pixels.
    """
    middles = np.array([polygon.mean(axis=0) for polygon in polygons]).reshape(-1, 2)
    heights = [_height(polygon) for polygon in polygons]
    rows: list[list[int]] = []
    for index in np.argsort(middles[:, 1], kind="stable").tolist():
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
    """Whether two heights may be of one row: a title beside a paragraph stands alone."""
    return max(one, other) < 2.5 * min(one, other)
