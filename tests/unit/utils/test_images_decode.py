"""``decode_image`` of ppocr_rare.utils.images on sound, odd, damaged and hostile files."""

import io
import struct
import time
import warnings
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from ppocr_rare.errors import SampleError
from ppocr_rare.utils import images
from ppocr_rare.utils.images import decode_image

GRADIENT = np.dstack(np.broadcast_arrays(np.arange(0, 240, 6), np.arange(0, 200, 10)[:, None], 90)).astype(np.uint8)


def encode(kind, pixels=GRADIENT, mode="RGB", **options):
    """An image file of RGB pixels [20, 40, 3], made by Pillow."""
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, kind, **options)
    return file.getvalue()


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_that_claims(width, height):
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(b"\0" * 9)) + png_chunk(b"IEND", b"")


def reason(data, **options):
    with pytest.raises(SampleError) as caught:
        decode_image(data, **options)
    return caught.value.reason


PNG, JPEG = encode("PNG"), encode("JPEG", quality=95)
NOISE = encode("PNG", np.random.RandomState(0).randint(0, 256, (160, 160, 3)).astype(np.uint8))  # in two IDAT chunks


def make_jpeg_with_thumbnail():
    content = b"Exif\0\0 with a thumbnail: " + JPEG
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + JPEG[2:]


FILES = {
    "PNG": PNG,
    "JPEG": JPEG,
    "PROGRESSIVE": encode("JPEG", progressive=True),
    "RESTARTS": encode("JPEG", restart_marker_blocks=2),
    "WITH_THUMBNAIL": make_jpeg_with_thumbnail(),
    **{kind: encode(kind) for kind in ("BMP", "TIFF", "PPM")},
    "WEBP": encode("WEBP", lossless=True),
}


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
@pytest.mark.parametrize("mode, order", [("BGR", [2, 1, 0]), ("RGB", [0, 1, 2])])
def test_lossless_formats(kind, mode, order):
    assert (decode_image(encode(kind), mode) == GRADIENT[:, :, order]).all()


@pytest.mark.parametrize("name", ["JPEG", "PROGRESSIVE", "RESTARTS", "WITH_THUMBNAIL", "WEBP"])
def test_other_formats(name):
    data = FILES[name]
    decoded = decode_image(data, "RGB")
    assert (decoded.shape, decoded.dtype) == (GRADIENT.shape, np.uint8)
    assert np.abs(decoded.astype(int) - GRADIENT).mean() < 4


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
def test_extreme_sizes(size):
    pixels = np.full((*size, 3), 7, np.uint8)
    assert (decode_image(encode("PNG", pixels)) == pixels).all()


@pytest.mark.parametrize("kind, mode", [("PNG", "L"), ("JPEG", "L"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "I;16")])
def test_grey_files_give_three_equal_channels(kind, mode):
    decoded = decode_image(encode(kind, np.full((20, 40), 255, np.uint8), mode))
    assert (decoded.shape, decoded.dtype) == ((20, 40, 3), np.uint8)
    assert (decoded == decoded[:, :, :1]).all()


def test_sixteen_bits_become_eight():
    data = cv2.imencode(".png", np.full((2, 3, 3), 0x1280, np.uint16))[1].tobytes()
    assert (decode_image(data) == 0x12).all()


def test_palette():
    palette = Image.new("P", (2, 1))
    palette.putpalette([1, 2, 3, 10, 20, 30])
    palette.putpixel((1, 0), 1)
    file = io.BytesIO()
    palette.save(file, "PNG")
    assert decode_image(file.getvalue(), "RGB").tolist() == [[[1, 2, 3], [10, 20, 30]]]


def test_cmyk_jpeg():
    decoded = decode_image(encode("JPEG", mode="CMYK", quality=95), "RGB")
    assert np.abs(decoded.astype(int) - GRADIENT).mean() < 6


def test_exif_orientation():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by a quarter to the right
    data = encode("JPEG", exif=exif)
    upright, stored = decode_image(data), decode_image(data, ignore_orientation=True)
    assert (upright.shape, stored.shape) == ((40, 20, 3), (20, 40, 3))
    assert (upright == np.rot90(stored, -1)).all()


def test_grey_mode_weighs_the_channels():
    pixels = np.zeros((1, 3, 3), np.uint8)
    pixels[0, range(3), range(3)] = 200  # red, green, blue
    decoded = decode_image(encode("PNG", pixels), "GRAY")
    assert decoded.tolist() == [[[60] * 3, [117] * 3, [23] * 3]]  # 0.299, 0.587, 0.114 of 200


@pytest.mark.parametrize(
    "data, expected",
    [
        (b"", "empty file"),
        (b"plain text in a file named .png", "not an image"),
        (bytes(1000), "not an image"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "not an image"),
        (b"Pf\n1 1\n-1.0\n\0\0\0\0", "not an image"),  # floating point
        (png_that_claims(0, 5), "not an image"),
        (PNG[:8] + png_chunk(b"IEND", b""), "not an image"),
    ],
)
def test_no_image(data, expected):
    assert reason(data) == expected


