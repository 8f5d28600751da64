"""From a path or bytes to the array that the model takes. Every way into the model goes through here."""

import io
import math
import os
import re
import struct
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from ppocr_rare.errors import SampleError
from ppocr_rare.utils.open_file import open_file
from ppocr_rare.utils.pixels import MAX_PIXELS, ImageMode, is_transparent, pixels_of_pillow, to_mode

Interpolation = Literal["bilinear", "area"]

# More than an image within MAX_PIXELS needs in any compressed format.
MAX_FILE_BYTES = 256 * 1024 * 1024

# Read by both Pillow, which gives the size, and every supported OpenCV, which gives the pixels.
IMAGE_FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE_END = 24
_PNG_COLOUR_TYPE = 25  # place of the byte in the header
_PNG_WITH_ALPHA = (4, 6)
_JPEG_START = b"\xff\xd8"
_JPEG_END, _JPEG_SCAN = 0xD9, 0xDA
_MAX_SCANS = 64  # of a JPEG; progressive ones have ten
_MAX_PARTS = 100_000  # segments of a JPEG, chunks of a PNG: 256 MB in chunks of 4 kB are fewer
# In JPEG pixel data 0xff is followed by 0 where it is data, and by 0xd0 to 0xd7 at a restart; 0xff also fills.
_JPEG_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)

# The value of each grey level, in float32 and in PaddleOCR's order of operations: equal to its result bit for bit.
_NORMALIZED = (np.arange(256, dtype=np.float32) / 255 - 0.5) / 0.5


def read_image_bytes(path: str | os.PathLike) -> bytes:
    """Returns what a file holds. Python opens it, not OpenCV, which cannot open every Unicode name on every system.

    Raises:
        SampleError: the file is missing, a directory, empty, unreadable, or larger than MAX_FILE_BYTES. It does not
            name the path, which is the sample's key.
    """
    try:
        with open_file(path) as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SampleError("missing file") from error
    except IsADirectoryError as error:
        raise SampleError("a directory, not a file") from error
    except OSError as error:
        raise SampleError("unreadable file", error.strerror or "") from error
    if not data:
        raise SampleError("empty file")
    if len(data) > MAX_FILE_BYTES:
        raise SampleError("file too large", f"more than {MAX_FILE_BYTES} bytes")
    return data


def decode_image(data: bytes, mode: ImageMode = "BGR", ignore_orientation: bool = False) -> np.ndarray:
    """Decodes an image file of any depth, palette or colour space to 8-bit colour.

    What is transparent is laid over white, or over black where the rest is light, as ``without_alpha`` says.

    Args:
        data: the whole file.
        mode: order of the channels; GRAY gives three equal channels.
        ignore_orientation: leaves the image as it is stored, whatever its EXIF orientation says.

    Returns:
        uint8 [H, W, 3].

    Raises:
        SampleError: "empty file", "not an image", "image too large" or "truncated image".

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/operators.py, DecodeImage.
    """
    if not data:
        raise SampleError("empty file")
    if _is_cut_short(data):
        raise SampleError("truncated image", f"the end of the file is missing after {len(data)} bytes")
    size = read_size(data)
    if size is None:
        raise SampleError("not an image", f"what is read are {', '.join(IMAGE_FORMATS)}")
    width, height = size
    if width * height > MAX_PIXELS:
        raise SampleError("image too large", f"{width} x {height} pixels; at most {MAX_PIXELS}")
    image = _decode_transparent(data, ignore_orientation)
    return to_mode(_decode_pixels(data, ignore_orientation) if image is None else image, mode)


def resize(image: np.ndarray, width: int, height: int, interpolation: Interpolation) -> np.ndarray:
    """An image [H, W, 3] in another size, in pixels.

    Args:
        image: uint8.
        width: of the result.
        height: of the result.
        interpolation: "area" averages the pixels that become one where neither side grows, and samples bilinearly
            elsewhere; "bilinear" samples always, which looks at four of them however many there are.
    """
    is_averaged = interpolation == "area" and width <= image.shape[1] and height <= image.shape[0]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if is_averaged else cv2.INTER_LINEAR)


