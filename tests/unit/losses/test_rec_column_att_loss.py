"""The loss of steps and columns against its definition."""

import numpy as np
import paddle
import pytest

from ppocr_rare.errors import ConfigError
from ppocr_rare.losses import AttentionLoss, ColumnAttentionLoss
from ppocr_rare.modeling.architectures.predictions import Predictions

EOS = 4
LABELS = np.array([[0, 2, EOS, 0, 0, 0], [0, 1, 3, 2, EOS, 0], [0, 2, 3, 1, 1, 3]], "int64")
COLUMNS = np.array([[2, 2, 0, 0], [1, 3, 3, 2], [2, 3, 1, 1]], "int64")
NUM_STEPS = 14  # from sos to eos
OPTIONS = {"ignore_padding": True, "eos_id": EOS}


@pytest.fixture
def predictions():
    paddle.seed(5)
    return Predictions(paddle.randn([3, 6, 5]), paddle.randn([3, 4, 5]))


def batch(part=slice(None)):
    return [None, paddle.to_tensor(LABELS[part]), None, paddle.to_tensor(COLUMNS[part])]


def column_losses(logits):
    logits = logits.numpy().astype("float64")
    log_p = logits - np.log(np.exp(logits).sum(2, keepdims=True))
    return -np.take_along_axis(log_p, COLUMNS[..., None], 2).sum()


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_columns_are_added_before_the_reduction(predictions, reduction):
    loss = ColumnAttentionLoss(0.25, reduction=reduction, **OPTIONS)(predictions, batch())["loss"]
    steps = float(AttentionLoss(reduction="sum", **OPTIONS)(predictions.logits, batch())["loss"])
    total = steps + 0.25 * column_losses(predictions.column_logits)
    assert float(loss) == pytest.approx(total / (NUM_STEPS if reduction == "mean" else 1), rel=1e-5)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_weighted_losses_of_parts_add_up_to_the_loss_of_the_whole(predictions, reduction):
    loss = ColumnAttentionLoss(reduction=reduction, **OPTIONS)
    parts = [slice(0, 1), slice(1, 3)]
    weights = loss.weights([batch(part) for part in parts])
    given = [Predictions(*(logits[part] for logits in predictions[:2])) for part in parts]
    losses = [float(loss(*pair)["loss"]) for pair in zip(given, map(batch, parts), strict=True)]
    assert np.dot(weights, losses) == pytest.approx(float(loss(predictions, batch())["loss"]), rel=1e-5)


def test_what_cannot_be():
    with pytest.raises(ConfigError, match="column_weight must be at least 0, got -1"):
        ColumnAttentionLoss(-1, eos_id=EOS)
    with pytest.raises(ValueError, match="columns .* do not fit"):
        ColumnAttentionLoss(eos_id=EOS)(Predictions(paddle.zeros([3, 6, 5]), paddle.zeros([3, 5, 5])), batch())
