"""Street View Text's train.xml and test.xml, all pictures in one file: ``<taggedRectangle x y width height>``.

ICDAR 2003 has the same form.
"""

from xml.etree.ElementTree import Element

from ppocr_rare.data.annotations.source_text import parse_xml
from ppocr_rare.data.annotations.word_region import AnnotatedImage, WordRegion, box, parse_each
from ppocr_rare.errors import SampleError


def matches(text: str) -> bool:
    """True for XML whose root is ``<tagset>``."""
    return text.lstrip().startswith("<") and "<tagset" in text


def read(path: str, text: str) -> list[AnnotatedImage]:
    """Returns the pictures in the order of the file."""
    images = []
    for image in parse_xml(text).iter("image"):
        name = (image.findtext("imageName") or "").strip()
        rectangles = enumerate(image.iter("taggedRectangle"), start=1)
        items = [(f"{path}#{name}#{number}", rectangle) for number, rectangle in rectangles]
        images.append(AnnotatedImage(name, parse_each(items, _parse)))
    return images


def _parse(place: str, rectangle: Element) -> WordRegion:
    try:
        x, y, width, height = (float(rectangle.get(key, "")) for key in ("x", "y", "width", "height"))
    except ValueError as error:
        raise SampleError("not a number", "x, y, width and height are needed") from error
    return WordRegion(place, rectangle.findtext("tag") or "", box(x, y, x + width, y + height))
