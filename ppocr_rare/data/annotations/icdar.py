"""ICDAR's text files, one a picture and a word a line.

2013: ``38, 43, 920, 215, "Tiredness"``, two corners of a box; the training set has spaces instead of commas.
2015: ``377,117,463,117,465,130,378,130,Genaxis Theatre``, four corners; commas and quotes belong to the word.
MLT: ``377,117,463,117,465,130,378,130,Latin,Genaxis``: where every line of a file names a script, it is no word.

Others write ``x1,y1,...,xn,yn,word`` with more than four corners. A word that begins with numbers looks alike:
``10,000 km`` is one, as half a corner is none; what could be either is refused.
"""

import functools
import re

import numpy as np

from ppocr_rare.data.annotations.source_text import lines_of
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, box, parse_each, polygon
from ppocr_rare.errors import SampleError

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_COMMA_OR_SPACE = r"(?:\s*,\s*|\s+)"
_BOX = re.compile(rf'\s*{_COMMA_OR_SPACE.join([_NUMBER] * 4)}{_COMMA_OR_SPACE}"(.*)"\s*')
_CELL = re.compile(rf"\s*{_NUMBER}\s*,")
_SCRIPT = re.compile(r"\s*(?:Arabic|Bangla|Chinese|Hindi|Japanese|Korean|Latin|Mixed|None|Symbols)\s*,")
_ESCAPED = re.compile(r'\\(["\\])')
_CTW_MARK = "####"  # behind the numbers: then the line is one of CTW's
_QUAD = 8  # numbers
_SURELY_POLYGON = 14  # numbers; no word begins with six
_REACH = 2  # of four corners, in sides of the box around them, within which another corner of the word lies

Cells = list[re.Match]  # the numbers that a line begins with, each with the comma behind it


def matches(text: str) -> bool:
    """True where a line is one of this format."""
    return any(_BOX.fullmatch(line) or _is_polygon(line, _cells(line)) for line in text.split("\n"))


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the picture of the file's name with its words."""
    lines = [*lines_of(path, text)]
    polygons = [(line, cells) for _, line in lines if len(cells := _cells(line)) >= _QUAD]
    parse = functools.partial(
        _parse,
        names_scripts=all(_SCRIPT.match(line, cells[_QUAD - 1].end()) for line, cells in polygons),
        has_many_corners=len(polygons) > 1 and all(len(cells) >= _QUAD + 2 for _, cells in polygons),
    )
    return [AnnotatedImage(None, parse_each(lines, parse))]


def _cells(line: str) -> Cells:
    cells, at = [], 0
    while cell := _CELL.match(line, at):
        cells.append(cell)
        at = cell.end()
    return cells


def _is_polygon(line: str, cells: Cells) -> bool:
    return len(cells) >= _QUAD and not line.startswith(_CTW_MARK, cells[-1].end())


def _parse(place: str, line: str, names_scripts: bool, has_many_corners: bool) -> WordRegion:
    """A line of a file in which every line names a script, or all of several lines seem to have many corners."""
    if found := _BOX.fullmatch(line):
        *corners, text = found.groups()
        return WordRegion(place, _ESCAPED.sub(r"\1", text), box(*corners), is_ignored=text == "###")
    cells = _cells(line)
    if len(cells) < _QUAD:
        raise SampleError("not an ICDAR line", 'x1,y1,...,x4,y4,word or x1,y1,x2,y2,"word" is needed')
    count = _num_coordinates(line, cells, has_many_corners)
    start = cells[count - 1].end()
    if names_scripts and (script := _SCRIPT.match(line, start)):
        start = script.end()
    text = line[start:]
    return WordRegion(place, text, polygon([cell[1] for cell in cells[:count]]), is_ignored=text.strip() == "###")


def _num_coordinates(line: str, cells: Cells, has_many_corners: bool) -> int:
    """How many of the numbers that a line begins with are coordinates; the others belong to the word."""
    even = len(cells) // 2 * 2
    if even == _QUAD or (even < _SURELY_POLYGON and _is_far(cells, even)):
        return _QUAD
    if len(cells) > even and _CELL.fullmatch(line[cells[-1].end() :] + ","):
        raise SampleError("not an ICDAR line", "numbers alone, and more than four corners: there is no word")
    if even >= _SURELY_POLYGON or has_many_corners:
        return even
    raise SampleError("more than four corners", "or a word that begins with numbers; #### before the words, as CTW "
                      "has it, tells them from the corners")  # fmt: skip


def _is_far(cells: Cells, count: int) -> bool:
    """Whether a corner beyond the fourth would lie far from the others: then the word begins with its numbers."""
    points = polygon([cell[1] for cell in cells[:count]])
    low, high = points[: _QUAD // 2].min(axis=0), points[: _QUAD // 2].max(axis=0)
    return bool((np.maximum(low - points, points - high) > _REACH * (high - low).max()).any())
