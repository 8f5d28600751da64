"""A list of words as what a search may read: a trie, built with arrays, for there may be a hundred thousand."""

import logging
from collections.abc import Iterable, Sequence

import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.decoding.automaton import Automaton, build_automaton
from ppocr_rare.engine.read.decoding.characters import readable_characters
from ppocr_rare.errors import ConfigError

logger = logging.getLogger(__name__)


class Lexicon:
    """The words that may be read.

    A word is found by the characters that the model knows, a letter in the other case where the dictionary lacks it
    in this one; other characters are passed over. Words that are then the same are read as the first of them. What is
    passed over or left out is named in a warning.

    Args:
        words: as they shall be read.
        charset: of the model.
        max_text_length: L, steps of the decoder; a word has L - 1 characters at most, for eos or sos takes one.

    Attributes:
        automaton: a trie of the words.

    Raises:
        ConfigError: no word can be read, a word is not a text, or the trie would take too much memory.
    """

    automaton: Automaton

    def __init__(self, words: Iterable[str], charset: Charset, max_text_length: int):
        self._words = _checked(words)
        owners, ids = _encode(self._words, charset)
        lengths = np.bincount(owners, minlength=len(self._words))
        usable = (lengths > 0) & (lengths < max_text_length)
        self._warn_of(lengths == 0, "have no character that the model knows")
        self._warn_of(lengths >= max_text_length, f"have more than the {max_text_length - 1} characters it can read")
        if not usable.any():
            raise ConfigError("the lexicon holds no word that the model can read")
        is_kept = usable[owners]
        edges, ends = _build_trie(_pad(ids[is_kept], lengths[usable]), lengths[usable], len(charset))
        states, firsts = np.unique(ends, return_index=True)
        is_final = np.zeros(len(edges[0]) + 1, bool)
        is_final[states] = True
        self.automaton = build_automaton(edges, is_final, charset)
        self._word_of_state = dict(zip(states.tolist(), np.flatnonzero(usable)[firsts].tolist(), strict=True))

    def text(self, ids: Sequence[int]) -> str:
        """The word of these classes, as it was given."""
        state = self.automaton.start
        for class_id in ids:
            state = int(self.automaton.transitions[state, class_id])
        return self._words[self._word_of_state[state]]

    def _warn_of(self, is_unusable: np.ndarray, fault: str) -> None:
        unusable = [self._words[index] for index in np.flatnonzero(is_unusable)[:_NUM_SHOWN]]
        if unusable:
            count = int(is_unusable.sum())
            logger.warning("%d words of the lexicon are left out: they %s: %s", count, fault, _show(unusable, count))


_NUM_SHOWN, _MOST_SHOWN = 5, 40  # words, and characters of one


def _show(items: Sequence[str], count: int) -> str:
    more = f" and {count - len(items)} more" if count > len(items) else ""
    return ", ".join(repr(item if len(item) <= _MOST_SHOWN else f"{item[:_MOST_SHOWN]}…") for item in items) + more


def _checked(words: Iterable[str]) -> list[str]:
    if isinstance(words, str):
        raise ConfigError("the lexicon is one text: give a list of words")
    words = list(words)
    if not words:
        raise ConfigError("the lexicon is empty")
    strange = [word for word in words if not isinstance(word, str)]
    if strange:
        raise ConfigError(f"the lexicon holds what is not a text: {strange[0]!r}")
    return words


def _encode(words: list[str], charset: Charset) -> tuple[np.ndarray, np.ndarray]:
    """Of all characters that can be read, in order: to which word each belongs, and its class, [characters] each."""
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
    owners = np.repeat(np.arange(len(words)), np.fromiter(map(len, words), np.int64, len(words)))
    known = {ord(character): class_id for character, class_id in readable_characters(charset).items()}
    class_of = np.full(max([*known, *codes.max(initial=0, keepdims=True).tolist()]) + 1, -1, np.int64)
    class_of[list(known)] = list(known.values())
    ids = class_of[codes]
    is_unknown = ids < 0
    if is_unknown.any():
        unknown = [chr(code) for code in np.unique(codes[is_unknown]).tolist()]
        logger.warning(
            "characters of the lexicon that the model does not know are passed over, %d in %d words: %s",
            is_unknown.sum(),
            len(np.unique(owners[is_unknown])),
            _show(unknown[:_NUM_SHOWN], len(unknown)),
        )
    return owners[~is_unknown], ids[~is_unknown]


def _pad(ids: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The classes of each word in a row, [words, longest]; what lies behind a word is not looked at."""
    padded = np.zeros((len(lengths), lengths.max()), np.int64)
    padded[np.arange(lengths.max()) < lengths[:, None]] = ids
    return padded


def _build_trie(
    ids: np.ndarray, lengths: np.ndarray, num_classes: int
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """The edges of a trie, level by level from the root, state 0, and the state in which each word ends."""
    ends = np.zeros(len(ids), np.int64)
    keys: list[np.ndarray] = []
    num_states = 1
    for level in range(lengths.max()):
        going = np.flatnonzero(lengths > level)
        # A number for each pair of a state and a class: equal ones lead to one state.
        level_keys, inverse = np.unique(ends[going] * num_classes + ids[going, level], return_inverse=True)
        ends[going] = num_states + inverse
        num_states += len(level_keys)
        keys.append(level_keys)
    sources, classes = np.divmod(np.concatenate(keys), num_classes)
    return (sources, classes, np.arange(1, num_states)), ends
