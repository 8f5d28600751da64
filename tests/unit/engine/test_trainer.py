"""The training step and loop on a network small enough to be worked out by hand."""

import math

import numpy as np
import paddle
import pytest
from paddle import nn

from ppocr_rare.engine.decisions import TrainSettings
from ppocr_rare.engine.trainer import Trainer
from ppocr_rare.errors import RareError
from ppocr_rare.utils.precision import Precision
from ppocr_rare.utils.stats import Rejection


class Line(nn.Layer):
    """y = w x, as images to logits."""

    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = self.create_parameter([1], default_initializer=nn.initializer.Constant(weight))

    def forward(self, images, labels):
        return images * self.weight


class Sum(nn.Layer):
    def forward(self, logits, batch):
        return {"loss": logits.sum()}


class Batches:
    """A loader of ready batches; tells what it was asked for."""

    def __init__(self, *batches):
        self.batches = batches
        self.started = []

    def __len__(self):
        return len(self.batches)

    def start_epoch(self, epoch, batch=0):
        self.started.append((epoch, batch))
        self._first = batch

    def __iter__(self):
        return iter(self.batches[self._first :])


class Log:
    def __init__(self):
        self.records, self.evaluations = [], []

    def step(self, record):
        self.records.append(record)

    def evaluation(self, global_step, epoch, metrics, is_best, best):
        self.evaluations.append((global_step, metrics["acc"], is_best, best["acc"]))

    def resume(self, global_step):
        self.resumed = global_step


def batch(*values, key="a"):
    if not values:
        return {"keys": [], "rejections": [Rejection(key, "", "not an image")]}
    return {"image": paddle.to_tensor(values), "label": None, "keys": [f"{key}{v}" for v in values], "rejections": []}


def make(folder, loader, evaluate=None, weight=1.0, **settings):
    model = Line(weight)
    schedule = paddle.optimizer.lr.StepDecay(0.1, 1, gamma=0.5)
    optimizer = paddle.optimizer.SGD(schedule, parameters=model.parameters())
    chosen = {
        "epochs": 1, "seed": 0, "eval_batch_step": 1000, "eval_batch_epoch": None, "save_epoch_step": 100,
        "save_batch_step": None, "main_indicator": "acc", "patience": None, **settings,
    }  # fmt: skip
    return Trainer(
        model, Sum(), optimizer, schedule, Precision(), loader, ("image",), None, evaluate, Log(),
        TrainSettings(folder=folder, **chosen),
    )  # fmt: skip


def test_each_step_is_one_update_at_its_own_rate(tmp_path):
    trainer = make(tmp_path, Batches(batch(1.0, 2.0), batch(4.0)))
    trainer.fit()
    # d loss / d w is the sum of the batch: 1 - 0.1 * 3 - 0.05 * 4
    assert trainer.model.weight.item() == pytest.approx(0.5)
    assert [(r.global_step, r.loss, r.lr) for r in trainer.log.records] == [
        (1, pytest.approx(3.0), 0.1),
        (2, pytest.approx(4 * 0.7), 0.05),
    ]


def test_a_loss_that_is_not_finite_stops_before_the_update(tmp_path):
    trainer = make(tmp_path, Batches(batch(1.0), batch(math.inf, key="bad/")), save_batch_step=1)
    with pytest.raises(RareError) as fault:
        trainer.fit()
    assert trainer.model.weight.item() == pytest.approx(0.9)
    for part in ("loss is inf at step 2", "bad/inf", f"last checkpoint: {tmp_path / 'latest'}"):
        assert part in str(fault.value)


def test_a_batch_without_a_usable_sample_makes_no_update_and_is_counted(tmp_path, caplog):
    trainer = make(tmp_path, Batches(batch(1.0), batch(), batch(2.0)))
    with caplog.at_level("WARNING", logger="ppocr_rare"):
        trainer.fit()
    assert trainer.model.weight.item() == pytest.approx(1 - 0.1 - 0.05 * 2)
    assert trainer.progress.global_step == 2
    assert [record.message.split(": ", 1)[1] for record in caplog.records] == [
        "not an image: 1",
        "    a (''): not an image",
    ]


def test_the_best_is_kept_and_patience_ends_the_training(tmp_path):
    accuracies = iter([0.2, 0.5, 0.5, 0.4, 0.3, 0.9])
    loader = Batches(*[batch(0.0)] * 10)
    trainer = make(tmp_path, loader, lambda: {"acc": next(accuracies), "fps": 1.0}, eval_batch_step=1, patience=2)
    progress = trainer.fit()
    assert [row[1:] for row in trainer.log.evaluations] == [
        (0.2, True, 0.2), (0.5, True, 0.5), (0.5, True, 0.5), (0.4, False, 0.5), (0.3, False, 0.5),
    ]  # fmt: skip
    assert progress.global_step == 5 and progress.best == {"acc": 0.5, "best_epoch": 1, "best_step": 3}
    assert (tmp_path / "best_accuracy.pdparams").is_file()


def test_going_on_begins_behind_the_batches_that_are_done(tmp_path):
    batches = [batch(float(v)) for v in (1, 2, 3)]
    whole = make(tmp_path / "whole", Batches(*batches), epochs=2)
    whole.fit()
    first = make(tmp_path / "run", Batches(*batches[:2], batch(math.nan)), epochs=2, save_batch_step=1)
    with pytest.raises(RareError):
        first.fit()
    second = make(tmp_path / "run", Batches(*batches), epochs=2, weight=-7.0)
    second.resume(str(tmp_path / "run" / "latest"))
    second.fit()
    assert second.loader.started == [(0, 2), (1, 0)]
    assert second.log.resumed == 2
    np.testing.assert_array_equal(second.model.weight.numpy(), whole.model.weight.numpy())


def test_checkpoints_of_epochs_are_kept_at_the_interval(tmp_path):
    make(tmp_path, Batches(batch(1.0)), epochs=5, save_epoch_step=2).fit()
    kept = {path.stem for path in tmp_path.glob("*.pdparams")}
    assert kept == {"latest", "iter_epoch_2", "iter_epoch_4"}
