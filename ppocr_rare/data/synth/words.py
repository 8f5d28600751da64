"""Word lists: the shipped one, and a user's own."""

import functools
import hashlib
import logging
import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from ppocr_rare.data.synth.script import check_drawable, normalize
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.open_file import open_file
from ppocr_rare.utils.stats import Rejection, RejectionLog

_SHIPPED = Path(__file__).with_name("words_en.txt")  # the most frequent first
# Zipf's law: the word of rank r comes with a frequency of 1 / (r + offset); the offset keeps the first from crowding
# out all others.
_ZIPF_OFFSET = 100

_logger = logging.getLogger(__name__)


class WordList:
    """Words with how often they come.

    Args:
        words: what to draw from.
        weights: of each word, above 0.
        rejections: words that were left out.
    """

    def __init__(self, words: Sequence[str], weights: Iterable[float], rejections: RejectionLog | None = None):
        self.words = tuple(words)
        self.rejections = rejections or RejectionLog()
        self._ends = np.cumsum(np.fromiter(weights, np.float64, len(self.words)))

    def __len__(self) -> int:
        return len(self.words)

    def draw(self, rng: np.random.Generator) -> str:
        """Draws one word by its weight."""
        place = int(np.searchsorted(self._ends, rng.random() * self._ends[-1], side="right"))
        return self.words[min(place, len(self.words) - 1)]

    def digest(self) -> str:
        """SHA-256 of the words and their weights."""
        return hashlib.sha256(repr((self.words, self._ends.tolist())).encode()).hexdigest()

    @classmethod
    def shipped(cls, is_allowed: Callable[[str], bool]) -> "WordList":
        """The common English words of this package that consist of allowed characters; there may be none."""
        ranked = enumerate(_SHIPPED.read_text(encoding="utf-8").split(), start=1)
        kept = {word: 1 / (rank + _ZIPF_OFFSET) for rank, word in ranked if any(map(is_allowed, cases(word)))}
        return cls(tuple(kept), kept.values())

    @classmethod
    def read(cls, paths: Sequence[str | os.PathLike], is_allowed: Callable[[str], bool]) -> "WordList":
        """The words of files: UTF-8, one a line, a tab and a weight behind it where it is not 1.

        The weights of a word that is there twice add up. Words that cannot be used are left out, counted by reason,
        and named in a warning.

        Raises:
            DataError: a file cannot be read, or holds no word that can be used.
        """
        kept: dict[str, float] = {}
        rejections = RejectionLog()
        for path in paths:
            for number, line in enumerate(_read_lines(path), start=1):
                if not line.strip():
                    continue
                try:
                    word, weight = _parse(line)
                    if not any(map(is_allowed, cases(word))):
                        raise SampleError("characters that the dictionary or the fonts lack")
                    kept[word] = kept.get(word, 0.0) + weight
                except SampleError as error:
                    rejections.add(Rejection(f"{path}:{number}", line, error.reason, error.detail))
        if rejections:
            _logger.warning("words left out: %s", "; ".join(entry.strip() for entry in rejections.summary()))
        if not kept:
            raise DataError(f"no word that can be drawn in {', '.join(map(str, paths))}")
        return cls(tuple(kept), kept.values(), rejections)


@functools.lru_cache(maxsize=65536)
def cases(word: str) -> tuple[str, ...]:
    """A word as written, with a capital, and in capitals: each form once."""
    return tuple(dict.fromkeys((word, word[:1].upper() + word[1:], word.upper())))


def _parse(line: str) -> tuple[str, float]:
    word, _, number = line.partition("\t")
    word = normalize(word.strip())
    check_drawable(word)
    try:
        weight = float(number) if number.strip() else 1.0
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise SampleError("weight that is no number above 0", repr(number))
    return word, weight


def _read_lines(path: str | os.PathLike) -> list[str]:
    try:
        with open_file(path) as file:
            return file.read().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise DataError(f"word list {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"word list {path} is not UTF-8") from error
