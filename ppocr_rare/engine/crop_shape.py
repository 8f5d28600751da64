"""Tells whoever gives a recogniser whole photographs, or words on their side, that it takes crops of one word."""

import logging
from collections.abc import Iterable

# Of 11,800 crops of IIIT5K, ICDAR 2015 and SVT, 0.3 % are larger than this and as compact, and 1.2 % as tall.
_LARGE = 300  # pixels of both sides
_COMPACT = 3  # width / height, at most
_TALL = 2  # height / width, at least

logger = logging.getLogger(__name__)


def is_crop_shaped(height: int, width: int) -> bool:
    """Whether an image of that many pixels may be one word: neither a whole photograph nor taller than wide."""
    is_photograph = min(height, width) > _LARGE and width < _COMPACT * height
    return not is_photograph and height < _TALL * width


class ShapeWatch:
    """Warns, once, where most of the images that are read together have another shape than a word's crop."""

    def __init__(self) -> None:
        self._has_warned = False

    def look_at(self, sizes: Iterable[tuple[int, int]]) -> None:
        """Takes (height, width) of some images, in pixels, as they were before they were resized."""
        sizes = list(sizes)
        others = [size for size in sizes if not is_crop_shaped(*size)]
        if self._has_warned or 2 * len(others) <= len(sizes):
            return
        self._has_warned = True
        height, width = others[0]
        logger.warning(
            "%d of %d images have another shape than a word cut out of a photograph, as one of %d × %d pixels: what is "
            "read is one horizontal word an image; tools/crop_words.py cuts annotated words out of photographs",
            len(others), len(sizes), width, height,
        )  # fmt: skip
