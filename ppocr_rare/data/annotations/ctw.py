"""SCUT-CTW1500: a file a picture, polygons of 14 points as a rule.

As XML: ``<box ...><label>word</label><segs>x1,y1,...,x14,y14</segs></box>``; as text: ``x1,y1,...,x14,y14,####word``.
"""

import re
from xml.etree.ElementTree import Element

from ppocr_rare.data.annotations.source_text import lines_of, parse_xml
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, parse_each, polygon
from ppocr_rare.errors import SampleError

_LINE = re.compile(r"\s*((?:-?\d+(?:\.\d+)?\s*,\s*)+)####(.*)")
_DO_NOT_CARE = frozenset({"###", "#", "*"})


def matches(text: str) -> bool:
    """True for XML whose root is ``<Annotations>``, and where a line has numbers, then ``####``."""
    if text.lstrip().startswith("<"):
        return "<Annotations" in text
    return any(_LINE.fullmatch(line) for line in text.split("\n"))


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the pictures that XML names; of a text file the picture of its name (0001001.txt: 1001.jpg)."""
    if not text.lstrip().startswith("<"):
        return [AnnotatedImage(None, parse_each(lines_of(path, text), _parse_line))]
    images = []
    for image in parse_xml(text).iter("image"):
        items = [(f"{path}#{number}", box) for number, box in enumerate(image.iter("box"), start=1)]
        images.append(AnnotatedImage(image.get("file"), parse_each(items, _parse_box)))
    return images


def _parse_line(place: str, line: str) -> WordRegion:
    found = _LINE.fullmatch(line)
    if not found:
        raise SampleError("not a CTW line", "x1,y1,...,x14,y14,####word is needed")
    return _word(place, found[1].rstrip(", \t"), found[2])


def _parse_box(place: str, box: Element) -> WordRegion:
    return _word(place, box.findtext("segs") or "", box.findtext("label") or "")


def _word(place: str, numbers: str, text: str) -> WordRegion:
    return WordRegion(place, text, polygon(numbers.split(",")), is_ignored=text.strip() in _DO_NOT_CARE)
