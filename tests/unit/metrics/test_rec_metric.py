import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.metrics.rec_metric import RecMetric, WordScores, normalize_text

PAIRS = [("cat", "cat"), ("cat", "cut"), ("", "dog"), ("abcdefg", "abcdefh"), ("", "")]


def score(pairs):
    scores = WordScores()
    for pair in pairs:
        scores.add(*pair)
    return scores


@pytest.mark.parametrize(
    "protocol, ignore_space, expected",
    [
        ("exact", False, "It's É 5\t"),
        ("exact", True, "It'sÉ5\t"),
        ("case-insensitive", False, "it's é 5\t"),
        ("case-insensitive", True, "it'sé5\t"),
        ("alphanumeric", False, "its5"),
        ("alphanumeric", True, "its5"),
    ],
)
def test_normalize_text(protocol, ignore_space, expected):
    assert normalize_text("It's É 5\t", protocol, ignore_space) == expected


def test_alphanumeric_looks_at_the_characters_as_written():
    # The Kelvin sign is no Latin letter, although lowered it is k; full-width letters and other digits are none either.
    assert normalize_text("\u212aＡ٣k", "alphanumeric") == "k"


def test_scores():
    scores = score(PAIRS)
    assert (scores.count, scores.correct, scores.accuracy) == (5, 2, 0.4)
    assert scores.one_minus_ned == pytest.approx(1 - (1 / 3 + 1 + 1 / 7) / 5, abs=1e-15)


def test_add_says_whether_the_word_is_right():
    scores = WordScores()
    assert scores.add("a", "a") is True
    assert scores.add("a", "A") is False


def test_no_word_no_score():
    assert (WordScores().accuracy, WordScores().one_minus_ned) == (0.0, 0.0)


def test_no_order_changes_a_digit():
    results = {score(order).one_minus_ned for order in itertools.permutations(PAIRS)}
    assert len(results) == 1


@given(st.lists(st.tuples(st.text("ab", max_size=5), st.text("ab", max_size=5)), min_size=1), st.integers(0, 20))
def test_parts_merge_to_the_whole(pairs, cut):
    whole, part = score(pairs), score(pairs[:cut])
    part.merge(pickle.loads(pickle.dumps(score(pairs[cut:]))))
    assert vars(part) == vars(whole)
    assert 0 <= whole.accuracy <= whole.one_minus_ned <= 1


def scored(pairs):
    return [(prediction, 0.5) for prediction, _ in pairs], [(target, 1.0) for _, target in pairs]


def test_metric_of_a_batch_and_of_all():
    metric = RecMetric()
    assert metric(scored([("a b", "ab"), ("c", "C")])) == {
        "acc": pytest.approx(1 / 2.00001, abs=1e-12),
        "norm_edit_dis": pytest.approx(1 - 1 / 2.00001, abs=1e-12),
    }
    metric(scored([("d", "d")]))
    assert metric.get_metric()["acc"] == pytest.approx(2 / 3.00001, abs=1e-12)
    assert metric.get_metric() == {"acc": 0.0, "norm_edit_dis": 1.0}


def test_metric_options():
    pairs = [("A-b", "ab"), ("a b", "ab")]
    assert RecMetric(is_filter=True)(scored(pairs))["acc"] == pytest.approx(2 / 2.00001)
    assert RecMetric(ignore_space=False)(scored(pairs))["acc"] == 0.0
    assert RecMetric(main_indicator="norm_edit_dis").main_indicator == "norm_edit_dis"


def test_predictions_and_labels_must_be_as_many():
    with pytest.raises(ValueError):
        RecMetric()(([("a", 1.0)], []))
