"""A piece of a photograph seen from the front, and the way back from its pixels to the photograph's."""

from dataclasses import dataclass

import cv2
import numpy as np

from ppocr_rare.data.cropping.outline import outline_of
from ppocr_rare.data.cropping.word_crop import crop_word
from ppocr_rare.engine.spot.ink import ink_corners


@dataclass(frozen=True, eq=False)
class Straight:
    """Text that was straightened.

    Args:
        crop: uint8 [h, w, 3], BGR: the text as its quad shows it from the front.
        corners: of the quad in the photograph, float64 [4, 2], clockwise from the crop's upper left corner.
    """

    crop: np.ndarray
    corners: np.ndarray

    def places(self, points: np.ndarray) -> np.ndarray:
        """Where points of the crop lie in the photograph.

        Args:
            points: [n, 2], (x, y) in pixels from the crop's upper left corner.

        Returns:
            float64 [n, 2], (x, y) in pixels of the photograph.
        """
        height, width = self.crop.shape[:2]
        upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(upright, self.corners.astype(np.float32))
        return cv2.perspectiveTransform(np.asarray(points, np.float64).reshape(-1, 1, 2), matrix).reshape(-1, 2)

    def ink(self) -> np.ndarray:
        """The corners of what is written in it, in the photograph, float64 [4, 2]; see ``ink_corners``."""
        return self.places(ink_corners(self.crop))

    def part(self, begin: int, end: int) -> "Straight":
        """The columns from ``begin`` up to but not with ``end``, as a piece of its own."""
        height = self.crop.shape[0]
        corners = self.places(np.array([[begin, 0], [end, 0], [end, height], [begin, height]]))
        return Straight(np.ascontiguousarray(self.crop[:, begin:end]), corners)


def straighten(photograph: np.ndarray, polygon: np.ndarray) -> Straight:
    """Sees a quad from the front.

    Args:
        photograph: uint8 [H, W, 3], BGR.
        polygon: [4, 2], (x, y) in pixels, clockwise from the upper left corner as the text reads; a longer one is
            taken for the least rectangle around it.

    Raises:
        SampleError: as ``crop_word``.
    """
    outline = outline_of(np.asarray(polygon, np.float64))
    corners = outline.points if outline.is_convex_quad else outline.min_rectangle()
    return Straight(crop_word(photograph, corners), corners)
