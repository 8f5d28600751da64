"""Where the words of a photograph are, as many formats say it.

A module per format, each with ``matches(text)``, which knows the format by its content, and ``read(path, text)``. Of
MATLAB's files only Total-Text's are read.
"""

import os
from types import ModuleType

from ppocr_rare.data.annotations import coco_text, ctw, icdar, labelme, paddleocr_det, svt_xml, total_text
from ppocr_rare.data.annotations.matlab import is_matlab
from ppocr_rare.data.annotations.source_text import read_text
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion
from ppocr_rare.errors import SampleError
from ppocr_rare.utils.open_file import open_file

FORMATS: dict[str, ModuleType] = {
    "icdar": icdar,
    "svt": svt_xml,
    "total_text": total_text,
    "ctw": ctw,
    "coco_text": coco_text,
    "labelme": labelme,
    "paddleocr": paddleocr_det,
}

__all__ = ["FORMATS", "AnnotatedImage", "WordRegion", "read_annotations"]


def read_annotations(path: str | os.PathLike, format_name: str = "auto") -> list[AnnotatedImage]:
    """Reads an annotation file.

    Args:
        path: the file. A blank one has no words, in any format.
        format_name: one of FORMATS; "auto" goes by the content.

    Raises:
        SampleError: the file as a whole cannot be understood. What concerns one word is a Rejection in its place.
    """
    if format_name in ("auto", "total_text") and _is_matlab(path):
        return total_text.read_matlab(os.fspath(path))
    text = read_text(path)
    if not text.strip():
        return []
    if format_name == "auto":
        format_name = _recognise(text)
    return FORMATS[format_name].read(os.fspath(path), text)


def _is_matlab(path: str | os.PathLike) -> bool:
    try:
        with open_file(path) as file:
            return is_matlab(file.read(32))
    except OSError:
        return False  # reading it will fail, and say why


def _recognise(text: str) -> str:
    names = [name for name, reader in FORMATS.items() if reader.matches(text)]
    if len(names) != 1:
        what = f"it could be {' or '.join(names)}" if names else f"none of {', '.join(FORMATS)}"
        raise SampleError("unknown annotation format", f"{what}; --annotation_format says which")
    return names[0]
