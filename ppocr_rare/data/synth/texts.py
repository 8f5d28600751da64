"""What the words say: common words, numbers, prices, dates, times, codes, and characters at random."""

import logging
import os
from collections.abc import Callable, Sequence

import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.dice import below, one_of, pick
from ppocr_rare.data.synth.script import check_drawable
from ppocr_rare.data.synth.words import WordList, cases
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection, RejectionLog

_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CURRENCIES = "$$$€£¥₹"
_CASE_WEIGHTS = (0.35, 0.25, 0.40)  # as written, with a capital, in capitals
_MAX_RANDOM = 10  # characters of a random string

_logger = logging.getLogger(__name__)


class TextSource:
    """Draws texts that a model with a dictionary can read, and the fonts can show.

    Where the dictionary holds lower-case letters alone and labels are lowered for it, capitals are drawn as well. A
    pattern with a character that the dictionary lacks is drawn without it: "$4.99" as "499". The label is what is
    drawn.

    Args:
        charset: the dictionary.
        has_glyph: whether a character can be shown.
        word_files: see ``WordList.read``; None for the shipped English words.
        max_length: of a text, in characters; longer ones are drawn again. None for no limit.

    Raises:
        DataError: no character of the dictionary can be drawn, or no word of ``word_files``.
    """

    def __init__(
        self,
        charset: Charset,
        has_glyph: Callable[[str], bool],
        word_files: Sequence[str | os.PathLike] | None = None,
        max_length: int | None = None,
    ):
        if max_length is not None and max_length < 1:
            raise DataError(f"max_length is the longest text's number of characters, at least 1, not {max_length}")
        self._max_length = max_length
        self.characters = _find_characters(charset, has_glyph)
        self._allowed = frozenset(self.characters)
        self._visible = tuple(character for character in self.characters if character != " ")
        if not self._visible:
            raise DataError("no character of the dictionary can be drawn with these fonts")
        if word_files is None:
            self.words = WordList.shipped(self._is_allowed)
        else:
            self.words = WordList.read(word_files, self._is_allowed)
        self._kinds: dict[str, tuple[float, Callable[[np.random.Generator], str]]] = {
            "number": (0.08, _number),
            "price": (0.04, _price),
            "date": (0.03, _date),
            "time": (0.02, _time),
            "phone": (0.02, _phone),
            "code": (0.05, self._code),
            # Without words, what is to be learnt of the other characters is learnt from these.
            "characters": (0.06 if self.words else 0.76, self._random),
        }
        if self.words:
            self._kinds["word"] = (0.70, self._word)
            if " " in self._allowed:
                self._kinds["phrase"] = (0.20, self._phrase)

    def draw(self, rng: np.random.Generator) -> str:
        """Draws one text; at least one character of it is visible."""
        while True:
            text = pick(rng, self._kinds)(rng)
            text = "".join(character for character in text if character in self._allowed).strip()
            if text and (self._max_length is None or len(text) <= self._max_length):
                return text

    def describe(self) -> dict:
        """What decides which texts are drawn."""
        return {
            "characters": "".join(self.characters),
            "max_length": self._max_length,
            "words": len(self.words),
            "words_sha256": self.words.digest(),
        }

    def _is_allowed(self, text: str) -> bool:
        return self._allowed.issuperset(text)

    def _word(self, rng: np.random.Generator) -> str:
        forms = cases(self.words.draw(rng))
        weighted = zip(forms, _CASE_WEIGHTS, strict=False)
        return pick(rng, {form: (weight, form) for form, weight in weighted if self._is_allowed(form)})

    def _phrase(self, rng: np.random.Generator) -> str:
        return f"{self._word(rng)} {self._word(rng)}"

    def _random(self, rng: np.random.Generator) -> str:
        return _string(rng, self._visible, 1, _MAX_RANDOM)

    def _code(self, rng: np.random.Generator) -> str:
        """Number plates, gates, part numbers: letters and digits, mostly in groups, in capitals where there are any."""
        groups = []
        for _ in range(1 + below(rng, 3)):
            letters = one_of(rng, (_DIGITS, _CAPITALS))
            groups.append(_string(rng, letters, 1, 4))
        code = "-".join(groups) if rng.random() < 0.3 else "".join(groups)
        return code if self._is_allowed(code.replace("-", "")) else code.lower()


def _find_characters(charset: Charset, has_glyph: Callable[[str], bool]) -> tuple[str, ...]:
    """The characters to draw from, in the dictionary's order; those that cannot be drawn are named in a warning."""
    found, rejections = [], RejectionLog()
    for entry in charset.characters:
        for character in dict.fromkeys((entry, entry.upper())) if charset.is_lower else (entry,):
            if len(character) != 1 or charset.unknown(character):
                continue
            try:
                if character != " ":
                    check_drawable(character)
                if not has_glyph(character):
                    raise SampleError("no font has it")
                found.append(character)
            except SampleError as error:
                rejections.add(Rejection(f"U+{ord(character):04X}", character, error.reason))
    if rejections:
        lines = "; ".join(line.strip() for line in rejections.summary())
        _logger.warning("characters of the dictionary that are not drawn: %s", lines)
    return tuple(dict.fromkeys(found))


def _string(rng: np.random.Generator, characters: Sequence[str], least: int, most: int) -> str:
    size = int(rng.integers(least, most + 1))
    return "".join(characters[place] for place in rng.integers(len(characters), size=size).tolist())


def _number(rng: np.random.Generator) -> str:
    number = below(rng, 10 ** int(rng.integers(1, 7)))
    return f"{number:,}" if rng.random() < 0.3 else str(number)


def _price(rng: np.random.Generator) -> str:
    amount = below(rng, 10 ** int(rng.integers(1, 4)))
    cents = one_of(rng, (f".{below(rng, 100):02}", ".99", ",50", ".00", ""))
    sign = one_of(rng, _CURRENCIES)
    return f"{sign}{amount}{cents}" if rng.random() < 0.7 else f"{amount}{cents}{sign}"


def _date(rng: np.random.Generator) -> str:
    day, month, year = below(rng, 28) + 1, below(rng, 12) + 1, 1900 + below(rng, 140)
    patterns = (
        str(year), f"{day:02}.{month:02}.{year}", f"{month}/{day}/{year % 100:02}", f"{year}-{month:02}-{day:02}",
        f"{day}{_MONTHS[month - 1]}", f"{_MONTHS[month - 1].upper()}{year}",
    )  # fmt: skip
    return one_of(rng, patterns)


def _time(rng: np.random.Generator) -> str:
    hour, minute = below(rng, 24), below(rng, 60)
    half = "am" if hour < 12 else "pm"
    twelve = (hour + 11) % 12 + 1
    plain = f"{hour}:{minute:02}", f"{hour:02}:{minute:02}"
    return one_of(rng, (*plain, f"{twelve}:{minute:02}{half}", f"{twelve}{half}"))


def _phone(rng: np.random.Generator) -> str:
    groups = [f"{below(rng, 1000):03}", f"{below(rng, 1000):03}", f"{below(rng, 10000):04}"]
    return one_of(rng, ("-", "", " ", ".")).join(groups[below(rng, 2) :])
