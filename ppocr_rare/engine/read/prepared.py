"""From an image to what the network takes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ppocr_rare.engine.read.crop_shape import is_tall
from ppocr_rare.engine.read.image_source import ImageSource, content_of
from ppocr_rare.errors import SampleError

_AS_IT_IS, _TO_THE_LEFT, _TO_THE_RIGHT = 0, 1, -1  # quarter turns


@dataclass(frozen=True)
class Prepared:
    """An image on its way into the network.

    Args:
        size: (height, width) in pixels, as it was decoded.
        inputs: width / height and network input [3, H, W] of the image and, where that is tried, of it turned.
    """

    size: tuple[int, int]
    inputs: list[tuple[float, np.ndarray]]


def prepare(image: ImageSource, operators: Sequence[Callable], turn_tall: bool) -> Prepared | SampleError:
    """What the network takes of an image; or why there is nothing.

    Args:
        image: in any form.
        operators: of reading, ``DecodeImage`` first.
        turn_tall: a tall image is turned either way as well.
    """
    decode, *others = operators
    try:
        pixels = decode({"image": content_of(image)})["image"]  # [H, W, 3]
        height, width = pixels.shape[:2]
        turns = (_AS_IT_IS, _TO_THE_LEFT, _TO_THE_RIGHT) if turn_tall and is_tall(height, width) else (_AS_IT_IS,)
        return Prepared((height, width), [_input_of(np.rot90(pixels, turn), others) for turn in turns])
    except SampleError as error:
        return error


def _input_of(pixels: np.ndarray, operators: Sequence[Callable]) -> tuple[float, np.ndarray]:
    height, width = pixels.shape[:2]
    sample = {"image": np.ascontiguousarray(pixels)}
    for operator in operators:
        sample = operator(sample)
    return width / height, sample["image"]
