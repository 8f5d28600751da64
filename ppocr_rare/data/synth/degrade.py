"""What happens to a picture on its way into a camera. Each takes and returns uint8 [H, W, 3]."""

import cv2
import numpy as np


def fade(image: np.ndarray, strength: float) -> np.ndarray:
    """Draws every pixel towards the mean colour by ``strength``: 0 leaves the image, 1 leaves nothing of it."""
    mean = image.mean(axis=(0, 1), keepdims=True)
    return _to_bytes(image + strength * (mean - image))


def blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur with a standard deviation of ``sigma`` pixels; 0 leaves the image."""
    return cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0 else image.copy()


def add_noise(image: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """Adds Gaussian noise with a standard deviation of ``deviation`` grey levels to each channel of each pixel."""
    return _to_bytes(image + deviation * rng.standard_normal(image.shape))


def _to_bytes(image: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
