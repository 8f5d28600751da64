"""ICDAR's text files, one a picture and a word a line.

2013: ``38, 43, 920, 215, "Tiredness"``, two corners of a box; the training set has spaces instead of commas.
2015: ``377,117,463,117,465,130,378,130,Genaxis Theatre``, four corners; commas and quotes belong to the word.
"""

import re

from ppocr_rare.data.annotations.source_text import lines_of
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, box, parse_each, polygon
from ppocr_rare.errors import SampleError

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_COMMA = r"\s*,\s*"
_COMMA_OR_SPACE = rf"(?:{_COMMA}|\s+)"
_BOX = re.compile(rf'\s*{_COMMA_OR_SPACE.join([_NUMBER] * 4)}{_COMMA_OR_SPACE}"(.*)"\s*')
_QUAD = re.compile(rf"\s*{_COMMA.join([_NUMBER] * 8)}\s*,(.*)")
_ESCAPED = re.compile(r'\\(["\\])')
_CTW_REST = re.compile(rf"(?:{_NUMBER}{_COMMA})*####")  # then the line is one of CTW's


def matches(text: str) -> bool:
    """True where a line is one of this format."""
    return any(_BOX.fullmatch(line) or _is_quad(line) for line in text.split("\n"))


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the picture of the file's name with its words."""
    return [AnnotatedImage(None, parse_each(lines_of(path, text), _parse))]


def _is_quad(line: str) -> bool:
    found = _QUAD.fullmatch(line)
    return found is not None and not _CTW_REST.match(found[9])


def _parse(place: str, line: str) -> WordRegion:
    if found := _BOX.fullmatch(line):
        *corners, text = found.groups()
        return WordRegion(place, _ESCAPED.sub(r"\1", text), box(*corners), is_ignored=text == "###")
    if found := _QUAD.fullmatch(line):
        *corners, text = found.groups()
        return WordRegion(place, text, polygon(corners), is_ignored=text.strip() == "###")
    raise SampleError("not an ICDAR line", 'x1,y1,...,x4,y4,word or x1,y1,x2,y2,"word" is needed')
