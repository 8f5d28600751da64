"""LabelMe's JSON, one a picture: shapes of the kinds polygon and rectangle, the word as the label.

A shape with the flag ``difficult`` is "do not care", as is ``###``.
"""

from ppocr_rare.data.annotations.source_text import field, parse_json, size_of
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, box, flatten, parse_each, polygon
from ppocr_rare.errors import SampleError


def matches(text: str) -> bool:
    """True for JSON with ``shapes``."""
    return text.lstrip().startswith("{") and '"shapes"' in text


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the picture that ``imagePath`` names, or that of the file's name."""
    data = parse_json(text)
    items = [(f"{path}#shapes[{number}]", shape) for number, shape in enumerate(field(data, "shapes", list))]
    name = field(data, "imagePath", str, default=None) or None
    return [AnnotatedImage(name, parse_each(items, _parse), size_of(data, "imageWidth", "imageHeight"))]


def _parse(place: str, shape: dict) -> WordRegion:
    text = field(shape, "label", str)
    kind = field(shape, "shape_type", str, default="polygon")
    coordinates = flatten(field(shape, "points", list))
    if kind not in ("polygon", "rectangle"):
        raise SampleError("neither polygon nor rectangle", kind)
    is_box = kind == "rectangle" and len(coordinates) == 4
    points = box(*coordinates) if is_box else polygon(coordinates)
    is_difficult = shape.get("difficult") or field(shape, "flags", dict, default={}).get("difficult")
    is_ignored = bool(is_difficult) or text.strip() == "###"
    return WordRegion(place, text, points, is_ignored, is_ordered=False)
