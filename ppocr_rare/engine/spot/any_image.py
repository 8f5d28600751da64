"""Reads images of words and whole photographs, as they come."""

import functools
import itertools
import logging
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ppocr_rare.engine.read.decoding.options import together
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.spot.detector import RapidDetector
from ppocr_rare.engine.spot.report import error_line, tsv_lines
from ppocr_rare.engine.spot.spotter import TextSpotter
from ppocr_rare.errors import RareError, SampleError
from ppocr_rare.utils.images import read_image_bytes, read_size
from ppocr_rare.utils.printable import row

# An image is taken for a whole photograph from so many pixels of the shorter side on, and up to this shape: one of
# 5,077 photographed words, and every one of 100 photographs of streets.
_MIN_SIDE, _MAX_ASPECT = 480, 2.2
_MAX_RUN = 1024  # words that are looked at before the first of them is read

Photographs = Literal["auto", "always", "never"]
Way = dict[str, Any]  # how the words of an image are decoded

logger = logging.getLogger(__name__)


def looks_like_a_photograph(path: str) -> bool:
    """Whether an image is as large, and of a shape, as no word by itself is; False where it cannot be read."""
    try:
        size = read_size(read_image_bytes(path))
    except SampleError:
        return False
    return size is not None and min(size) >= _MIN_SIDE and max(size) <= _MAX_ASPECT * min(size)


class AnyReader:
    """Reads an image of a word as a word, and finds the words of a whole photograph.

    Args:
        recognizer: reads.
        photographs: "auto" takes an image for one by its size; "always" and "never" decide for all.

    Raises:
        RareError: all are photographs, and what finds words is not installed.
    """

    def __init__(self, recognizer: TextRecognizer, photographs: Photographs = "auto"):
        self._recognizer, self._photographs = recognizer, photographs
        self._open = functools.lru_cache(lambda: TextSpotter(recognizer, RapidDetector()))
        if photographs == "always":
            self._open()

    def rows(self, paths: Sequence[str], decoding: Sequence[Way]) -> Iterator[tuple[str, bool]]:
        """What to print for each image, as it comes, and whether it could be read.

        Of a word: path, text, score. Of a photograph such a line for each word, and its corners x1,y1,…,x4,y4.

        Args:
            paths: of the images.
            decoding: of each, see ``each_decoding_of``.
        """
        for begin in range(0, len(paths), _MAX_RUN):
            some = slice(begin, begin + _MAX_RUN)
            images = zip(paths[some], decoding[some], strict=True)
            for is_photograph, run in itertools.groupby(images, lambda image: self._is_photograph(image[0])):
                if is_photograph:
                    yield from itertools.starmap(self._row_of_photograph, run)
                else:
                    yield from self._rows_of_words(*zip(*run, strict=True))

    def _is_photograph(self, path: str) -> bool:
        if self._photographs == "auto" and looks_like_a_photograph(path):
            try:
                self._open()
                return True
            except RareError as error:
                logger.warning("%s is read as one word, though it looks like a whole photograph: %s", path, error)
        return self._photographs == "always"

    def _rows_of_words(self, paths: Sequence[str], ways: Sequence[Way]) -> Iterator[tuple[str, bool]]:
        for path, word in zip(paths, self._recognizer.iterate(paths, **together(ways)), strict=True):
            yield row(path, *word.cells()), word.error is None

    def _row_of_photograph(self, path: str, way: Way) -> tuple[str, bool]:
        try:
            return tsv_lines(path, self._open()(path, return_details=False, **way)), True
        except SampleError as error:
            return error_line("tsv", path, str(error)), False
