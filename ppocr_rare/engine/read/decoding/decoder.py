"""Reads words with the decoder's step: the likeliest of many readings, of a lexicon, or of what matches a pattern."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.backends import Step
from ppocr_rare.engine.read.decoding.automaton import Automaton, build_automaton, join_automata
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.decoding.pattern import Pattern
from ppocr_rare.engine.read.decoding.search import BeamSearch, Path
from ppocr_rare.errors import ConfigError


@dataclass(frozen=True)
class Reading:
    """One way to read an image, n characters.

    Args:
        text: what was read: of a lexicon the word as it was given, of a pattern a text that it matches.
        ids: class of each character.
        char_scores: probability of each class of ``ids``.
        log_probability: sum of the natural logarithms of the probabilities of all steps, those of eos and sos too where
            they came; a probability of 0 counts as the smallest normal float32.
        probabilities: of all classes at each character, float32 [n, V].
        attention: weight of each column at each character, float32 [n, T].
    """

    text: str
    ids: tuple[int, ...]
    char_scores: tuple[float, ...]
    log_probability: float
    probabilities: np.ndarray
    attention: np.ndarray


class Constraint(Protocol):
    """What may be read: an automaton over the classes, and the text of what it let pass."""

    automaton: Automaton

    def text(self, ids: Sequence[int]) -> str: ...


class _Anything:
    """Lets every class pass."""

    def __init__(self, charset: Charset):
        classes = np.arange(1, charset.eos_id)
        self.automaton = build_automaton((classes * 0, classes, classes * 0), np.ones(1, bool), charset)
        self.text = charset.decode


class Decoder:
    """Searches the readings of a batch of images.

    With ``beam_width`` 1 and neither lexicon nor pattern this is greedy decoding. A wider beam never finds a less
    probable best reading than a narrower one, see ``BeamSearch``; it costs at most ``beam_width`` times as many rows
    a step, and fewer where hypotheses end or fall behind.

    Args:
        charset: the characters of the model.
        max_text_length: L, steps of the decoder.
        beam_width: how many hypotheses of an image are followed.
        top_k: how many readings of an image are given, at most.
        lexicon: the words that may be read; None: any.
        pattern: a regular expression that the whole text matches, see ``Pattern``; None: any.

    Raises:
        ConfigError: an argument cannot be used, or there are both a lexicon and a pattern.
        RareError: a pattern needs a library that is not installed.
    """

    def __init__(
        self,
        charset: Charset,
        max_text_length: int,
        beam_width: int = 1,
        top_k: int = 1,
        lexicon: Iterable[str] | Lexicon | None = None,
        pattern: str | None = None,
    ):
        sizes = {"max_text_length": max_text_length, "beam_width": beam_width, "top_k": top_k}
        for name, size in sizes.items():
            if type(size) is not int or size < 1:
                raise ConfigError(f"{name} must be a whole number of at least 1, not {size!r}")
        if lexicon is not None and pattern is not None:
            raise ConfigError("lexicon and pattern exclude each other: leave the words that do not match out")
        self.charset = charset
        self.max_text_length = max_text_length
        self.beam_width = beam_width
        self.top_k = top_k
        self._has_pattern = pattern is not None
        self._constraint: Constraint
        if pattern is not None:
            self._constraint = Pattern(pattern, charset, max_text_length)
        else:
            self._constraint = _Anything(charset) if lexicon is None else self._as_lexicon(lexicon)

    def decode(
        self,
        step: Step,
        memory: np.ndarray,
        state_size: int,
        lexicons: Sequence[Iterable[str] | Lexicon | None] | None = None,
    ) -> list[list[Reading]]:
        """Reads images.

        Args:
            step: of the decoder.
            memory: of the images, from the exported model, float32 [B, T, M].
            state_size: hidden, size of the state of the step.
            lexicons: one an image, in place of the decoder's own; None: the decoder's own. A ``Lexicon`` that several
                images share, as the same object, is held once.

        Returns:
            The readings of each image, the likeliest first, of different texts; at least one, and at most ``top_k``.

        Raises:
            ConfigError: a lexicon cannot be used, there is a pattern beside it, or their number is another than B.
            DataError: the step is of a model with another dictionary.
        """
        constraints = [self._constraint] * len(memory) if lexicons is None else self._constraints(lexicons, len(memory))
        if not constraints:
            return []
        automaton, starts = join_automata([constraint.automaton for constraint in constraints])
        search = BeamSearch(automaton, self.charset.sos_id, self.max_text_length, self.beam_width, self.top_k)
        found = search(step, memory, state_size, starts)
        return [self._readings(paths, constraint) for paths, constraint in zip(found, constraints, strict=True)]

    def _constraints(self, lexicons: Sequence[Iterable[str] | Lexicon | None], num_images: int) -> list[Constraint]:
        if self._has_pattern:
            raise ConfigError("lexicons and the decoder's pattern exclude each other")
        if len(lexicons) != num_images:
            raise ConfigError(f"there are {len(lexicons)} lexicons for {num_images} images")
        return [self._constraint if lexicon is None else self._as_lexicon(lexicon) for lexicon in lexicons]

    def _as_lexicon(self, lexicon: Iterable[str] | Lexicon) -> Lexicon:
        if not isinstance(lexicon, Lexicon):
            return Lexicon(lexicon, self.charset, self.max_text_length)
        if lexicon.automaton.transitions.shape[1] != len(self.charset):
            raise ConfigError("the lexicon was made for another dictionary than the decoder's")
        if lexicon.automaton.distance[lexicon.automaton.start] >= self.max_text_length:
            raise ConfigError("the lexicon was made for a longer max_text_length, and all its words are too long")
        return lexicon

    def _readings(self, paths: Iterator[Path], constraint: Constraint) -> list[Reading]:
        readings: dict[str, Reading] = {}
        for path in paths:
            if len(readings) == self.top_k:
                break
            reading = self._reading(path, constraint)
            readings.setdefault(reading.text, reading)
        return list(readings.values())

    def _reading(self, path: Path, constraint: Constraint) -> Reading:
        is_character = path.ids != self.charset.sos_id  # a step may say sos again; greedy decoding passes it over
        ids = path.ids[is_character].tolist()
        probabilities, attention = path.probabilities[is_character], path.attention[is_character]
        scores = probabilities[np.arange(len(ids)), ids].tolist()
        text = constraint.text(ids)
        return Reading(text, tuple(ids), tuple(scores), path.log_probability, probabilities, attention)
