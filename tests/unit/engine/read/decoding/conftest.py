"""What stands in for a trained decoder: a small random network, quick enough to enumerate all that it says."""

from collections.abc import Callable

import numpy as np
import pytest

from ppocr_rare.data.charset import Charset

HIDDEN, COLUMNS, FEATURES = 4, 3, 5


class FakeStep:
    """A ``Step``: what follows depends on the image and on all that was before. It counts its rows.

    Args:
        seed: of its weights.
        num_classes: V.
        is_coarse: logits are whole numbers, so that many probabilities are equal.
    """

    def __init__(self, seed: int, num_classes: int, is_coarse: bool = False):
        generator = np.random.default_rng(seed)
        self.recurrent = generator.normal(size=(HIDDEN, HIDDEN))
        self.embedding = generator.normal(size=(num_classes, HIDDEN))
        self.input = generator.normal(size=(FEATURES, HIDDEN))
        self.output = generator.normal(size=(HIDDEN, num_classes)) * (1 if is_coarse else 2)
        self.is_coarse = is_coarse
        self.rows: list[int] = []

    def __call__(self, memory: np.ndarray, state: np.ndarray, token: np.ndarray) -> list[np.ndarray]:
        assert memory.dtype == state.dtype == np.float32 and token.dtype == np.int64
        self.rows.append(len(memory))
        # Row by row sums: what a row gives must not depend, in its last bits, on what else is in the batch.
        state = np.tanh(
            (state[:, :, None] * self.recurrent).sum(1)
            + self.embedding[token]
            + (memory.mean(1)[:, :, None] * self.input).sum(1)
        ).astype(np.float32)
        logits = (state[:, :, None] * self.output).sum(1)
        logits = np.round(logits) if self.is_coarse else logits
        powers = np.exp(logits - logits.max(1, keepdims=True))
        probabilities = (powers / powers.sum(1, keepdims=True)).astype(np.float32)
        return [probabilities, state, memory.mean(2) * state[:, :1]]


@pytest.fixture(scope="session")
def make_step() -> Callable[..., FakeStep]:
    return FakeStep


@pytest.fixture(scope="session")
def make_memory() -> Callable[[int, int], np.ndarray]:
    """Memory of so many images."""
    return lambda seed, num_images: (
        np.random.default_rng(seed).normal(size=(num_images, COLUMNS, FEATURES)).astype(np.float32)
    )


@pytest.fixture(scope="session")
def hidden() -> int:
    return HIDDEN


@pytest.fixture(scope="session")
def letters() -> Charset:
    """Six classes: sos, a, b, c, 1 and eos."""
    return Charset("abc1")
