"""From probabilities of characters to the score of a word."""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

ScoreKind = Literal["mean", "min", "product"]
SCORE_KINDS: tuple[ScoreKind, ...] = get_args(ScoreKind)

_SCORES: dict[ScoreKind, Callable[[np.ndarray], float]] = {"mean": np.mean, "min": np.min, "product": np.prod}


def word_score(char_scores: np.ndarray, kind: ScoreKind) -> float:
    """The score of a word, in [0, 1], of those of its characters, [n]; 0.0 for an empty word."""
    if not len(char_scores):
        return 0.0
    return float(_SCORES[kind](char_scores))


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities [..., V] as a softmax gives them whose logits are divided by a temperature; their order stays.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
    """
    if temperature == 1.0:
        return probabilities
    largest = probabilities.max(-1, keepdims=True)
    raised = (probabilities / largest) ** (1.0 / temperature)
    return raised / raised.sum(-1, keepdims=True)
