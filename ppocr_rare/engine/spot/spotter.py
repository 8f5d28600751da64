"""Finds the words of a photograph and reads them: a detector's lines, parted into words, straightened, read."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ppocr_rare.data.imaug.operators import DecodeImage
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.decoding.options import DecodingOptions
from ppocr_rare.engine.read.evidence import Box
from ppocr_rare.engine.read.image_source import ImageSource, content_of
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.spot.detector import Detector, RapidDetector
from ppocr_rare.engine.spot.order import reading_order
from ppocr_rare.engine.spot.splitter import find_gaps, likeliest_words, possible_words
from ppocr_rare.engine.spot.straight import Straight, straighten
from ppocr_rare.errors import ConfigError, SampleError

DEFAULT_DROP_SCORE = 0.5


@dataclass(frozen=True)
class SpottedWord:
    """A word in a photograph.

    Args:
        polygon: four corners around its ink in the photograph, (x, y) in pixels, clockwise from its own upper left one.
        word: what it says; ``word.characters`` and the fiducials of ``word.evidence`` lie in the photograph, too.
    """

    polygon: Box
    word: RecognizedWord

    @property
    def text(self) -> str:
        """What it says."""
        return self.word.text

    @property
    def score(self) -> float:
        """How sure that is, in [0, 1]."""
        return self.word.score


class TextSpotter:
    """Finds and reads the words of photographs. Threads may share it where they may share its detector.

    Args:
        recognizer: reads the words; None: the shipped weights.
        detector: finds them; None: ``RapidDetector``, which needs ``ppocr_rare[photo]``.
        drop_score: a word with a lower score, in [0, 1], is left out, as is one without a text.

    Raises:
        ConfigError: ``drop_score`` cannot be used.
        RareError: as the recogniser and the detector.
    """

    def __init__(
        self,
        recognizer: TextRecognizer | None = None,
        detector: Detector | None = None,
        *,
        drop_score: float = DEFAULT_DROP_SCORE,
    ):
        if not 0 <= drop_score <= 1:
            raise ConfigError(f"drop_score is from 0 to 1, not {drop_score}")
        self._detector = detector or RapidDetector()
        self._recognizer = recognizer or TextRecognizer.from_pretrained()
        self._drop_score = drop_score
        self._decode = DecodeImage("BGR")

    def __call__(self, image: ImageSource, *, return_details: bool = True, **decoding: Any) -> list[SpottedWord]:
        """The words of one photograph, in reading order.

        Args:
            image: a path, bytes of an image file, an open file, a Pillow image, or an array [H, W, 3] in BGR order.
            return_details: ``word.characters`` says where each letter stands; a model that was exported without its
                details reads with False.
            **decoding: ``beam_width``, ``top_k``, ``lexicon`` (one list, of the photograph's words) and ``pattern``, as
                of a ``TextRecognizer``. What could be read without them decides where lines are parted: a lexicon finds
                some word in every piece (benchmarks/README.md).

        Raises:
            ConfigError: the model has no details, or a way of decoding cannot be used.
            SampleError: the image cannot be read.
        """
        return self.spot_pixels(self.pixels(image), return_details=return_details, **decoding)

    def lexicon_of(self, words: Iterable[str]) -> Lexicon:
        """See ``TextRecognizer.lexicon_of``."""
        return self._recognizer.lexicon_of(words)

    def pixels(self, image: ImageSource) -> np.ndarray:
        """What of an image is looked at: uint8 [H, W, 3], BGR, turned as its EXIF says; raises as a call."""
        return self._decode({"image": content_of(image)})["image"]

    def spot_pixels(
        self, photograph: np.ndarray, *, return_details: bool = True, **decoding: Any
    ) -> list[SpottedWord]:
        """As a call, for what ``pixels`` gave."""
        lines = list(self._lines(photograph))
        crops = [part.crop for line in lines for part in line.parts.values()]
        read = self._recognizer.iterate(crops, return_details=return_details)
        found = [found for line in lines for found in line.words([next(read) for _ in line.parts])]
        given = {name: option for name, option in decoding.items() if option is not None}
        if not DecodingOptions(**given).is_greedy:
            parts = [part for part, _ in found]
            again = self._recognizer.iterate([part.crop for part in parts], return_details=return_details, **given)
            found = list(zip(parts, again, strict=True))
        return [
            SpottedWord(_box_of(part.ink()), _in_photograph(word, part))
            for part, word in found
            if word.text and word.score >= self._drop_score
        ]

    def _lines(self, photograph: np.ndarray) -> Iterator["_Line"]:
        """What the detector finds, straightened, in reading order."""
        polygons = self._detector.find_words(photograph)
        for index in reading_order(polygons):
            with contextlib.suppress(SampleError):  # nothing that can be read: too small, or outside of the photograph
                yield _Line(straighten(photograph, polygons[index]))


class _Line:
    """A line with all that may be a word of it.

    Args:
        straight: the line.
    """

    def __init__(self, straight: Straight):
        self._gaps = find_gaps(straight.crop)
        edges = [0, *(gap.column for gap in self._gaps), straight.crop.shape[1]]
        self.parts = {span: straight.part(edges[span[0]], edges[span[1]]) for span in possible_words(self._gaps)}

    def words(self, read: Sequence[RecognizedWord]) -> list[tuple[Straight, RecognizedWord]]:
        """The line's words, from what was read in each of its parts."""
        words = dict(zip(self.parts, read, strict=True))
        return [(self.parts[span], words[span]) for span in likeliest_words(self._gaps, words)]


def _in_photograph(word: RecognizedWord, straight: Straight) -> RecognizedWord:
    """The word with its places in the photograph instead of in its crop."""
    characters = tuple(replace(one, box=_box_of(straight.places(np.array(one.box)))) for one in word.characters)
    evidence = word.evidence
    if evidence is not None and evidence.fiducials is not None:
        evidence = replace(evidence, fiducials=straight.places(evidence.fiducials))
    return replace(word, characters=characters, evidence=evidence)


def _box_of(corners: np.ndarray) -> Box:
    first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
    return first, second, third, fourth
