"""Counts of a handful of words, by hand."""

import pytest

from ppocr_rare.engine.evaluate.benchmark import counts
from ppocr_rare.engine.evaluate.benchmark.counts import LONGEST, BenchmarkCounts, Tally
from ppocr_rare.engine.evaluate.evaluator import Prediction


class FakeEvaluator:
    @staticmethod
    def normalize(text):
        return text.lower()


def counted(*words):
    """Counts of (label, text, score)."""
    result = BenchmarkCounts(FakeEvaluator)
    for index, (label, text, score) in enumerate(words):
        is_correct = label.lower() == text.lower()
        result(Prediction("set", index, f"k{index}", label, text, score, is_correct))
    return result


@pytest.mark.parametrize(
    ("correct", "count", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],  # Newcombe 1998
)
def test_wilson_intervals(correct, count, low, high):
    assert Tally(count, correct).interval == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_nothing_has_no_rate():
    assert Tally().accuracy is None and Tally().interval is None


def test_lengths():
    result = counted(
        ("AB", "ab", 0.9), ("ab", "a", 0.9), ("x" * 15, "", 0.1), ("x" * LONGEST, "", 0.1), ("x" * 40, "x" * 40, 0.1)
    )
    assert dict(result.by_length) == {2: Tally(2, 1), 15: Tally(1, 0), LONGEST: Tally(2, 1)}


def test_confusions():
    result = counted(
        ("hello", "hallo", 0.5), ("Hello", "hxllo", 0.5), ("Tea", "tae", 0.5),
        ("abc", "ab", 0.5), ("ab", "zab", 0.5), ("ab", "ab", 0.5),
    )  # fmt: skip
    assert result.confusions.total() == 1 + 1 + 2 + 1 + 1
    expected = {("e", "a"): 1, ("e", "x"): 1, ("c", ""): 1, ("", "z"): 1}
    assert all(result.confusions[pair] >= number for pair, number in expected.items())


def test_the_worst_are_the_most_certain_and_the_first_among_equals(monkeypatch):
    monkeypatch.setattr(counts, "NUM_WORST", 3)
    result = counted(*[("a", "b", score) for score in (0.1, 0.9, 0.5, 0.9, 0.5, 0.2)], ("a", "a", 1.0))
    assert [prediction.index for prediction in result.worst()] == [1, 3, 2]
