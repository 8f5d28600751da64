"""Counts of what was read, in whole numbers: by length, and which characters were confused."""

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import NormalDist

from rapidfuzz.distance import Levenshtein

from ppocr_rare.engine.evaluate.evaluator import Evaluator, Prediction

NUM_WORST = 24
LONGEST = 16  # words of this length and more are counted together

_Z = NormalDist().inv_cdf(0.975)


@dataclass
class Tally:
    """Words, and how many of them are right."""

    count: int = 0
    correct: int = 0

    def add(self, is_correct: bool) -> None:
        """Counts one word."""
        self.count += 1
        self.correct += is_correct

    @property
    def accuracy(self) -> float | None:
        """Part that is right, in [0, 1]; None where there is no word."""
        return self.correct / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the accuracy; None where there is no word.

        Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
        """
        if not self.count:
            return None
        n, rate = self.count, self.correct / self.count
        middle = (rate + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        reach = _Z * (rate * (1 - rate) / n + _Z**2 / (4 * n**2)) ** 0.5 / (1 + _Z**2 / n)
        return max(0.0, middle - reach), min(1.0, middle + reach)


class BenchmarkCounts:
    """Listens to an evaluation and counts.

    Args:
        evaluator: says what of a text is compared.

    Attributes:
        by_length: tallies by the label's length in compared characters; LONGEST stands for all from there on.
        confusions: (character of the label, character read) of the wrong words, aligned with the fewest edits; "" where
            a character was left out or put in.
        scores: of each word, and whether it is right.
    """

    def __init__(self, evaluator: Evaluator):
        self._evaluator = evaluator
        self.by_length: defaultdict[int, Tally] = defaultdict(Tally)
        self.confusions: Counter[tuple[str, str]] = Counter()
        self.scores: list[tuple[float, bool]] = []
        self._worst: list[tuple[float, int, Prediction]] = []
        self._num_wrong = 0

    def __call__(self, prediction: Prediction) -> None:
        """Counts one word."""
        self.scores.append((prediction.score, prediction.is_correct))
        label = self._evaluator.normalize(prediction.label)
        self.by_length[min(len(label), LONGEST)].add(prediction.is_correct)
        if prediction.is_correct:
            return
        text = self._evaluator.normalize(prediction.text)
        for edit in Levenshtein.editops(label, text):
            there = "" if edit.tag == "insert" else label[edit.src_pos]
            read = "" if edit.tag == "delete" else text[edit.dest_pos]
            self.confusions[there, read] += 1
        self._num_wrong += 1  # earlier words first among equals, and no two predictions are ever compared
        heapq.heappush(self._worst, (prediction.score, -self._num_wrong, prediction))
        if len(self._worst) > NUM_WORST:
            heapq.heappop(self._worst)

    def worst(self) -> list[Prediction]:
        """The wrong words that the model was most certain of, the most certain first."""
        return [prediction for _, _, prediction in sorted(self._worst, key=lambda item: item[:2], reverse=True)]
