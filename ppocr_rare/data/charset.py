"""The characters that a model can read: the one place that knows how text becomes class ids and back."""

import logging
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from ppocr_rare.errors import DataError
from ppocr_rare.utils.open_file import open_file
from ppocr_rare.utils.shipped import find_dictionary

DEFAULT_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz"

_BYTE_ORDER_MARK = "\ufeff"
_logger = logging.getLogger(__name__)


class Charset:
    """A dictionary of characters, each with a class of its own between the classes sos and eos.

    An entry is usually one character. An empty entry, one of several characters, and all but the last of equal entries
    keep their class, so that checkpoints trained with such a dictionary fit; ``encode`` never yields those classes.

    Args:
        characters: the entries in the order of their classes, without sos and eos.
        is_lower: text is lowered before it is looked up.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/label_ops.py, BaseRecLabelEncode and AttnLabelEncode.
    """

    def __init__(self, characters: Sequence[str], is_lower: bool = False):
        self.characters = tuple(characters)
        self.is_lower = is_lower
        self._ids = {character: class_id for class_id, character in enumerate(self.characters, start=1)}

    @classmethod
    def from_file(cls, path: str | os.PathLike | None, use_space_char: bool = False) -> "Charset":
        """Reads a dictionary file: UTF-8, one entry a line.

        Args:
            path: the file. None gives the digits and lower-case letters, and labels are lowered.
            use_space_char: adds a space behind the entries of the file.

        Raises:
            DataError: the file cannot be read, is not UTF-8, or holds no character.
        """
        if path is None:
            if use_space_char:
                _warn_once("use_space_char has no effect without character_dict_path")
            return cls(DEFAULT_CHARACTERS, is_lower=True)
        entries = _read_entries(path)
        if use_space_char:
            entries.append(" ")
        _warn_of_unreachable(path, entries)
        return cls(entries)

    def __len__(self) -> int:
        """Number of classes, sos and eos included."""
        return len(self.characters) + 2

    @property
    def sos_id(self) -> int:
        """Class that starts a sequence, and that pads it."""
        return 0

    @property
    def eos_id(self) -> int:
        """Class that ends a sequence."""
        return len(self) - 1

    def encode(self, text: str) -> list[int]:
        """Returns the class of each character of ``text``; characters outside the dictionary are dropped."""
        return [self._ids[character] for character in self._fold(text) if character in self._ids]

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the entries of these classes, joined; sos and eos give nothing. Where to stop is up to the caller."""
        return "".join(self.characters[i - 1] for i in ids if i not in (self.sos_id, self.eos_id))

    def unknown(self, text: str) -> list[str]:
        """Returns the characters of ``text`` that ``encode`` drops, in order, repeats included."""
        return [character for character in self._fold(text) if character not in self._ids]

    def _fold(self, text: str) -> str:
        return text.lower() if self.is_lower else text


def _read_entries(path: str | os.PathLike) -> list[str]:
    path = find_dictionary(path)
    try:
        with open_file(path) as file:
            data = file.read()
    except OSError as error:
        raise DataError(f"character dictionary {path}: {error.strerror}") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"character dictionary {path}: line {line} is not UTF-8") from error
    if text.startswith(_BYTE_ORDER_MARK):
        _warn_once(f"character dictionary {path}: the byte-order mark at its start is ignored")
        text = text[len(_BYTE_ORDER_MARK) :]
    # Not splitlines(): U+2028 and its like may be entries.
    entries = [line.strip("\r\n") for line in text.removesuffix("\n").split("\n")]
    if not any(entries):
        raise DataError(f"character dictionary {path}: no character in it")
    return entries


def _warn_of_unreachable(path: str | os.PathLike, entries: list[str]) -> None:
    repeated = [entry for entry, count in Counter(entries).items() if count > 1 and len(entry) == 1]
    if repeated:
        _warn_once(f"character dictionary {path}: repeated entries, of which the last is used: {_show(repeated)}")
    unfit = [entry for entry in entries if len(entry) != 1]
    if unfit:
        _warn_once(f"character dictionary {path}: entries that are not one character fit no label: {_show(unfit)}")


def _show(entries: list[str], limit: int = 10) -> str:
    more = f" and {len(entries) - limit} more" if len(entries) > limit else ""
    return ", ".join(repr(entry) for entry in entries[:limit]) + more


@cache
def _warn_once(message: str) -> None:
    """Logs a message the first time only: one dictionary is read for the model, the labels and the decoder."""
    _logger.warning(message)
