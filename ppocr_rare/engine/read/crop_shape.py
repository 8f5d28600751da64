"""What an image's shape says: a word, a word on its side, or none, which whoever gives a recogniser such is told."""

import logging
from collections.abc import Iterable

# Of the 5,077 test crops of IIIT5K and ICDAR 2015, 0.3 % are larger than this and as compact, and 2 % as tall.
_LARGE = 300  # pixels of both sides
_COMPACT = 3  # width / height, at most
_TALL = 1.5  # height / width, above

logger = logging.getLogger(__name__)


def is_tall(height: int, width: int) -> bool:
    """Whether a word in an image of that many pixels may lie on its side."""
    return height > _TALL * width


def is_photograph(height: int, width: int) -> bool:
    """Whether an image of that many pixels is larger and more compact than words are."""
    return min(height, width) > _LARGE and width < _COMPACT * height


class ShapeWatch:
    """Warns, once, where most of the images that are read together have another shape than a word's crop.

    Args:
        takes_tall: words on their side are read, too.
    """

    def __init__(self, takes_tall: bool) -> None:
        self._takes_tall = takes_tall
        self._has_warned = False

    def look_at(self, sizes: Iterable[tuple[int, int]]) -> None:
        """Takes (height, width) of some images, in pixels, as they were before they were resized."""
        sizes = list(sizes)
        others = [size for size in sizes if is_photograph(*size) or (is_tall(*size) and not self._takes_tall)]
        if self._has_warned or 2 * len(others) <= len(sizes):
            return
        self._has_warned = True
        height, width = others[0]
        logger.warning(
            "%d of %d images have another shape than a word cut out of a photograph, as one of %d × %d pixels: what is "
            "read is one word an image; tools/crop_words.py cuts annotated words out of photographs",
            len(others), len(sizes), width, height,
        )  # fmt: skip
