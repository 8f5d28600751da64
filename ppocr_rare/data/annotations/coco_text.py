"""COCO-Text 1 and 2, all pictures in one JSON: ``imgs`` and ``anns`` by their ids.

Words that are not legible or have no ``utf8_string`` are those that the authors left unread: "do not care".
"""

from typing import Any

from ppocr_rare.data.annotations.source_text import field, parse_json, size_of
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, box, parse_each, polygon
from ppocr_rare.errors import SampleError


def matches(text: str) -> bool:
    """True for JSON with ``anns`` and ``imgs``."""
    return text.lstrip().startswith("{") and '"anns"' in text and '"imgs"' in text


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the pictures that have words, in the order of their first one."""
    data = parse_json(text)
    imgs = field(data, "imgs", dict)
    by_image: dict[str, list[tuple[str, Any]]] = {}
    for number, annotation in field(data, "anns", dict).items():
        image_id = annotation.get("image_id") if isinstance(annotation, dict) else None
        by_image.setdefault(str(image_id), []).append((f"{path}#anns.{number}", annotation))
    images = []
    for image_id, items in by_image.items():
        image = imgs.get(image_id)
        name, size = field(image, "file_name", str, default=""), size_of(image, "width", "height")
        images.append(AnnotatedImage(name, parse_each(items, _parse), size))
    return images


def _parse(place: str, annotation: dict) -> WordRegion:
    outline = field(annotation, "mask", list, default=None) or field(annotation, "polygon", list, default=[])
    if len(outline) >= 8:  # the second edition has some masks with fewer points; every word has a box
        points = polygon(outline)
    else:
        try:
            x, y, width, height = map(float, field(annotation, "bbox", list))
        except (TypeError, ValueError) as error:
            raise SampleError("not a number", "bbox") from error
        points = box(x, y, x + width, y + height)
    text = field(annotation, "utf8_string", str, default="")
    is_legible = field(annotation, "legibility", str, default="legible") == "legible"
    return WordRegion(place, text, points, is_ignored=not is_legible or not text.strip(), is_ordered=False)
