"""What may be given to a recogniser: one image or many, in the forms that programs hold them in."""

import io
import os
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, BinaryIO, TypeGuard, cast

import numpy as np
from PIL import Image

from ppocr_rare.config import Config
from ppocr_rare.errors import RareError, SampleError
from ppocr_rare.utils.image_paths import list_images, read_image_list
from ppocr_rare.utils.images import MAX_FILE_BYTES, read_image_bytes
from ppocr_rare.utils.pixels import levels_of

ImageSource = str | os.PathLike | bytes | bytearray | memoryview | BinaryIO | Image.Image | np.ndarray

_KINDS = "a path, bytes of an image file, an open file, a Pillow image, or an array [H, W, 3]"


def is_one_image(images: Any) -> TypeGuard[ImageSource]:
    """Whether this is one image rather than several: a path, bytes, an open file, a Pillow image, an array [H, W, …].

    Raises:
        TypeError: it is neither an image nor a series of some.
    """
    if _is_file(images) or isinstance(images, Image.Image):
        return True
    if hasattr(images, "__array__"):  # also Paddle's and other libraries' tensors
        num_axes = np.asarray(images).ndim
        return num_axes not in (1, 4)
    if isinstance(images, Iterable) and not isinstance(images, (Mapping, Set)):
        return False
    raise TypeError(f"{_KINDS} is needed, or a series of them in order, not {type(images).__name__}")


def each_image(images: Any) -> Iterator[ImageSource]:
    """The images of a series, of a batch [N, H, W, 3], or the one image that it is.

    The values of a batch are as ``levels_of`` says of all its images together.

    Raises:
        TypeError: one of them is of a kind that no image has. It is raised in its turn, and names its place.
    """
    if is_one_image(images):
        images = [images]
    elif hasattr(images, "__array__"):
        images = np.asarray(images)
        if images.ndim == 4:
            images = levels_of(images)
    for index, image in enumerate(images):
        yield _checked(image, f"images[{index}]: ")


def content_of(image: ImageSource) -> bytes | np.ndarray | Image.Image:
    """What ``DecodeImage`` takes: of a path and of an open file what the file holds, else the image itself.

    Raises:
        SampleError: the file cannot be read.
        TypeError: it is of a kind that no image has.
    """
    image = _checked(image, "")
    if isinstance(image, (bytes, bytearray, memoryview)):
        return bytes(image)
    if isinstance(image, (np.ndarray, Image.Image)):
        return image
    return _read_all(cast(BinaryIO, image)) if hasattr(image, "read") else read_image_bytes(image)


def name_of(image: ImageSource) -> str:
    """The path of an image; empty where it has none."""
    return str(image) if isinstance(image, (str, os.PathLike)) else ""


def _is_file(image: Any) -> bool:
    return isinstance(image, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(image, "read")


def _checked(image: Any, place: str) -> ImageSource:
    if _is_file(image) or isinstance(image, Image.Image):
        return image
    if not hasattr(image, "__array__") or isinstance(image, np.generic):
        raise TypeError(f"{place}{_KINDS} is needed, not {type(image).__name__}")
    array = np.asarray(image)
    if array.dtype.kind not in "biuf" or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3, 4))):
        hint = "; channels stand last" if array.ndim == 3 and array.shape[0] in (1, 3, 4) else ""
        raise TypeError(f"{place}an array [H, W, 3] is needed, not {array.dtype} {list(array.shape)}{hint}")
    return array


def _read_all(file: BinaryIO) -> bytes:
    """What an open file holds, from its start where it can go there: a buffer just written to stands at its end."""
    try:
        if file.seekable():
            file.seek(0)
        data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError, io.UnsupportedOperation) as error:  # ValueError: it is closed
        raise SampleError("unreadable file", str(error)) from error
    if not isinstance(data, bytes):
        raise TypeError("an image file must be opened to read bytes, not text")
    if len(data) > MAX_FILE_BYTES:
        raise SampleError("file too large", f"more than {MAX_FILE_BYTES} bytes")
    return data


def images_of(config: Config) -> list[str]:
    """Paths of the images that ``Global.infer_list``, or else ``Global.infer_img``, names.

    Raises:
        RareError: both are empty, do not exist or hold no image.
    """
    image, image_list = config["Global"]["infer_img"], config["Global"]["infer_list"]
    if image_list:
        return read_image_list(image_list, image)
    if not image:
        raise RareError("no image: say -o Global.infer_img=PATH, or Global.infer_list=FILE")
    return list_images(image)
