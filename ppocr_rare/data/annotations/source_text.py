"""From a file that somebody else wrote to text, JSON and XML: bounded, without entities, nothing evaluated."""

import codecs
import json
import logging
import os
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from ppocr_rare.data.annotations.matlab import is_matlab
from ppocr_rare.errors import SampleError
from ppocr_rare.utils.images import MAX_FILE_BYTES
from ppocr_rare.utils.open_file import open_file

logger = logging.getLogger(__name__)

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']""")
_REQUIRED = object()


def read_text(path: str | os.PathLike) -> str:
    """Returns a file's text: UTF-8 with or without a byte-order mark, or what an XML declaration says.

    Anything else is taken for CP1252, the Western Windows encoding, with a warning.

    Raises:
        SampleError: "unreadable file", "file too large", "not text".
    """
    try:
        with open_file(path) as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SampleError("unreadable file", error.strerror or "") from error
    if len(data) > MAX_FILE_BYTES:
        raise SampleError("file too large", f"more than {MAX_FILE_BYTES} bytes")
    if is_matlab(data):
        raise SampleError("MATLAB file", "only Total-Text's are read")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        raise SampleError("not text", "binary, or UTF-16; save it as UTF-8")
    declared = _DECLARED.match(data)
    for encoding in [declared[1].decode() if declared else "utf-8-sig", "utf-8-sig"]:
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    logger.warning("%s is not UTF-8: read as CP1252; look at its labels", path)
    return data.decode("cp1252", errors="replace")


def lines_of(path: str | os.PathLike, text: str) -> Iterator[tuple[str, str]]:
    """The lines that are not blank, each with its place: ``file:number``."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line.removesuffix("\r")


def parse_json(text: str, kind: type = dict) -> Any:
    """Parses JSON; raises SampleError("not JSON") also where it nests too deeply, or is not of the kind expected."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SampleError("not JSON", str(error)) from error
    if not isinstance(value, kind):
        raise SampleError("not JSON", f"a {kind.__name__} is needed")
    return value


def field(item: Any, name: str, kind: type | tuple[type, ...], default: Any = _REQUIRED) -> Any:
    """``item[name]`` where that is of a kind; else ``default``, where one is given.

    Raises:
        SampleError: "unexpected JSON".
    """
    value = item.get(name) if isinstance(item, dict) else None
    if isinstance(value, kind):
        return value
    if default is _REQUIRED:
        raise SampleError("unexpected JSON", f"no {name!r}, or not of the type expected")
    return default


def size_of(item: Any, width: str, height: str) -> tuple[int, int] | None:
    """The whole numbers under two names; None unless both are there."""
    sides = tuple(field(item, name, int, default=0) for name in (width, height))
    return sides if all(sides) else None


def parse_xml(text: str) -> Element:
    """Parses XML.

    Raises:
        SampleError: "not XML"; "XML with entities", which could read other files or grow without end.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate("utf-8")  # instead of what the declaration says, which has been heeded already
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = parser.SkippedEntityHandler = _refuse_entities
    try:
        parser.Parse(text.encode("utf-8", errors="replace"), True)
        return builder.close()
    except expat.ExpatError as error:
        raise SampleError("not XML", str(error)) from error


def _refuse_entities(name: str, *_: Any) -> None:
    raise SampleError("XML with entities", name)
