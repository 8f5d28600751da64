"""Augmentation of word images in training."""

import cv2
import numpy as np

from ppocr_rare.data.imaug.text_warp import distort, stretch, tilt
from ppocr_rare.errors import ConfigError

_MIN_SIDE = 20  # pixels; smaller images are neither bent nor cropped
_MIN_JITTERED = 11
_MAX_CROPPED = 8
_MAX_DARKENED = 0.001
_NOISE_DEVIATION = 0.5 * 0.1**0.5


class RecAug:
    """Changes the image at random: bends it, crops it, blurs it, shifts its brightness, adds noise, inverts it.

    What is drawn follows from ``sample["rng_key"]`` alone, and so from seed, epoch and sample: training that is resumed
    sees the same images, whatever the number of workers.

    Args:
        tia_prob: probability that the image is distorted, stretched and tilted.
        crop_prob: of losing up to 8 rows at the top or at the bottom.
        reverse_prob: of inverted colours.
        noise_prob: of noise, which takes one level of 255 from a random half of the values.
        jitter_prob: of a diagonal shift by up to a hundredth of the shorter side.
        blur_prob: of a Gaussian blur with a deviation of one pixel.
        hsv_aug_prob: of a change of brightness, which takes one level of 255, or nothing.

    Raises:
        ConfigError: a probability is not from 0 to 1.

    Source: PaddleOCR 2.8.1, ppocr/data/imaug/rec_img_aug.py, RecAug and BaseDataAugmentation, whose order of steps,
        distributions and limits these are; it draws from global generators.
    """

    def __init__(
        self,
        tia_prob: float = 0.4,
        crop_prob: float = 0.4,
        reverse_prob: float = 0.4,
        noise_prob: float = 0.4,
        jitter_prob: float = 0.4,
        blur_prob: float = 0.4,
        hsv_aug_prob: float = 0.4,
    ):
        probabilities = (tia_prob, crop_prob, blur_prob, hsv_aug_prob, jitter_prob, noise_prob, reverse_prob)
        if not all(0 <= probability <= 1 for probability in probabilities):
            raise ConfigError(f"RecAug: probabilities are from 0 to 1, got {list(probabilities)}")
        steps = (bend, crop, blur, darken, jitter, add_noise, invert)
        self._steps = tuple(zip(steps, probabilities, strict=True))

    def __call__(self, sample: dict) -> dict:
        """Replaces ``image``, uint8 [H, W, 3], by a changed one, of which crop alone changes the size."""
        generator = np.random.default_rng(sample["rng_key"])
        for step, probability in self._steps:
            if generator.random() < probability:
                sample["image"] = step(sample["image"], generator)
        return sample


def bend(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Distorts, stretches and tilts the image."""
    if min(image.shape[:2]) < _MIN_SIDE:
        return image
    image = distort(image, int(generator.integers(3, 7)), generator)
    image = stretch(image, int(generator.integers(3, 7)), generator)
    return tilt(image, generator)


def crop(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Takes 1 to 8 rows away, at the top or at the bottom."""
    if min(image.shape[:2]) < _MIN_SIDE:
        return image
    rows = generator.integers(1, _MAX_CROPPED + 1)
    return image[rows:] if generator.random() < 0.5 else image[:-rows]


def blur(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Blurs over 5 x 5 pixels."""
    kernel = cv2.getGaussianKernel(ksize=5, sigma=1, ktype=cv2.CV_32F)
    return cv2.sepFilter2D(image, -1, kernel, kernel)


def darken(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Scales the brightness by 0.999 to 1.001 and rounds it down."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    hsv[:, :, 2] = hsv[:, :, 2] * (1 + generator.uniform(-_MAX_DARKENED, _MAX_DARKENED))
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


def jitter(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Shifts the image down and right; above and left of it, the edges are drawn out along the diagonal."""
    height, width = image.shape[:2]
    if min(height, width) < _MIN_JITTERED:
        return image
    result = image.copy()
    for shift in range(1, int(generator.random() * min(height, width) * 0.01)):
        result[shift:, shift:] = image[:-shift, :-shift]
    return result


def add_noise(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Adds normal noise of a small fraction of a level, and rounds down."""
    noise = generator.standard_normal(image.shape, np.float32) * np.float32(_NOISE_DEVIATION)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def invert(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Inverts the colours."""
    return 255 - image
