"""Augmentation of training by words that stand side by side."""

import numpy as np

from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.images import Interpolation, resize

_KEY = 4  # ends the key of what is drawn here: RecAug draws from the key without an end, WordDataset from its own


class RecConAug:
    """Joins the sample, at random, with other samples of its data set: images side by side, labels one behind another.

    It stands between DecodeImage and the encoder of labels. What is drawn follows from ``sample["rng_key"]`` alone.

    Args:
        prob: probability that the sample is joined.
        image_shape: (H, W, 3): joined images are H pixels high, and no wider than W.
        max_text_length: longest label that is made, in characters. One that no encoder would take is never made.
        ext_data_num: other samples at most.
        interpolation: how an image becomes smaller, as for ``RecResizeImg``.
        num_steps: steps of the decoder, two of which are for sos and eos.

    Raises:
        ConfigError: an argument is out of its range.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/rec_img_aug.py, RecConAug, which joins samples without a label too, and
        makes labels that its encoder refuses.
    """

    def __init__(
        self,
        prob: float = 0.5,
        image_shape: tuple[int, int, int] = (32, 320, 3),
        max_text_length: int = 25,
        ext_data_num: int = 1,
        interpolation: Interpolation = "bilinear",
        *,
        num_steps: int,
    ):
        height, width, channels = image_shape
        if not 0 <= prob <= 1:
            raise ConfigError(f"RecConAug.prob is from 0 to 1, got {prob}")
        if channels != 3 or height < 1 or width < 1:
            raise ConfigError(f"RecConAug.image_shape must be [height, width, 3], got {list(image_shape)}")
        if max_text_length < 1 or ext_data_num < 1:
            given = f"{max_text_length} and {ext_data_num}"
            raise ConfigError(f"RecConAug.max_text_length and ext_data_num are at least 1, got {given}")
        self.prob = prob
        self.height, self.max_aspect = height, width / height
        self.max_characters = min(max_text_length, num_steps - 2)
        self.num_neighbours = ext_data_num
        self.interpolation: Interpolation = interpolation

    def __call__(self, sample: dict) -> dict:
        """Takes ``neighbours`` out of the sample and joins them to it, up to the first one that does not fit.

        Where one is joined, ``image`` (uint8 [H, W, 3]), ``label`` and ``text`` are those of all; ``key`` stays.
        """
        neighbours = sample.pop("neighbours", ())
        generator = np.random.default_rng((*sample["rng_key"], _KEY))
        if not sample["label"] or generator.random() >= self.prob:  # without a label it shall be left out, as ever
            return sample
        for other in neighbours:
            if not other["label"]:
                continue
            is_long = len(sample["label"]) + len(other["label"]) > self.max_characters
            if is_long or _aspect(sample["image"]) + _aspect(other["image"]) > self.max_aspect:
                break
            images = [self._resize(part["image"]) for part in (sample, other)]
            sample["image"] = np.concatenate(images, axis=1)
            sample["label"] += other["label"]
            sample["text"] += other["text"]
        return sample

    def _resize(self, image: np.ndarray) -> np.ndarray:
        return resize(image, max(1, round(_aspect(image) * self.height)), self.height, self.interpolation)


def _aspect(image: np.ndarray) -> float:
    height, width = image.shape[:2]
    return width / height
