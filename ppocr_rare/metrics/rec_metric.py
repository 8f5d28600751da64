"""Word accuracy and edit distance, counted in whole numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, get_args

from rapidfuzz.distance import Levenshtein

Protocol = Literal["exact", "case-insensitive", "alphanumeric"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")


def normalize_text(text: str, protocol: Protocol, ignore_space: bool = False) -> str:
    """Returns what of a text counts in a comparison.

    Args:
        text: any text.
        protocol: ``exact`` all of it; ``case-insensitive`` all of it, lowered; ``alphanumeric`` the characters 0-9, a-z
            and A-Z alone, lowered.
        ignore_space: leaves spaces out (U+0020, no other white space).
    """
    if ignore_space:
        text = text.replace(" ", "")
    if protocol == "alphanumeric":
        text = _NOT_ALPHANUMERIC.sub("", text)
    return text if protocol == "exact" else text.lower()


class WordScores:
    """Exact counts of compared words.

    All sums are of whole numbers, so that no order of samples, batches or ranks changes a digit of the result.

    Attributes:
        count: words compared.
        correct: words read without a fault.
        distances: sum of the edit distances, by the length of the longer of the two texts, in characters.
    """

    def __init__(self) -> None:
        self.count = 0
        self.correct = 0
        self.distances: Counter[int] = Counter()

    def add(self, prediction: str, target: str) -> bool:
        """Counts one word, texts compared as they stand, and returns whether it is right."""
        is_correct = prediction == target
        self.count += 1
        self.correct += is_correct
        if not is_correct:
            self.distances[max(len(prediction), len(target))] += Levenshtein.distance(prediction, target)
        return is_correct

    def merge(self, other: "WordScores") -> None:
        """Adds the counts of another."""
        self.count += other.count
        self.correct += other.correct
        self.distances.update(other.distances)

    @property
    def accuracy(self) -> float:
        """Part of the words that are right, in [0, 1]; 0.0 where there is none."""
        return self.correct / self.count if self.count else 0.0

    @property
    def one_minus_ned(self) -> float:
        """1 minus the mean normalised edit distance, in [0, 1]; 0.0 where there is no word."""
        return float(1 - self.sum_of_ned() / self.count) if self.count else 0.0

    def sum_of_ned(self) -> Fraction:
        """Returns the sum of the normalised edit distances: distance over the length of the longer text."""
        return sum((Fraction(distance, length) for length, distance in self.distances.items()), Fraction())


class RecMetric:
    """Word accuracy and 1 minus the normalised edit distance of the words since the last reset.

    Args:
        main_indicator: the value by which the best checkpoint is chosen.
        is_filter: compares digits and Latin letters alone, lowered.
        ignore_space: leaves spaces out of the comparison.

    Source: PaddleOCR 2.8.1, ppocr/metrics/rec_metric.py, RecMetric, whose counts are divided by a little more than the
    number of words, so that a perfect result is just below 1.
    """

    EPSILON = 1e-5

    def __init__(
        self,
        main_indicator: Literal["acc", "norm_edit_dis"] = "acc",
        is_filter: bool = False,
        ignore_space: bool = True,
    ):
        self.main_indicator = main_indicator
        self.protocol: Protocol = "alphanumeric" if is_filter else "exact"
        self.ignore_space = ignore_space
        self.reset()

    def __call__(self, pred_label: tuple[Sequence, Sequence]) -> dict[str, float]:
        """Adds a batch.

        Args:
            pred_label: predictions and labels, each a sequence of (text, score); the scores do not matter.

        Returns:
            ``acc`` and ``norm_edit_dis`` of this batch.
        """
        batch = WordScores()
        for (prediction, _), (target, _) in zip(*pred_label, strict=True):
            batch.add(*(normalize_text(text, self.protocol, self.ignore_space) for text in (prediction, target)))
        self._scores.merge(batch)
        return self._rates(batch)

    def get_metric(self) -> dict[str, float]:
        """Returns ``acc`` and ``norm_edit_dis`` of all batches since the last reset, and resets."""
        rates = self._rates(self._scores)
        self.reset()
        return rates

    def reset(self) -> None:
        """Forgets all batches."""
        self._scores = WordScores()

    def _rates(self, scores: WordScores) -> dict[str, float]:
        divisor = scores.count + self.EPSILON
        return {"acc": scores.correct / divisor, "norm_edit_dis": 1 - float(scores.sum_of_ned()) / divisor}
