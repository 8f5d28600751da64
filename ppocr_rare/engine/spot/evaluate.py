"""Precision, recall and F of words found in photographs, as ICDAR 2015 counts them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from ppocr_rare.data.annotations import WordRegion
from ppocr_rare.metrics.rec_metric import normalize_text

_MIN_IOU = 0.5  # more than this share of what both polygons cover lies in both
_MAX_IGNORED = 0.5  # a found word with more than this share of its area in one that nobody cares about counts nowhere


@dataclass(frozen=True)
class SpotCounts:
    """Whole numbers of words, which add up over photographs.

    Args:
        num_right: found that are wanted.
        num_found: found that count.
        num_wanted: annotated that count.
    """

    num_right: int = 0
    num_found: int = 0
    num_wanted: int = 0

    def __add__(self, other: "SpotCounts") -> "SpotCounts":
        return SpotCounts(
            self.num_right + other.num_right, self.num_found + other.num_found, self.num_wanted + other.num_wanted
        )

    @property
    def precision(self) -> float:
        """Of the words found those that are right, in [0, 1]; 0 where nothing was found."""
        return self.num_right / max(self.num_found, 1)

    @property
    def recall(self) -> float:
        """Of the words wanted those that were found, in [0, 1]; 0 where nothing is wanted."""
        return self.num_right / max(self.num_wanted, 1)

    @property
    def f_measure(self) -> float:
        """Harmonic mean of both, in [0, 1]."""
        return 2 * self.num_right / max(self.num_found + self.num_wanted, 1)


def count_spotted(
    wanted: Sequence[WordRegion], polygons: Sequence[np.ndarray], texts: Sequence[str] | None = None
) -> SpotCounts:
    """Compares what was found in one photograph with its annotation.

    A found word is right where it and an annotated word overlap by IoU 0.5, and, where texts are given, where both say
    the same in letters and digits, case ignored. Then an annotated word without a letter or digit counts nowhere.

    Args:
        wanted: words of the photograph; those that are ignored, and what was found on them, count nowhere.
        polygons: of the words found, [n, 2] each, (x, y) in pixels.
        texts: of the same words, for end-to-end figures; None for those of detection.

    Source: the evaluation script of ICDAR 2015's challenge 4, tasks 1 and 4.
    Differs: words of one and two characters count, too, in end-to-end figures.
    """
    annotated = [_region(word.points) for word in wanted]
    has_text = texts is not None
    is_wanted = [not (word.is_ignored or (has_text and not _comparable(word.text))) for word in wanted]
    ignored = [region for region, counts in zip(annotated, is_wanted, strict=True) if not counts]
    found = [_region(polygon) for polygon in polygons]
    counting = [index for index, region in enumerate(found) if not _is_on_any(region, ignored)]
    free, num_right = set(counting), 0
    for word, region, counts in zip(wanted, annotated, is_wanted, strict=True):
        matching = next((index for index in sorted(free) if _iou(region, found[index]) > _MIN_IOU), None)
        if not counts or matching is None:
            continue
        free.remove(matching)
        num_right += texts is None or _comparable(texts[matching]) == _comparable(word.text)
    return SpotCounts(num_right, len(counting), sum(is_wanted))


def _comparable(text: str) -> str:
    return normalize_text(text, "alphanumeric")


def _region(points: np.ndarray) -> shapely.Geometry:
    if len(points) == 2:
        return shapely.box(*points.min(axis=0), *points.max(axis=0))
    return shapely.make_valid(shapely.Polygon(points))


def _iou(one: shapely.Geometry, other: shapely.Geometry) -> float:
    if not one.intersects(other):
        return 0.0
    common = one.intersection(other).area
    return common / max(one.area + other.area - common, 1e-9)


def _is_on_any(region: shapely.Geometry, ignored: Sequence[shapely.Geometry]) -> bool:
    area = max(region.area, 1e-9)
    return any(region.intersection(one).area / area > _MAX_IGNORED for one in ignored)
