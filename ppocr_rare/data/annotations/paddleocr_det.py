"""PaddleOCR's labels for detection: ``path<TAB>[{"transcription": "word", "points": [[x, y], ...]}, ...]``.

Source: PaddleOCR 2.8.1, ppocr/data/imaug/label_ops.py, DetLabelEncode: ``###`` and ``*`` are "do not care".
"""

import re

from ppocr_rare.data.annotations.source_text import field, lines_of, parse_json
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, flatten, parse_each, polygon
from ppocr_rare.errors import SampleError
from ppocr_rare.utils.stats import Rejection

_LINE = re.compile(r"[^\t\n]\t *\[")
_DO_NOT_CARE = frozenset({"###", "*"})


def matches(text: str) -> bool:
    """True where a line has a path, a tab, and a JSON list."""
    return _LINE.search(text) is not None


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns a picture a line."""
    return [_read_line(place, line) for place, line in lines_of(path, text)]


def _read_line(place: str, line: str) -> AnnotatedImage:
    name, _, words = line.partition("\t")
    try:
        items = [(f"{place}[{number}]", word) for number, word in enumerate(parse_json(words, list))]
    except SampleError as error:
        return AnnotatedImage(name, [Rejection(place, "", error.reason, error.detail)])
    return AnnotatedImage(name.strip(), parse_each(items, _parse))


def _parse(place: str, word: dict) -> WordRegion:
    text = field(word, "transcription", str)
    points = polygon(flatten(field(word, "points", list)))
    return WordRegion(place, text, points, is_ignored=text in _DO_NOT_CARE or bool(word.get("difficult")))
