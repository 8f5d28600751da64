"""From pixels in any form that programs hold them in, to 8-bit colour. Files become pixels in ``utils.images``."""

import threading
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageOps

from ppocr_rare.errors import SampleError

ImageMode = Literal["RGB", "BGR", "GRAY"]

# 192 MB as BGR: more than the 61 megapixels of a large camera, of which a word needs a thousandth. A file of a few
# kilobytes can claim a thousand times as much.
MAX_PIXELS = 64_000_000

_LOADING = threading.Lock()  # an image that Pillow has only opened cannot be loaded by two threads at a time
_TRANSPARENT_MODES = frozenset({"RGBA", "RGBa", "LA", "La", "PA"})
_KEYED_MODES = frozenset({"1", "L", "P", "RGB"})  # of which one colour, or entries of the palette, may be transparent


def pixels_of(array: np.ndarray, mode: ImageMode = "BGR") -> np.ndarray:
    """The image in an array that a program made or decoded itself.

    Args:
        array: [H, W, 3] in BGR order; [H, W], [H, W, 1] (grey) and [H, W, 4] (BGRA, see ``without_alpha``) too. Its
            values are as ``levels_of`` says.
        mode: order of the channels; GRAY gives three equal channels.

    Returns:
        uint8 [H, W, 3].

    Raises:
        SampleError: the array is no such image.
    """
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or array.size == 0:
        raise SampleError("not an image", f"an array [H, W, 3] is needed, got {array.dtype} {list(array.shape)}")
    array = levels_of(array)
    if array.shape[2] == 1:
        array = np.repeat(array, 3, axis=2)
    elif array.shape[2] == 4:
        array = without_alpha(array)
    return to_mode(np.ascontiguousarray(array), mode)


def levels_of(array: np.ndarray) -> np.ndarray:
    """An array's values as grey levels, uint8 in 0 ... 255.

    Floats up to 1 are parts of white, so that 1.0 becomes 255; where one of them is larger, all are levels from 0 to
    255, and so are whole numbers. 16-bit numbers lose their lower half, as in a PNG of that depth; True is white.

    Raises:
        SampleError: there are negative values, values above 255, or some that are not numbers.
    """
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array * np.uint8(255)
    if array.dtype == np.uint16:
        return (array >> 8).astype(np.uint8)
    if array.dtype.kind not in "iuf" or array.size == 0:
        raise SampleError("not an image", f"numbers are needed, got {array.dtype} {list(array.shape)}")
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= 255):  # also where there is a nan
        raise SampleError("not an image", f"values from 0 to 1 or from 0 to 255 are needed, got {low:g} to {high:g}")
    is_part_of_white = array.dtype.kind == "f" and high <= 1
    return np.rint(array * 255 if is_part_of_white else array).astype(np.uint8)


def pixels_of_pillow(image: Image.Image, mode: ImageMode = "BGR", ignore_orientation: bool = False) -> np.ndarray:
    """A Pillow image of any mode.

    Args:
        image: transparent or not; it may not be loaded yet.
        mode: as for ``pixels_of``.
        ignore_orientation: leaves it as it is stored, whatever its EXIF orientation says.

    Returns:
        uint8 [H, W, 3].

    Raises:
        SampleError: it is too large, empty, or what it is loaded from is damaged.
    """
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise SampleError("image too large", f"{width} x {height} pixels; at most {MAX_PIXELS}")
    try:
        with _LOADING:
            image.load()
        upright = image if ignore_orientation else ImageOps.exif_transpose(image)
        if upright.mode == "F" or upright.mode.startswith("I"):  # Pillow cuts them at 255
            numbers = np.asarray(upright)
            return pixels_of(numbers.astype(np.uint16) if numbers.dtype.kind in "iu" else numbers, mode)
        if is_transparent(upright):
            return pixels_of(np.asarray(upright.convert("RGBA"))[:, :, [2, 1, 0, 3]], mode)
        return pixels_of(np.asarray(upright.convert("RGB"))[:, :, ::-1], mode)
    except SampleError:
        raise
    except Exception as error:  # a damaged file can raise nearly anything in Pillow's decoders
        raise SampleError("not an image", "damaged, or of a kind that is not supported") from error


def is_transparent(image: Image.Image) -> bool:
    """Whether a Pillow image can have transparent pixels."""
    return image.mode in _TRANSPARENT_MODES or (image.mode in _KEYED_MODES and "transparency" in image.info)


def without_alpha(image: np.ndarray) -> np.ndarray:
    """Lays a transparent image over white, or over black where what is to be seen of it is light.

    Text on a transparent ground would be lost otherwise: the colour that lies under transparent pixels is as a rule
    that of the text. Where nothing at all is to be seen, the file's alpha says nothing, and colours stay as they are.

    Args:
        image: uint8 [H, W, 4], BGRA.

    Returns:
        uint8 [H, W, 3], BGR.
    """
    colours, alpha = np.ascontiguousarray(image[:, :, :3]), image[:, :, 3]
    if alpha.min() == 255 or alpha.max() == 0:
        return colours
    lightness = np.average(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY), weights=alpha)
    ground = 0 if lightness > 127 else 255
    share = alpha[:, :, None].astype(np.uint16)
    return ((colours * share + (255 - share) * ground + 127) // 255).astype(np.uint8)


def to_mode(image: np.ndarray, mode: ImageMode) -> np.ndarray:
    """A BGR image [H, W, 3] with its channels in another order; GRAY gives three equal ones."""
    if mode == "RGB":
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    if mode == "GRAY":
        return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return image