@pytest.mark.parametrize("name", ["PNG", "JPEG", "PROGRESSIVE", "RESTARTS", "WITH_THUMBNAIL"])
def test_every_cut_is_reported(name):
    data = FILES[name]
    signature = 8 if name == "PNG" else 2
    for end in range(len(data)):
        expected = "truncated image" if end >= signature else ("not an image" if end else "empty file")
        assert reason(data[:end]) == expected, end


def test_cuts_of_a_png_of_several_chunks():
    assert NOISE.count(b"IDAT") > 1
    for end in range(8, len(NOISE), 997):
        assert reason(NOISE[:end]) == "truncated image"


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "WEBP", "PPM"])
def test_cuts_of_other_formats_are_never_decoded(kind):
    for end in range(0, len(FILES[kind]), 37):
        reason(FILES[kind][:end])


@pytest.mark.parametrize("name", ["PNG", "JPEG", "PROGRESSIVE", "RESTARTS", "WITH_THUMBNAIL"])
@pytest.mark.parametrize("tail", [b"\0", b"trailing", bytes(5000), JPEG], ids=["zero", "text", "zeros", "image"])
def test_bytes_behind_the_end_do_no_harm(name, tail):
    data = FILES[name]
    assert (decode_image(data + tail) == decode_image(data)).all()


@pytest.mark.parametrize("name", ["PNG", "JPEG", "PROGRESSIVE", "RESTARTS"])
def test_a_rest_lost_to_zeros_is_reported(name):
    data = FILES[name]
    half = len(data) * 3 // 4
    assert reason(data[:half] + bytes(len(data) - half)) == "truncated image"


def test_damage_in_the_middle_of_a_png():
    damaged = bytearray(PNG)
    damaged[PNG.index(b"IDAT") + 20] ^= 0xFF
    assert reason(bytes(damaged)) == "not an image"


def ppm_that_claims(width, height):
    return b"P6 %d %d 255\n" % (width, height) + bytes(9)


@pytest.mark.parametrize("size", [(30000, 30000), (10000, 9500), (8001, 8000)])
@pytest.mark.parametrize("claim", [png_that_claims, ppm_that_claims])
def test_the_header_is_believed_before_anything_is_allocated(claim, size, monkeypatch):
    monkeypatch.setattr(images.cv2, "imdecode", lambda *_: pytest.fail("pixels were decoded"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow has a limit of its own
        assert reason(claim(*size)) == "image too large"


def test_faults_beside_the_pixels_of_a_png_do_no_harm():
    text = bytearray(png_chunk(b"tEXt", b"title\0word"))
    text[-1] ^= 0xFF
    assert (decode_image(PNG[:33] + bytes(text) + PNG[33:]) == decode_image(PNG)).all()


def test_the_limit_itself_is_allowed(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", GRADIENT.shape[0] * GRADIENT.shape[1])
    assert decode_image(PNG).shape == GRADIENT.shape
    monkeypatch.setattr(images, "MAX_PIXELS", GRADIENT.shape[0] * GRADIENT.shape[1] - 1)
    assert reason(PNG) == "image too large"


def decode_or_reject(data):
    try:
        decoded = decode_image(data)
    except SampleError:
        return
    assert decoded.dtype == np.uint8
    assert decoded.ndim == 3 and decoded.shape[2] == 3


STARTS = (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\0", b"RIFF\x10\0\0\0WEBPVP8 ", b"P6 ", b"P5\n")


@given(st.sampled_from(STARTS), st.binary(max_size=300))
@example(b"\xff\xd8", b"\xff\xd9")
@settings(deadline=None)
def test_arbitrary_bytes_are_decoded_or_rejected(start, rest):
    decode_or_reject(start + rest)


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(deadline=None)
def test_damaged_files_are_decoded_or_rejected(name, data):
    damaged = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large sizes and odd metadata
        decode_or_reject(bytes(damaged))


def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded():
    """66 kB of repeated scans took ten seconds: each goes over all pixels of the image."""
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((2000, 2000), np.uint8)).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    assert decode_image(data).shape == (2000, 2000, 3)
    start = data.rindex(b"\xff\xda")
    scan = data[start:-2]
    with pytest.raises(SampleError, match="more than 64 scans"):
        decode_image(data[:-2] + 100 * scan + data[-2:])


@pytest.mark.parametrize("empty", [b"\xff\xe0\x00\x02", b"\x00\x00\x00\x00teXt\x00\x00\x00\x00"])
def test_an_image_of_empty_parts_is_refused(empty):
    start = b"\xff\xd8" if empty[0] else b"\x89PNG\r\n\x1a\n"
    began = time.process_time()
    with pytest.raises(SampleError, match="more than 100000 parts"):
        decode_image(start + 3_000_000 * empty)
    assert time.process_time() - began < 5
