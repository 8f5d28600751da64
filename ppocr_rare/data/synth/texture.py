"""Patterns of a surface, drawn by rule: float32 [height, width], mean about 0, deviation about 1."""

import cv2
import numpy as np


def grain(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Plaster or concrete: noise from the size of the crop down to the pixel."""
    sum_ = np.zeros((height, width), np.float32)
    for cell in (1, 3, 8, 20):
        sum_ += _noise(width, height, cell, cell, rng)
    return sum_ / 2


def wood(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Brushed metal or planks: noise drawn out along one direction."""
    fibres = _noise(width, height, 30, 1, rng) + _noise(width, height, 50, 4, rng)
    return fibres / np.float32(1.4)


def stripes(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Corrugated iron, awnings, blinds: waves in one direction, soft or hard."""
    period, angle = rng.uniform(0.12, 0.6) * height, rng.uniform(0, np.pi)
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / period) + rng.uniform(0, 2 * np.pi))
    return np.clip(wave * rng.uniform(1, 4), -1, 1).astype(np.float32)


def bricks(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Bricks or tiles, each of a brightness of its own, with joints between them."""
    brick_height = max(4, round(rng.uniform(0.2, 0.5) * height))
    brick_width = round(brick_height * rng.uniform(1, 3))
    x, y = np.arange(width) + int(rng.integers(brick_width)), np.arange(height) + int(rng.integers(brick_height))
    row = y // brick_height
    x = x[None] + (row % 2 * (brick_width // 2))[:, None]  # [H, W], every other row moved
    shades = rng.standard_normal((row.max() + 1, x.max() // brick_width + 1), dtype=np.float32)
    pattern = shades[row[:, None], x // brick_width] * np.float32(0.7)
    pattern[(y % brick_height == 0)[:, None] | (x % brick_width == 0)] = rng.choice([-2.0, 2.0])
    return pattern


def foliage(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Leaves, pebbles, a crowd: blobs with sharp rims."""
    blobs = _noise(width, height, 6, 6, rng)
    return np.sign(blobs) * np.float32(0.8) + _noise(width, height, 3, 3, rng) * np.float32(0.5)


TEXTURES = {texture.__name__: texture for texture in (grain, wood, stripes, bricks, foliage)}


def _noise(width: int, height: int, cell_width: int, cell_height: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise whose values are independent a cell apart."""
    coarse = rng.standard_normal((height // cell_height + 2, width // cell_width + 2), dtype=np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
