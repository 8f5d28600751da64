"""Total-Text, one file a picture. As text, an entry a word; long entries run over several lines.

``x: [[206 251 386]], y: [[633 811 931]], ornt: [u'c'], transcriptions: [u'PETROSAINS']``

As MATLAB's file: a cell array ``polygt``, in the later edition ``gt``, whose rows are 'x:', x, 'y:', y, word, ornt.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from ppocr_rare.data.annotations.matlab import load_matlab
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, parse_each, polygon
from ppocr_rare.errors import SampleError

_START = re.compile(r"^[ \t]*x:", re.MULTILINE)
_NUMBERS = r"\s*\[\[([-\d.,\s]*)\]\]\s*"
_STRING = r"""[uU]?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
_ENTRY = re.compile(
    rf"\s*x:{_NUMBERS},\s*y:{_NUMBERS},\s*ornt:\s*\[\s*(?:{_STRING})?\s*\],"
    rf"\s*transcriptions:\s*\[\s*{_STRING}\s*\]\s*"
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(['\"\\]))")
_DO_NOT_CARE = frozenset({"#", "###"})
_VARIABLES = ("polygt", "gt")


def matches(text: str) -> bool:
    """True where an entry begins."""
    return re.search(r"^[ \t]*x:\s*\[\[", text, re.MULTILINE) is not None


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the picture of the file's name (less ``poly_gt_``) with its words."""
    return [AnnotatedImage(None, parse_each(_entries(path, text), _parse))]


def read_matlab(path: str) -> list[AnnotatedImage]:
    """The same of MATLAB's file.

    Raises:
        SampleError: "MATLAB file" where it cannot be read, is of another form, or SciPy is not installed.
    """
    found = [*load_matlab(path, _VARIABLES).values()]
    rows: np.ndarray = np.atleast_2d(found[0]) if found else np.empty(0)
    if rows.ndim != 2 or (rows.size and rows.shape[1] != 6):
        raise SampleError("MATLAB file", "only Total-Text's are read, with 'polygt' or 'gt' of six columns")
    items = [(f"{path}#{number}", row) for number, row in enumerate(rows, start=1) if row.size]
    return [AnnotatedImage(None, parse_each(items, _parse_row))]


def _entries(path: str, text: str) -> Iterator[tuple[str, str]]:
    starts = [0, *(found.start() for found in _START.finditer(text)), len(text)]
    for start, end in zip(starts, starts[1:], strict=False):
        if entry := text[start:end].strip():
            yield f"{path}:{text.count(chr(10), 0, start) + 1}", entry


def _parse(place: str, entry: str) -> WordRegion:
    found = _ENTRY.fullmatch(entry)
    if not found:
        raise SampleError("not a Total-Text entry", "x, y, ornt and one transcription are needed")
    x, y = (re.findall(r"[^\s,]+", numbers) for numbers in found.group(1, 2))
    text = _ESCAPE.sub(_unescape, found[5] if found[5] is not None else found[6])
    return _word(place, x, y, found[3] or found[4], text)


def _parse_row(place: str, row: np.ndarray) -> WordRegion:
    """A word of MATLAB's cell array: numbers and strings, where there is nothing an empty array."""
    x, y = (np.ravel(row[column]).tolist() for column in (1, 3))
    text, orientation = (row[column] if isinstance(row[column], str) else "" for column in (4, 5))
    return _word(place, x, y, orientation, text)


def _word(place: str, x: Sequence, y: Sequence, orientation: str | None, text: str) -> WordRegion:
    if len(x) != len(y):
        raise SampleError("x without y", f"{len(x)} x and {len(y)} y")
    points = polygon([value for pair in zip(x, y, strict=True) for value in pair])
    return WordRegion(place, text, points, is_ignored=orientation == "#" or text in _DO_NOT_CARE)


def _unescape(found: re.Match) -> str:
    """The character that Python 2 wrote as an escape in u''."""
    code = found[1] or found[2] or found[3]
    try:
        return chr(int(code, 16)) if code else found[4]
    except (ValueError, OverflowError) as error:
        raise SampleError("not a Total-Text entry", f"{found[0]} is no character") from error
