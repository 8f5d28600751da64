"""Whole photographs: what finds and reads their words, where it is installed, and what it gives."""

import logging
from dataclasses import dataclass

from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.spot.spotter import DEFAULT_DROP_SCORE, SpottedWord, TextSpotter
from ppocr_rare.errors import RareError, SampleError
from ppocr_rare.serve.way import Way

NOT_INSTALLED = "photographs are not read here: pip install 'ppocr_rare[photo]', and start the service again"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Photograph:
    """What was read in one photograph.

    Args:
        width: in pixels, turned as its EXIF says; 0 where it could not be read.
        height: likewise.
        words: in reading order.
        error: why it could not be read; None where it could.
    """

    width: int = 0
    height: int = 0
    words: tuple[SpottedWord, ...] = ()
    error: str | None = None

    def surer_than(self, min_score: float | None) -> "Photograph":
        """Without the words of a lower score, in [0, 1]; None: what ``ppocr_rare read`` leaves out, too."""
        least = DEFAULT_DROP_SCORE if min_score is None else min_score
        return Photograph(
            self.width, self.height, tuple(word for word in self.words if word.score >= least), self.error
        )


def open_spotter(recognizer: TextRecognizer) -> TextSpotter | None:
    """What finds and reads words of any score; None, and a line of log, where the extra ``photo`` is missing.

    Args:
        recognizer: reads them.
    """
    try:
        return TextSpotter(recognizer, drop_score=0)
    except RareError as error:
        logger.info("photographs are not read", extra={"fields": {"reason": str(error)}})
        return None


def read_photograph(spotter: TextSpotter, image: bytes, way: Way) -> Photograph:
    """The words of one photograph.

    Args:
        spotter: finds and reads them.
        image: an image file.
        way: how they are read.
    """
    try:
        pixels = spotter.pixels(image)
    except SampleError as error:
        return Photograph(error=str(error))
    height, width = pixels.shape[:2]
    return Photograph(width, height, tuple(spotter.spot_pixels(pixels, **way.arguments)))
