"""Operators that bring an image into the shape that the model takes."""

from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.images import Interpolation, resize_norm_img


class RecResizeImg:
    """Resizes and normalises ``sample["image"]`` by the one rule of the package, ``resize_norm_img``.

    Args:
        image_shape: (3, H, W) of the result in pixels.
        padding: keeps the aspect ratio and pads on the right; otherwise the image is stretched.
        interpolation: how an image becomes smaller: "bilinear", as PaddleOCR does it, or "area", which averages; the
            thin strokes of a large image are still there then.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/rec_img_aug.py, RecResizeImg.
    Differs: 14. The inert keys chose a second rule.
    """

    INERT_KEYS = frozenset({"infer_mode", "eval_mode", "character_dict_path"})

    def __init__(
        self, image_shape: tuple[int, int, int], padding: bool = True, interpolation: Interpolation = "bilinear"
    ):
        channels, height, width = image_shape
        if channels != 3 or height < 1 or width < 1:
            raise ConfigError(f"RecResizeImg.image_shape must be [3, height, width], got {list(image_shape)}")
        self.image_shape = (channels, height, width)
        self.padding = padding
        self.interpolation: Interpolation = interpolation

    def __call__(self, sample: dict) -> dict:
        """Replaces ``image`` (uint8 [H, W, 3]) by float32 [3, H, W] and adds ``valid_ratio``, the part not padded."""
        sample["image"], sample["valid_ratio"] = resize_norm_img(
            sample["image"], self.image_shape, self.padding, self.interpolation
        )
        return sample
