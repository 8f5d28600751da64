"""Pixels as programs hold them: arrays of any type, Pillow's images, transparent ones."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from ppocr_rare.errors import SampleError
from ppocr_rare.utils import pixels
from ppocr_rare.utils.images import decode_image
from ppocr_rare.utils.pixels import levels_of, pixels_of, pixels_of_pillow, without_alpha

NOISE = np.random.default_rng(0).integers(0, 256, (20, 40, 3), np.uint8)


@pytest.mark.parametrize(
    "array",
    [
        NOISE,
        NOISE.astype(np.float32),
        NOISE / 255,
        (NOISE / 255).astype(np.float16),
        NOISE.astype(np.int64),
        NOISE.astype(np.uint16) << 8,
        NOISE[:, ::-1][:, ::-1],
    ],
)
def test_types_of_the_same_image(array):
    found = pixels_of(array)
    assert found.dtype == np.uint8 and (found == NOISE).all()
    assert (pixels_of(array, "RGB") == NOISE[:, :, ::-1]).all()


def test_floats_up_to_one_are_parts_of_white_and_others_are_levels():
    assert levels_of(np.array([0, 0.5, 1])).tolist() == [0, 128, 255]
    assert levels_of(np.array([0, 0.5, 1.5, 254.6])).tolist() == [0, 0, 2, 255]
    assert levels_of(np.array([0, 1])).tolist() == [0, 1]  # whole numbers are levels
    assert levels_of(np.array([False, True])).tolist() == [0, 255]


@pytest.mark.parametrize("value", [-0.1, -1, 255.5, 256, np.nan, np.inf])
def test_values_that_are_no_levels(value):
    with pytest.raises(SampleError, match="not an image: values from 0 to 1 or from 0 to 255"):
        levels_of(np.array([0.0, value]))


@pytest.mark.parametrize("shape", [(5,), (0, 4, 3), (4, 0, 3), (4, 5, 2), (3, 32, 100), (2, 4, 5, 3)])
def test_shapes_that_are_no_image(shape):
    with pytest.raises(SampleError, match="not an image"):
        pixels_of(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "I", "F", "CMYK", "YCbCr"])
def test_images_of_pillow(mode):
    source = Image.fromarray(NOISE[:, :, ::-1])
    image = source.convert("L").convert(mode) if mode in ("I;16", "I", "F") else source.convert(mode)
    expected = np.asarray(image.convert("RGB"))[:, :, ::-1]
    if mode in ("I;16", "I"):  # 16 bits
        expected = np.zeros_like(expected)
    assert (pixels_of_pillow(image) == expected).all()
    if mode == "RGB":
        assert (pixels_of_pillow(image) == NOISE).all()


def test_an_image_of_pillow_is_what_its_file_is():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    file = io.BytesIO()
    Image.fromarray(NOISE).save(file, "PNG", exif=exif.tobytes())
    for ignores in (False, True):
        found = pixels_of_pillow(Image.open(file), "BGR", ignores)
        assert (found == decode_image(file.getvalue(), "BGR", ignores)).all()


def test_an_image_of_pillow_that_is_damaged_or_too_large(monkeypatch):
    file = io.BytesIO()
    Image.fromarray(NOISE).save(file, "PNG")
    with pytest.raises(SampleError, match="not an image: damaged"):
        pixels_of_pillow(Image.open(io.BytesIO(file.getvalue()[:600])))
    monkeypatch.setattr(pixels, "MAX_PIXELS", 799)
    with pytest.raises(SampleError, match="image too large"):
        pixels_of_pillow(Image.open(file))


def test_threads_may_load_the_same_image_of_pillow():
    file = io.BytesIO()
    Image.fromarray(NOISE.repeat(10, 0).repeat(10, 1)).save(file, "PNG")
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            found = list(pool.map(pixels_of_pillow, [Image.open(file)] * 8))
            assert all((image == found[0]).all() for image in found)


def test_what_is_half_transparent_is_mixed():
    image = np.zeros((1, 3, 4), np.uint8)
    image[0, :, 3] = (0, 128, 255)
    assert without_alpha(image)[0, :, 0].tolist() == [255, 127, 0]
