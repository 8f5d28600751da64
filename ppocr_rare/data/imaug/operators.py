"""Operators that open a sample and that close it."""

import numpy as np
from PIL import Image

from ppocr_rare.utils.images import decode_image
from ppocr_rare.utils.pixels import ImageMode, pixels_of, pixels_of_pillow


class DecodeImage:
    """Turns the encoded bytes of ``sample["image"]`` into pixels; arrays in BGR order and Pillow's images pass as such.

    Args:
        img_mode: order of the channels; GRAY gives three equal ones, so that every mode suits the model.
        channel_first: gives [3, H, W] instead of [H, W, 3]. ``RecResizeImg`` needs the latter.
        ignore_orientation: leaves the image as it is stored, whatever its EXIF orientation says.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/operators.py, DecodeImage, whose GRAY always fails.
    """

    def __init__(self, img_mode: ImageMode = "RGB", channel_first: bool = False, ignore_orientation: bool = False):
        self.img_mode = img_mode
        self.channel_first = channel_first
        self.ignore_orientation = ignore_orientation

    def __call__(self, sample: dict) -> dict:
        """Replaces ``image`` by a uint8 array; raises SampleError as the function of its kind does."""
        image = sample["image"]
        if isinstance(image, np.ndarray):
            image = pixels_of(image, self.img_mode)
        elif isinstance(image, Image.Image):
            image = pixels_of_pillow(image, self.img_mode, self.ignore_orientation)
        else:
            image = decode_image(image, self.img_mode, self.ignore_orientation)
        sample["image"] = image.transpose(2, 0, 1) if self.channel_first else image
        return sample


class KeepKeys:
    """Keeps the arrays of a batch, in the order of the batch, and what a sample is reported by: ``key`` and ``text``.

    A name that the sample lacks is passed over: where only texts are compared, no operator encodes a label.

    Args:
        keep_keys: names of the arrays, e.g. ``["image", "label", "length"]``.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/operators.py, KeepKeys, which gives a bare list.
    """

    def __init__(self, keep_keys: list[str]):
        self.keep_keys = list(keep_keys)

    def __call__(self, sample: dict) -> dict:
        """Returns a new sample with those entries alone."""
        return {name: sample[name] for name in (*self.keep_keys, "key", "text") if name in sample}
