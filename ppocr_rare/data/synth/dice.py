"""Drawing from what there is to choose."""

import bisect
import itertools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

Option = TypeVar("Option")


def pick(rng: np.random.Generator, weighted: Mapping[str, tuple[float, Any]]) -> Any:
    """Draws a value of ``{name: (weight, value)}``, with a probability in proportion to its weight."""
    ends = list(itertools.accumulate(weight for weight, _ in weighted.values()))
    options = list(weighted.values())
    return options[bisect.bisect(ends, rng.random() * ends[-1], hi=len(ends) - 1)][1]


def one_of(rng: np.random.Generator, options: Sequence[Option]) -> Option:
    """Draws one of some options, each as likely as any other."""
    return options[below(rng, len(options))]


def below(rng: np.random.Generator, limit: int) -> int:
    """Draws a number from 0 to ``limit - 1``."""
    return int(rng.integers(limit))


def sign(rng: np.random.Generator) -> int:
    """Draws -1 or 1."""
    return 2 * below(rng, 2) - 1
