"""Deterministic inputs for data_ops.json / data_ops.npz: numpy only, the same on every machine.

The records store outputs; the inputs are rebuilt with the functions below (README.md says which record uses which).
"""

import numpy as np


def image(height: int, width: int, seed: int = 0) -> np.ndarray:
    """[height, width, 3] uint8 BGR: three integer gradients plus integer noise; no floating point is involved."""
    y, x = np.arange(height)[:, None], np.arange(width)[None, :]
    out = np.zeros((height, width, 3), np.int64)
    out[:, :, 0] = x * 255 // max(width - 1, 1)
    out[:, :, 1] = y * 255 // max(height - 1, 1)
    out[:, :, 2] = (x + 2 * y) * 255 // max(width + 2 * height - 3, 1)
    rng = np.random.RandomState((5000 + 100003 * seed + 1009 * height + width) % 2**32)
    return np.clip(out + rng.randint(-24, 25, (height, width, 3)), 0, 255).astype(np.uint8)


def random_probabilities(batch: int, steps: int, classes: int, seed: int) -> np.ndarray:
    """[batch, steps, classes] float32, every row of classes sums to 1."""
    p = np.random.RandomState(6000 + seed).uniform(0.0, 1.0, (batch, steps, classes))
    for _ in range(3):  # p to the eighth: peakier than uniform, same argmax
        p = p * p
    return (p / p.sum(2, keepdims=True)).astype(np.float32)


def peaked_probabilities(ids: list[int], peaks: list[float], classes: int) -> np.ndarray:
    """[1, steps, classes] float32: step t has peaks[t] at ids[t], the rest shared evenly by the other classes."""
    p = np.empty((1, len(ids), classes), np.float64)
    for t, (i, q) in enumerate(zip(ids, peaks, strict=True)):
        p[0, t] = (1.0 - q) / (classes - 1)
        p[0, t, i] = q
    return p.astype(np.float32)


def peaks(steps: int, seed: int) -> list[float]:
    """``steps`` peak probabilities in [0.5, 0.99] on a grid of 1/1024 (exact in float32)."""
    k = np.random.RandomState(7000 + seed).randint(512, 1014, steps)
    return [int(v) / 1024 for v in k]