def resize_norm_img(
    image: np.ndarray,
    image_shape: tuple[int, int, int],
    padding: bool = True,
    interpolation: Interpolation = "bilinear",
) -> tuple[np.ndarray, float]:
    """Resizes an image to what the model takes and maps its grey levels to [-1, 1].

    Args:
        image: uint8 [H, W, 3].
        image_shape: (3, H, W) of the result in pixels.
        padding: keeps the aspect ratio as far as the width allows and pads on the right with 0, the middle grey.
        interpolation: see ``resize``.

    Returns:
        float32 [3, H, W] within [-1, 1], and the part of the width that is not padding, in (0, 1].

    Raises:
        SampleError: the array is no such image.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/rec_img_aug.py, resize_norm_img.
    Differs: 14.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise SampleError("not an image", f"uint8 [H, W, 3] is needed, got {image.dtype} {list(image.shape)}")
    channels, height, width = image_shape
    if padding:
        aspect = image.shape[1] / image.shape[0]
        resized_width = min(width, math.ceil(height * aspect))
    else:
        resized_width = width
    levels = resize(image, resized_width, height, interpolation)  # [H, W', 3]
    result = np.zeros((channels, height, width), np.float32)
    result[:, :, :resized_width] = cv2.LUT(levels, _NORMALIZED).transpose(2, 0, 1)
    return result, resized_width / width


def levels_of_input(image: np.ndarray) -> np.ndarray:
    """What ``resize_norm_img`` gave, or a network made of it, float32 [3, H, W], to look at: uint8 [H, W, 3]."""
    levels = np.clip((image + 1) * 127.5, 0, 255).round().astype(np.uint8)
    return np.ascontiguousarray(levels.transpose(1, 2, 0))


def read_size(data: bytes) -> tuple[int, int] | None:
    """Width and height as the header gives them; None where there is no header that can be read."""
    if data.startswith(_PNG_START) and data[12:16] == b"IHDR" and len(data) >= _PNG_SIZE_END:
        return struct.unpack_from(">II", data, 16)  # Pillow refuses a PNG for faults in its texts and profiles as well
    try:
        with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as header:
            return header.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise SampleError("image too large", f"at most {MAX_PIXELS} pixels") from error
    except Exception:  # a damaged header can raise nearly anything in Pillow's parsers
        return None


def _decode_transparent(data: bytes, ignore_orientation: bool) -> np.ndarray | None:
    """The BGR image of a file with transparency, all of whose forms Pillow knows; None where there is none.

    None as well where Pillow cannot decode it, as it refuses a PNG for faults in its texts and profiles.
    """
    is_png = data.startswith(_PNG_START)
    has_none = is_png and data[_PNG_COLOUR_TYPE] not in _PNG_WITH_ALPHA and b"tRNS" not in data[: data.find(b"IDAT")]
    if has_none or data.startswith(_JPEG_START):
        return None
    try:
        with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as image:
            return pixels_of_pillow(image, "BGR", ignore_orientation) if is_transparent(image) else None
    except Exception:  # a damaged file can raise nearly anything in Pillow's parsers
        return None


def _decode_pixels(data: bytes, ignore_orientation: bool) -> np.ndarray:
    flags = cv2.IMREAD_COLOR | (cv2.IMREAD_IGNORE_ORIENTATION if ignore_orientation else 0)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:  # some damage is reported this way, most of it with None
        image = None
    # A floating-point PFM, which passes for PPM, comes back as it is.
    if image is None or image.ndim != 3 or image.dtype != np.uint8:
        raise SampleError("not an image", "damaged, or of a kind that is not supported")
    return image


def _is_cut_short(data: bytes) -> bool:
    """True for a PNG or JPEG without its end. Bytes behind the end do no harm.

    OpenCV refuses a file that merely stops, but not a JPEG whose rest was lost to zeros: it makes the missing part up.
    """
    if data.startswith(_PNG_START):
        return not _has_png_end(data)
    if data.startswith(_JPEG_START):
        return not _has_jpeg_end(data)
    return False


def _has_png_end(data: bytes) -> bool:
    at = len(_PNG_START)
    for _ in range(_MAX_PARTS):
        if at + 12 > len(data):  # a chunk: length, kind, content, 4 bytes of checksum
            return False
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if kind == b"IEND":
            return at <= len(data)
        if not kind.isalpha():
            return False
    raise SampleError("not an image", f"more than {_MAX_PARTS} parts, which no picture has")


def _has_jpeg_end(data: bytes) -> bool:
    at, num_scans = len(_JPEG_START), 0
    for _ in range(_MAX_PARTS):
        if not (marker := _JPEG_MARKER.search(data, at)):
            return False
        if marker[1][0] == _JPEG_END:
            return True
        num_scans += marker[1][0] == _JPEG_SCAN
        if num_scans > _MAX_SCANS:  # each goes over the whole image, and takes a few bytes
            raise SampleError("not an image", f"more than {_MAX_SCANS} scans, which no camera or program makes")
        # Skips the segment, which may hold a thumbnail with an end of its own. The length counts its own two bytes.
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    raise SampleError("not an image", f"more than {_MAX_PARTS} parts, which no picture has")
