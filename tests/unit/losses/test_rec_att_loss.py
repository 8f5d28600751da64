"""The loss against sums worked out by hand."""

import math

import numpy as np
import paddle
import pytest

from ppocr_rare.losses import AttentionLoss


def test_sum_over_batch_and_steps_padding_included():
    logits = paddle.zeros([2, 3, 4])  # every class has probability 1/4
    labels = paddle.to_tensor(np.array([[0, 2, 3], [0, 3, 0]], "int64"))
    assert float(AttentionLoss()(logits, [None, labels])["loss"]) == pytest.approx(6 * math.log(4), rel=1e-6)


def test_each_position_is_compared_with_its_own_label():
    logits = np.zeros((1, 2, 3), "float32")
    logits[0, 0, 0] = logits[0, 1, 2] = 5.0
    right = AttentionLoss()(paddle.to_tensor(logits), [None, paddle.to_tensor([[0, 2]])])["loss"]
    assert float(right) == pytest.approx(2 * math.log(1 + 2 * math.exp(-5)), rel=1e-5)
    shifted = AttentionLoss()(paddle.to_tensor(logits), [None, paddle.to_tensor([[2, 0]])])["loss"]
    assert float(shifted) == pytest.approx(float(right) + 10, rel=1e-5)


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        AttentionLoss()(paddle.zeros([2, 3, 4]), [None, paddle.zeros([2, 4], "int64")])
