"""Calibration of scores, against what they were drawn from."""

import numpy as np
import pytest

from ppocr_rare.metrics.confidence import calibration_error, fit_temperature, reliability, risk_coverage
from ppocr_rare.postprocess.scores import tempered


def test_bins_and_the_error_by_hand():
    scores, right = [0.95, 0.99, 0.5, 0.5, 1.0], [True, False, True, False, True]
    bins = reliability(scores, right)
    assert [one.count for one in bins] == [2, 3]
    assert [one.accuracy for one in bins] == [0.5, pytest.approx(2 / 3)]
    assert calibration_error(scores, right) == pytest.approx(0.6 * abs((0.95 + 0.99 + 1) / 3 - 2 / 3))
    assert calibration_error([], []) == 0.0


def test_the_risk_of_the_surest():
    scores, right = [0.9, 0.1, 0.8, 0.4], [True, False, False, True]
    assert risk_coverage(scores, right, [1.0, 0.75, 0.5, 0.01]) == pytest.approx([0.5, 1 / 3, 0.5, 0.0])


@pytest.mark.parametrize("kind", ["product", "min"])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_that_words_were_drawn_with_is_found(kind, temperature):
    """Words of one character whose likeliest class is right as often as its probability at that temperature says."""
    rng = np.random.default_rng(3)
    raised = np.exp(rng.normal(0, 2, (6000, 5)))
    rows = raised / raised.sum(1, keepdims=True)
    right = rng.random(len(rows)) < tempered(rows, temperature).max(1)
    found, scores = fit_temperature([row[None] for row in rows], right, kind)
    assert found == pytest.approx(temperature, rel=0.1)
    assert calibration_error(scores, right) < 0.025
    if temperature != 1.0:
        assert calibration_error(rows.max(1), right) > 2 * calibration_error(scores, right)


def test_words_of_nothing_have_no_score():
    _, scores = fit_temperature([np.zeros((0, 4)), np.array([[0.7, 0.1, 0.1, 0.1]])], [False, True], "product")
    assert scores[0] == 0.0
