"""Total-Text's text form, one file a picture, an entry a word; long entries run over several lines.

``x: [[206 251 386]], y: [[633 811 931]], ornt: [u'c'], transcriptions: [u'PETROSAINS']``
"""

import re
from collections.abc import Iterator

from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, parse_each, polygon
from ppocr_rare.errors import SampleError

_START = re.compile(r"^[ \t]*x:", re.MULTILINE)
_NUMBERS = r"\s*\[\[([-\d.,\s]*)\]\]\s*"
_STRING = r"""[uU]?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
_ENTRY = re.compile(
    rf"\s*x:{_NUMBERS},\s*y:{_NUMBERS},\s*ornt:[^']*'([^']*)'\s*\],\s*transcriptions:\s*\[\s*{_STRING}\s*\]\s*"
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(['\"\\]))")
_DO_NOT_CARE = frozenset({"#", "###"})


def matches(text: str) -> bool:
    """True where an entry begins."""
    return re.search(r"^[ \t]*x:\s*\[\[", text, re.MULTILINE) is not None


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the picture of the file's name (less ``poly_gt_``) with its words."""
    return [AnnotatedImage(None, parse_each(_entries(path, text), _parse))]


def _entries(path: str, text: str) -> Iterator[tuple[str, str]]:
    starts = [0, *(found.start() for found in _START.finditer(text)), len(text)]
    for start, end in zip(starts, starts[1:], strict=False):
        if entry := text[start:end].strip():
            yield f"{path}:{text.count(chr(10), 0, start) + 1}", entry


def _parse(place: str, entry: str) -> WordRegion:
    found = _ENTRY.fullmatch(entry)
    if not found:
        raise SampleError("not a Total-Text entry", "x, y, ornt and one transcription are needed")
    x, y = ([*re.findall(r"[^\s,]+", numbers)] for numbers in found.group(1, 2))
    if len(x) != len(y):
        raise SampleError("x without y", f"{len(x)} x and {len(y)} y")
    points = polygon([value for pair in zip(x, y, strict=True) for value in pair])
    text = _ESCAPE.sub(_unescape, found[4] if found[4] is not None else found[5])
    return WordRegion(place, text, points, is_ignored=found[3] == "#" or text in _DO_NOT_CARE)


def _unescape(found: re.Match) -> str:
    """The character that Python 2 wrote as an escape in u''."""
    code = found[1] or found[2] or found[3]
    try:
        return chr(int(code, 16)) if code else found[4]
    except (ValueError, OverflowError) as error:
        raise SampleError("not a Total-Text entry", f"{found[0]} is no character") from error
