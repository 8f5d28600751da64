"""``decode_image`` of ppocr_rare.utils.images on files with transparent pixels."""

import numpy as np
import pytest
from material import pillow_file
from PIL import Image

from ppocr_rare.utils.images import decode_image

GRADIENT = np.dstack(np.broadcast_arrays(np.arange(0, 240, 6), np.arange(0, 200, 10)[:, None], 90)).astype(np.uint8)


def transparent(kind, ink):
    """A file with a bar of that grey on a transparent ground whose hidden colour is the bar's, and which it is."""
    pixels = np.full((20, 40, 4), ink, np.uint8)
    pixels[:, :, 3] = 0
    pixels[5:15, 10:30, 3] = 255
    image = Image.fromarray(pixels, "RGBA")
    if kind == "palette":
        return pillow_file(image.quantize(8), "PNG")
    if kind == "grey":
        return pillow_file(image.convert("LA"), "PNG")
    if kind == "colour key":
        key = 255 - ink
        pixels[pixels[:, :, 3] == 0] = key
        return pillow_file(Image.fromarray(pixels[:, :, :3]), "PNG", transparency=(key, key, key))
    return pillow_file(image, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "palette", "grey", "colour key"])
@pytest.mark.parametrize("ink, ground", [(0, 255), (90, 255), (160, 0), (255, 0)])
def test_a_transparent_ground_is_the_contrary_of_what_is_seen(kind, ink, ground):
    expected = np.full((20, 40, 3), ground)
    expected[5:15, 10:30] = ink
    decoded = decode_image(transparent(kind, ink))
    assert np.abs(decoded - expected).max() <= (2 if kind == "palette" else 0)


def test_alpha_that_says_nothing_changes_nothing():
    for alpha in (0, 255):  # nothing is to be seen, all is
        pixels = np.dstack([GRADIENT, np.full((20, 40), alpha, np.uint8)])
        assert (decode_image(pillow_file(Image.fromarray(pixels, "RGBA"), "PNG"), "RGB") == GRADIENT).all()


def test_a_transparent_file_is_turned_as_its_orientation_says():
    pixels = np.dstack([GRADIENT, np.full((20, 40), 255, np.uint8)])
    pixels[0, 0, 3] = 254  # white or black shows through a little
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    data = pillow_file(Image.fromarray(pixels, "RGBA"), "PNG", exif=exif.tobytes())
    turned = np.rot90(decode_image(data, ignore_orientation=True), -1)
    assert (decode_image(data) == turned).all() and turned.shape == (40, 20, 3)
