"""Whether scores mean what they say: calibration of a recogniser's confidence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ppocr_rare.postprocess.scores import ScoreKind, tempered, word_score

NUM_BINS = 15
_TEMPERATURES = np.geomspace(0.25, 8.0, 141)  # 2.5 % apart
_MIN_PROBABILITY = 1e-6


@dataclass(frozen=True)
class Bin:
    """Words of like score.

    Args:
        count: how many.
        score: their mean score, in [0, 1].
        accuracy: the part of them that is right.
    """

    count: int
    score: float
    accuracy: float


def reliability(scores: Sequence[float], is_right: Sequence[bool]) -> list[Bin]:
    """Words in ``NUM_BINS`` bins of equal width by their score; bins without a word are left out."""
    values, right = np.asarray(scores, np.float64), np.asarray(is_right, np.float64)
    places = np.minimum((values * NUM_BINS).astype(int), NUM_BINS - 1)
    found = (places == index for index in range(NUM_BINS))
    return [Bin(int(own.sum()), float(values[own].mean()), float(right[own].mean())) for own in found if own.any()]


def calibration_error(scores: Sequence[float], is_right: Sequence[bool]) -> float:
    """Expected calibration error, in [0, 1]: how far score and accuracy of the bins differ, by the words in them.

    Source: Guo et al., 2017, equation 3. 0.0 where there is no word.
    """
    bins = reliability(scores, is_right)
    return sum(one.count * abs(one.score - one.accuracy) for one in bins) / max(1, sum(one.count for one in bins))


def risk_coverage(scores: Sequence[float], is_right: Sequence[bool], coverages: Sequence[float]) -> list[float]:
    """The part that is wrong of the surest words, for each part of all words that is kept, in (0, 1]."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    wrong = ~np.asarray(is_right, bool)[order]
    return [float(wrong[: max(1, round(coverage * len(order)))].mean()) for coverage in coverages]


def fit_temperature(
    distributions: Sequence[np.ndarray], is_right: Sequence[bool], kind: ScoreKind
) -> tuple[float, list[float]]:
    """The temperature with which a word's score says best whether it is right.

    Args:
        distributions: of each word the probabilities of its characters' steps, [n, V].
        is_right: of each word.
        kind: how characters make a word's score.

    Returns:
        The temperature, by the least cross entropy of score and outcome, and the scores of the words with it.
    """
    right = np.asarray(is_right, bool)
    lengths = [len(rows) for rows in distributions]
    ends = np.cumsum(lengths)[:-1]
    rows = np.concatenate(list(distributions))

    def scores_at(temperature: float) -> list[float]:
        likeliest = tempered(rows, temperature).max(1)
        return [word_score(part, kind) for part in np.split(likeliest, ends)]

    def cross_entropy(temperature: float) -> float:
        values = np.clip(scores_at(temperature), _MIN_PROBABILITY, 1 - _MIN_PROBABILITY)
        return float(-np.log(np.where(right, values, 1 - values)).mean())

    best = round(float(min(_TEMPERATURES, key=cross_entropy)), 3)
    return best, scores_at(best)
