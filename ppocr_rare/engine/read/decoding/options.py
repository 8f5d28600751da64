"""How a user says which readings are searched."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.decoding.decoder import Decoder
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.decoding.lexicon_file import read_lexicon, words_of
from ppocr_rare.errors import ConfigError, DataError

DEFAULT_WIDTH = 5  # of a search; benchmarks/README.md

Words = Iterable[str] | Lexicon


@dataclass(frozen=True)
class DecodingOptions:
    """What may be read, and how much is searched.

    Args:
        beam_width: hypotheses that are followed; None: 1, which is greedy, where nothing else is asked for, else 5.
        top_k: readings that are given.
        lexicon: words that may be read: one list, or a list for each image; None: any.
        pattern: a regular expression that the whole text matches; None: any.
    """

    beam_width: int | None = None
    top_k: int = 1
    lexicon: Words | Iterable[Words] | None = None
    pattern: str | None = None

    def __post_init__(self) -> None:
        if self.lexicon is not None and not isinstance(self.lexicon, (str, Lexicon)):
            object.__setattr__(self, "lexicon", list(self.lexicon))  # a generator gives its words once

    def changed(self, **given: Any) -> "DecodingOptions":
        """These with others in their place, but for None; of a lexicon and a pattern the one that is given holds."""
        changes = {name: value for name, value in given.items() if value is not None}
        if "lexicon" in changes or "pattern" in changes:
            changes = {"lexicon": None, "pattern": None, **changes}
        return replace(self, **changes)

    @property
    def is_greedy(self) -> bool:
        """Whether the likeliest character of each step is all that is asked for."""
        return self.beam_width in (None, 1) and self.top_k == 1 and self.lexicon is None and self.pattern is None

    def decoder(self, charset: Charset, max_text_length: int) -> tuple[Decoder | None, list[Lexicon] | None]:
        """What searches so, None for greedy decoding; and the lexicons of the images, where each has one of its own.

        Raises:
            ConfigError: an option cannot be used.
            RareError: a pattern needs a library that is not installed.
        """
        if self.is_greedy:
            return None, None
        width = max(DEFAULT_WIDTH, self.top_k) if self.beam_width is None else self.beam_width
        shared, own = _lexicons(self.lexicon, charset, max_text_length)
        return Decoder(charset, max_text_length, width, self.top_k, shared, self.pattern), own


def each_decoding_of(
    flags: argparse.Namespace, paths: Sequence[str], prepare: Callable[[Iterable[str]], Lexicon]
) -> list[dict[str, Any]]:
    """Arguments for a ``TextRecognizer``, of the flags of a command line, for each image.

    Args:
        flags: as ``add_decoding_flags`` defines them.
        paths: of the images, which a lexicon may name. Where it does not, one object stands for all of them.
        prepare: see ``TextRecognizer.lexicon_of``; words of all images are made ready once.

    Raises:
        DataError: the lexicon cannot be read, or does not name each image.
    """
    way = {name: getattr(flags, name) for name in ("beam_width", "top_k", "pattern")} | {"lexicon": None}
    lexicon = read_lexicon(flags.lexicon) if flags.lexicon else None
    if not isinstance(lexicon, dict):
        return [way | {"lexicon": prepare(lexicon) if lexicon else None}] * len(paths)
    own = [words_of(lexicon, path) for path in paths]
    missing = [path for path, words in zip(paths, own, strict=True) if words is None]
    if missing:
        raise DataError(f"lexicon {flags.lexicon} names no words for {len(missing)} images, as {missing[0]}")
    return [way | {"lexicon": words} for words in own]


def together(ways: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What ``each_decoding_of`` gave of several images, for these when they are read as one."""
    if all(way is ways[0] for way in ways):
        return ways[0]
    return {**ways[0], "lexicon": [way["lexicon"] for way in ways]}  # they differ in nothing else


def _lexicons(lexicon: Any, charset: Charset, length: int) -> tuple[Any, list[Lexicon] | None]:
    """The lexicon of all images, and those of each; one of both is None."""
    if lexicon is None or isinstance(lexicon, (str, Lexicon)):
        return lexicon, None
    words = list(lexicon)
    if not words or isinstance(words[0], str):
        return words, None
    made: dict[int, Lexicon] = {}  # lists that several images share are read once
    for own in words:
        if isinstance(own, str):
            raise ConfigError("lexicon: either one list of words, or one list of words for each image")
        if id(own) not in made:
            made[id(own)] = own if isinstance(own, Lexicon) else Lexicon(own, charset, length)
    return None, [made[id(own)] for own in words]
