"""A large batch in parts, which threads of their own read: what lies between two layers stays in the cache, and no
layer waits for the threads to meet."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

PART = 8  # images

Run = Callable[[np.ndarray], list[np.ndarray]]


def run_parts(run: Run, images: np.ndarray, num_threads: int = 1) -> list[np.ndarray]:
    """The outputs [B, L, …] of a batch; a part that ended before the others goes on with 0.

    Args:
        run: gives those of a part; ``num_threads`` call it at a time.
        images: network inputs [B, 3, H, W].
        num_threads: 1: this one.
    """
    parts = np.array_split(images, -(-len(images) // PART))
    if num_threads == 1:
        return _joined(map(run, parts))
    with ThreadPoolExecutor(num_threads) as pool:
        return _joined(pool.map(run, parts))


def _joined(parts: Iterable[list[np.ndarray]]) -> list[np.ndarray]:
    return [_joined_output(outputs) for outputs in zip(*parts, strict=True)]


def _joined_output(parts: Sequence[np.ndarray]) -> np.ndarray:
    num_steps = max(part.shape[1] for part in parts)
    rest = [[(0, 0), (0, num_steps - part.shape[1]), *[(0, 0)] * (part.ndim - 2)] for part in parts]
    return np.concatenate([np.pad(part, widths) for part, widths in zip(parts, rest, strict=True)])
