"""The loss against sums worked out by hand."""

import math

import numpy as np
import paddle
import pytest

from ppocr_rare.errors import ConfigError
from ppocr_rare.losses import AttentionLoss


def test_sum_over_batch_and_steps_padding_included():
    logits = paddle.zeros([2, 3, 4])  # every class has probability 1/4
    labels = paddle.to_tensor(np.array([[0, 2, 3], [0, 3, 0]], "int64"))
    assert float(AttentionLoss(eos_id=3)(logits, [None, labels])["loss"]) == pytest.approx(6 * math.log(4), rel=1e-6)


def test_each_position_is_compared_with_its_own_label():
    logits = np.zeros((1, 2, 3), "float32")
    logits[0, 0, 0] = logits[0, 1, 2] = 5.0
    right = AttentionLoss(eos_id=2)(paddle.to_tensor(logits), [None, paddle.to_tensor([[0, 2]])])["loss"]
    assert float(right) == pytest.approx(2 * math.log(1 + 2 * math.exp(-5)), rel=1e-5)
    shifted = AttentionLoss(eos_id=2)(paddle.to_tensor(logits), [None, paddle.to_tensor([[2, 0]])])["loss"]
    assert float(shifted) == pytest.approx(float(right) + 10, rel=1e-5)


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        AttentionLoss(eos_id=3)(paddle.zeros([2, 3, 4]), [None, paddle.zeros([2, 4], "int64")])


SOS, EOS = 0, 4
LABELS = np.array([[SOS, 2, EOS, SOS, SOS, SOS], [SOS, 1, 3, 2, EOS, SOS], [SOS, 2, 3, 1, 1, 3]], "int64")
COUNTED = [(0, 0), (0, 1), (0, 2), *((1, step) for step in range(5)), *((2, step) for step in range(6))]


def steps_in_numpy(logits, smoothing):
    """Cross-entropy of each step with (1 - smoothing) · one-hot + smoothing / V, by its definition."""
    logits = logits.astype("float64")
    log_p = logits - np.log(np.exp(logits).sum(2, keepdims=True))
    wanted = (1 - smoothing) * np.eye(5)[LABELS] + smoothing / 5
    return -(wanted * log_p).sum(2)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("ignore_padding", [False, True])
def test_options_by_their_definition(ignore_padding, reduction, smoothing):
    logits = np.random.default_rng(0).normal(0, 2, (3, 6, 5)).astype("float32")
    steps = steps_in_numpy(logits, smoothing)
    counted = [steps[at] for at in COUNTED] if ignore_padding else steps
    loss = AttentionLoss(ignore_padding, reduction, smoothing, eos_id=EOS)(
        paddle.to_tensor(logits), [None, paddle.to_tensor(LABELS)]
    )["loss"]
    assert loss.shape == []
    assert float(loss) == pytest.approx(getattr(np, reduction)(counted), rel=1e-6)


def test_no_gradient_reaches_ignored_padding():
    logits = paddle.randn([3, 6, 5])
    logits.stop_gradient = False
    AttentionLoss(ignore_padding=True, eos_id=EOS)(logits, [None, paddle.to_tensor(LABELS)])["loss"].backward()
    reached = np.argwhere(np.abs(logits.grad.numpy()).sum(2) > 0)
    assert [tuple(at) for at in reached.tolist()] == COUNTED


@pytest.mark.parametrize("smoothing", [-0.1, 1.0])
def test_smoothing_leaves_something_of_the_right_class(smoothing):
    with pytest.raises(ConfigError, match="label_smoothing must be at least 0 and below 1, got"):
        AttentionLoss(label_smoothing=smoothing, eos_id=EOS)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("ignore_padding", [False, True])
def test_weighted_losses_of_parts_add_up_to_the_loss_of_the_whole(ignore_padding, reduction):
    loss = AttentionLoss(ignore_padding, reduction, eos_id=EOS)
    logits, labels = paddle.randn([3, 6, 5]), paddle.to_tensor(LABELS)
    parts = [slice(0, 1), slice(1, 3)]
    weights = loss.weights([[None, labels[part]] for part in parts])
    counted = (3, 11) if ignore_padding else (6, 12)  # steps that COUNTED lists, and all
    assert weights == pytest.approx([1, 1] if reduction == "sum" else np.divide(counted, sum(counted)))
    losses = [float(loss(logits[part], [None, labels[part]])["loss"]) for part in parts]
    whole = float(loss(logits, [None, labels])["loss"])
    assert np.dot(weights, losses) == pytest.approx(whole, rel=1e-5)
