"""Reads the photographs of annotations, turned as their annotators saw them."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from ppocr_rare.data.annotations import AnnotatedImage
from ppocr_rare.data.cropping.image_index import ImageIndex
from ppocr_rare.utils.images import IMAGE_FORMATS, decode_image, read_image_bytes

_ORIENTATION_TAG = 0x0112  # of EXIF
_AS_STORED = 1


class PhotographReader:
    """Photographs by the names that annotations give.

    A camera that is held sideways stores the picture so, and says in an EXIF tag how to turn it. Viewers do; whether
    the annotator's tool did, nothing but a size that the annotation gives tells.

    Args:
        folder: of the photographs, see ``ImageIndex``.
        ignore_orientation: annotations without a size count the pixels as they are stored.
    """

    def __init__(self, folder: str, ignore_orientation: bool = False):
        self._index = ImageIndex(folder)
        self._ignores = ignore_orientation
        self.turned: set[Path] = set()  # those read so far that have such a tag

    def read(self, file: Path, picture: AnnotatedImage) -> np.ndarray:
        """The picture of an annotation file: uint8 [H, W, 3].

        Raises:
            SampleError: as ``ImageIndex`` and ``decode_image``.
        """
        path = self._index.beside(file) if picture.name is None else self._index.named(picture.name)
        data = read_image_bytes(path)
        image = decode_image(data, ignore_orientation=self._ignores)
        if _is_as_stored(data):
            return image
        self.turned.add(path)
        if picture.size in (None, _size(image)):
            return image
        other = decode_image(data, ignore_orientation=not self._ignores)
        return other if _size(other) == picture.size else image


def _size(image: np.ndarray) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


def _is_as_stored(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as header:
            return header.getexif().get(_ORIENTATION_TAG, _AS_STORED) == _AS_STORED
    except Exception:  # damaged EXIF can raise nearly anything in Pillow's parsers; OpenCV passes it over
        return True
