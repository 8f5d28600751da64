"""Where the words of a photograph are, as many formats say it.

A module per format, each with ``matches(text)``, which knows the format by its content, and ``read(path, text)``.
"""

import os
from types import ModuleType

from ppocr_rare.data.annotations import coco_text, ctw, icdar, labelme, paddleocr_det, svt_xml, total_text
from ppocr_rare.data.annotations.source_text import read_text
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion
from ppocr_rare.errors import SampleError

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
    text = read_text(path)
    if not text.strip():
        return []
    if format_name == "auto":
        format_name = _recognise(text)
    return FORMATS[format_name].read(os.fspath(path), text)


def _recognise(text: str) -> str:
    names = [name for name, reader in FORMATS.items() if reader.matches(text)]
    if len(names) != 1:
        what = f"it could be {' or '.join(names)}" if names else f"none of {', '.join(FORMATS)}"
        raise SampleError("unknown annotation format", f"{what}; --annotation_format says which")
    return names[0]
