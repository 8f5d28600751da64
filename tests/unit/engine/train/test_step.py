"""Updates from several batches against the update from one batch of all their samples."""

import numpy as np
import paddle
import pytest
from paddle import nn

from ppocr_rare.engine.train.step import TrainStep, in_groups
from ppocr_rare.losses import AttentionLoss
from ppocr_rare.utils.precision import Precision

L, V = 4, 5
EOS = V - 1
LABELS = np.array([[0, 1, EOS, 0], [0, 1, 2, EOS], [0, EOS, 0, 0], [0, 3, EOS, 0], [0, 2, EOS, 0]], "int64")


class Reader(nn.Layer):
    """Logits of 3 numbers, with a batch norm that rests and, if asked for, dropout."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.norm = nn.BatchNorm1D(3, use_global_stats=True)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(3, L * V)

    def forward(self, images, labels):
        return self.linear(self.dropout(self.norm(images))).reshape([-1, L, V])


def batch(*rows):
    rows = list(rows)
    images = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")[rows]
    keys = [str(row) for row in rows]
    return {"image": paddle.to_tensor(images), "label": paddle.to_tensor(LABELS[rows]), "keys": keys}


def make(loss=None, dropout=0.0, max_batches=1):
    paddle.seed(1)
    model = Reader(dropout)
    schedule = paddle.optimizer.lr.StepDecay(0.1, 1)
    optimizer = paddle.optimizer.SGD(schedule, parameters=model.parameters())
    loss = loss or AttentionLoss(eos_id=EOS)
    return TrainStep(model, loss, optimizer, schedule, Precision(), ("image", "label"), 0, max_batches)


def weights(step):
    return np.concatenate([parameter.numpy().ravel() for parameter in step.network.parameters()])


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("ignore_padding", [False, True])
def test_several_batches_make_the_update_of_one_that_holds_all(ignore_padding, reduction):
    steps = [make(AttentionLoss(ignore_padding, reduction, eos_id=EOS)) for _ in range(2)]
    start = weights(steps[0])
    whole = steps[0].run([batch(0, 1, 2, 3, 4)], 0)
    parts = steps[1].run([batch(0, 1), batch(2), batch(3, 4)], 0)
    assert parts.loss == pytest.approx(whole.loss, rel=1e-5)
    assert len(parts.logits) == 3
    np.testing.assert_allclose(weights(steps[1]), weights(steps[0]), atol=1e-6)
    assert abs(weights(steps[0]) - start).max() > 1e-3
    assert steps[1].schedule.last_epoch == 1


def test_a_stand_in_counts_nothing():
    steps = [make(), make()]
    steps[0].run([batch(0, 1)], 0)
    steps[1].run([batch(0, 1), {**batch(2, 3), "keys": []}], 0)
    np.testing.assert_array_equal(weights(steps[1]), weights(steps[0]))
    before = weights(steps[0])
    assert steps[0].run([{**batch(2, 3), "keys": []}], 1).loss == 0
    np.testing.assert_array_equal(weights(steps[0]), before)


def test_what_is_drawn_follows_from_the_step_and_the_batch_in_it():
    def logits(number, count=2):
        return [value.numpy() for value in make(dropout=0.5, max_batches=2).run([batch(0)] * count, number).logits]

    first, second = logits(0)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(logits(0), [first, second])
    third, fourth = logits(1)
    assert len({value.tobytes() for value in (first, second, third, fourth)}) == 4


def test_groups_follow_each_other_and_the_last_may_be_smaller():
    assert [*in_groups("abcde", 2)] == [["a", "b"], ["c", "d"], ["e"]]
    assert [*in_groups("ab", 2)] == [["a", "b"]]
