"""Lexicons in files: one for all images, or one for each."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ppocr_rare.errors import DataError

MAX_BYTES = 256 << 20
_NUMBER = re.compile(r"#(\d{9})(?: |$)")  # in a key of LMDBDataSet


def read_lexicon(path: str | os.PathLike) -> list[str] | dict[str, list[str]]:
    """Reads a lexicon.

    Args:
        path: a text, a word a line, UTF-8, where lines that begin with # at its head are comments; or a ``.json`` file,
            {key: [words]}, the words of each image by its path or key.

    Raises:
        DataError: it cannot be read, or holds something else.
    """
    try:
        if os.path.getsize(path) > MAX_BYTES:
            raise DataError(f"lexicon {path}: larger than {MAX_BYTES >> 20} MiB")
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"lexicon {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"lexicon {path} is not UTF-8") from error
    if Path(path).suffix == ".json":
        return _of_json(text, path)
    lines = [line.strip() for line in text.split("\n")]
    while lines and lines[0].startswith("#"):
        del lines[0]
    words = [line for line in lines if line]
    if not words:
        raise DataError(f"lexicon {path}: no word in it")
    return words


def words_of(lexicon: Mapping[str, list[str]], key: str) -> list[str] | None:
    """The words of an image by its key, the file name in it, or its number in an LMDB; None where none names it."""
    number = _NUMBER.search(key)
    return lexicon.get(key) or lexicon.get(os.path.basename(key)) or (lexicon.get(number[1]) if number else None)


def _of_json(text: str, path: str | os.PathLike) -> dict[str, list[str]]:
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"lexicon {path} is no JSON: {error}") from error
    is_right = isinstance(data, dict) and all(
        isinstance(words, list) and words and all(isinstance(word, str) for word in words) for words in data.values()
    )
    if not is_right or not data:
        raise DataError(f"lexicon {path} is not {{key: [words]}}")
    return data
