"""What happens to a picture on its way into a file. Each takes and returns uint8 [H, W, 3]."""

import math
from typing import cast

import cv2
import numpy as np

from ppocr_rare.data.synth.paint import to_bytes


def fade(image: np.ndarray, strength: float) -> np.ndarray:
    """Draws every pixel towards the mean colour by ``strength``: 0 leaves the image, 1 leaves nothing of it."""
    mean = image.mean(axis=(0, 1), keepdims=True)
    return to_bytes(image + strength * (mean - image))


def light(image: np.ndarray, strength: float, direction: float) -> np.ndarray:
    """Lights one side more than the other.

    Args:
        strength: by how much the brightest corner gains and the darkest loses, as a share, below 1.
        direction: degrees towards the bright side: 0 right, 90 down.
    """
    height, width = image.shape[:2]
    cos, sin = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    x, y = np.linspace(-cos, cos, width, dtype=np.float32), np.linspace(-sin, sin, height, dtype=np.float32)
    gain = 1 + strength / (abs(cos) + abs(sin)) * (x + y[:, None])
    return to_bytes(image * gain[..., None].astype(np.float32))


def lower_resolution(image: np.ndarray, scale: float) -> np.ndarray:
    """Shrinks by ``scale`` in 0 ... 1 and grows again, as a crop of a small word does when it is resized."""
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur with a standard deviation of ``sigma`` pixels; 0 leaves the image."""
    return cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0 else image.copy()


def motion_blur(image: np.ndarray, length: float, direction: float) -> np.ndarray:
    """Blurs along a line of ``length`` pixels in a direction in degrees: 0 across, 90 downwards."""
    side = 2 * math.ceil(length / 2) + 1
    middle = side // 2
    reach = np.array([math.cos(math.radians(direction)), math.sin(math.radians(direction))]) * (length / 2)
    kernel = np.zeros((side, side), np.float32)
    for x, y in np.linspace(-reach, reach, 4 * side):  # the line in small steps, each shared among four pixels
        left, top = math.floor(x), math.floor(y)
        for column, row in ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)):
            share = (1 - abs(x - column)) * (1 - abs(y - row))
            if share > 0:
                kernel[middle + row, middle + column] += share
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def add_noise(image: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """Adds Gaussian noise with a standard deviation of ``deviation`` grey levels to each channel of each pixel."""
    return to_bytes(image + deviation * rng.standard_normal(image.shape))


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    """Stores as JPEG of a ``quality`` of 1 ... 100 and reads that."""
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cast(np.ndarray, cv2.imdecode(data, cv2.IMREAD_COLOR))  # None only of what is no image
