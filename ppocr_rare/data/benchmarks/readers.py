"""Reads the annotations of the seven sets as their authors wrote them."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ppocr_rare.data.annotations import read_annotations, svt_xml
from ppocr_rare.data.annotations.matlab import load_matlab
from ppocr_rare.data.annotations.source_text import lines_of, parse_xml, read_text
from ppocr_rare.data.benchmarks.words import ListedWord
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection

_QUOTED = re.compile(r'([^\t]+?)\s*,\s*"(.*)"')  # ICDAR: word_1.png, "A \"quoted\" word"
_LEXICONS = {"smallLexi": "50", "mediumLexi": "1k"}  # IIIT5K's fields, and what papers call them
_ESCAPED = re.compile(r'\\(["\\])')


def read_matlab(path: Path) -> list[ListedWord]:
    """IIIT5K's ``testdata.mat``: a struct array with the fields ImgName, GroundTruth, and maybe smallLexi, mediumLexi.

    Raises:
        DataError: it cannot be read, or SciPy, which reads it, is not installed.
    """
    with _named(path):
        found = load_matlab(path, ["testdata"])
    try:
        rows = found["testdata"]
        names, labels = (rows[name].reshape(-1) for name in ("ImgName", "GroundTruth"))
        pairs = [(str(name), str(label)) for name, label in zip(names, labels, strict=True)]
        lexicons = {
            name: [[str(word) for word in np.atleast_1d(words)] for words in rows[field].reshape(-1)]
            for field, name in _LEXICONS.items()
            if field in (rows.dtype.names or ())
        }
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is no struct array 'testdata' with ImgName and GroundTruth ({error})") from error
    return [
        ListedWord(name, path.parent / name, label, None, {size: words[index] for size, words in lexicons.items()})
        for index, (name, label) in enumerate(pairs)
    ]


def read_icdar_2003(path: Path) -> list[ListedWord]:
    """IC03's list of word images, ``word.xml``, or its photographs with rectangles in the form of SVT, ``words.xml``.

    Raises:
        DataError: it cannot be read.
    """
    with _named(path):
        has_rectangles = svt_xml.matches(read_text(path))
    return read_tagged_rectangles(path) if has_rectangles else read_image_tags(path)


def read_image_tags(path: Path) -> list[ListedWord]:
    """IC03's ``word.xml``: elements ``<image file="word/1/1.jpg" tag="self"/>``.

    Raises:
        DataError: it cannot be read.
    """
    with _named(path):
        images = list(parse_xml(read_text(path)).iter("image"))
    words = []
    for number, image in enumerate(images, start=1):
        name, label = image.get("file"), image.get("tag")
        if name is None or label is None:
            raise DataError(f"{path}: image {number} lacks its 'file' or its 'tag'")
        words.append(ListedWord(name, path.parent / name, label))
    return words


def read_tagged_rectangles(path: Path) -> list[ListedWord]:
    """SVT's ``test.xml``: photographs with rectangles, each with its word, and the words that each photograph may hold.

    Raises:
        DataError: it cannot be read, or one of its words cannot.
    """
    with _named(path):
        images = read_annotations(path, "svt")
        tags = list(parse_xml(read_text(path)).iter("image"))
    lexicons = {(tag.findtext("imageName") or "").strip(): (tag.findtext("lex") or "").split(",") for tag in tags}
    words = []
    for image in images:
        name = image.name or ""  # this format always has one, be it empty
        for number, word in enumerate(image.words, start=1):
            if isinstance(word, Rejection):
                raise DataError(str(word))
            corners = tuple(word.points.round().astype(int).reshape(-1).tolist())
            own = [one.strip() for one in lexicons.get(name, ()) if one.strip()]
            listed = {"50": own} if own else {}
            words.append(ListedWord(f"{name}#{number}", path.parent / name, word.text.strip(), corners, listed))
    return words


def read_label_lines(path: Path) -> list[ListedWord]:
    """A text file with a line per image: ``name, "text"`` (ICDAR), ``name<TAB>text``, or ``name text`` (SVTP).

    Images are looked for beside the file and in the folders beside it.

    Raises:
        DataError: it cannot be read, or a line has no text.
    """
    with _named(path):
        pairs = [_parse_line(place, line) for place, line in lines_of(path, read_text(path))]
    if not pairs:
        return []
    beside = sorted(entry for entry in path.parent.iterdir() if entry.is_dir())
    folder = next((place for place in [path.parent, *beside] if (place / pairs[0][0]).is_file()), path.parent)
    return [ListedWord(name, folder / name, label) for name, label in pairs]


def _parse_line(place: str, line: str) -> tuple[str, str]:
    line = line.strip()
    if quoted := _QUOTED.fullmatch(line):
        return quoted[1], _ESCAPED.sub(r"\1", quoted[2])
    cells = line.split("\t") if "\t" in line else line.split()
    if len(cells) < 2:
        raise DataError(f"{place}: no image and text: {line[:80]!r}")
    return cells[0].strip().rstrip(","), cells[1].strip()


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Says which file it is that cannot be read, and so costs its whole set."""
    try:
        yield
    except SampleError as error:
        raise DataError(f"{path}: {error}") from error
