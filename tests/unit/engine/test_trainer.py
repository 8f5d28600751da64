"""The training step and loop on a network small enough to be worked out by hand."""

import math

import paddle
import pytest
from paddle import nn

from ppocr_rare.engine.decisions import TrainSettings
from ppocr_rare.engine.train_step import TrainStep
from ppocr_rare.engine.trainer import Trainer
from ppocr_rare.engine.weight_average import WeightAverage
from ppocr_rare.errors import RareError
from ppocr_rare.utils.checkpoint_file import read_state
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

    def weights(self, batches):
        return [1.0] * len(batches)

    def rank_weight(self, batches):
        return 1.0


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
        self.records, self.evaluations, self.failures = [], [], []

    def step(self, record):
        self.records.append(record)

    def evaluation(self, global_step, epoch, metrics, is_best, best):
        self.evaluations.append((global_step, metrics["acc"], is_best, best["acc"]))

    def resume(self, global_step):
        self.resumed = global_step

    def failure(self, message):
        self.failures.append(message)


def batch(*values, key="a"):
    if not values:
        return {"keys": [], "rejections": [Rejection(key, "", "not an image")]}
    return {"image": paddle.to_tensor(values), "label": None, "keys": [f"{key}{v}" for v in values], "rejections": []}


def make(folder, loader, evaluate=None, weight=1.0, ema_decay=0.0, precision=None, **settings):
    model = Line(weight)
    schedule = paddle.optimizer.lr.StepDecay(0.1, 1, gamma=0.5)
    optimizer = paddle.optimizer.SGD(schedule, parameters=model.parameters())
    chosen = {
        "epochs": 1, "accumulate_steps": 1, "eval_batch_step": 1000, "eval_batch_epoch": None, "save_epoch_step": 100,
        "save_batch_step": None, "main_indicator": "acc", "patience": None, **settings,
    }  # fmt: skip
    precision = precision or Precision()
    step = TrainStep(model, Sum(), optimizer, schedule, precision, ("image",), 0, chosen["accumulate_steps"])
    average = WeightAverage(model, ema_decay) if ema_decay else None
    return Trainer(step, loader, None, evaluate, average, Log(), TrainSettings(folder=folder, **chosen))


def test_each_step_is_one_update_at_its_own_rate(tmp_path):
    trainer = make(tmp_path, Batches(batch(1.0, 2.0), batch(4.0)))
    trainer.fit()
    # d loss / d w is the sum of the batch: 1 - 0.1 * 3 - 0.05 * 4
    assert trainer.network.weight.item() == pytest.approx(0.5)
    assert [(r.global_step, r.loss, r.lr) for r in trainer.log.records] == [
        (1, pytest.approx(3.0), 0.1),
        (2, pytest.approx(4 * 0.7), 0.05),
    ]


def test_a_loss_that_is_not_finite_stops_before_the_update(tmp_path):
    trainer = make(tmp_path, Batches(batch(1.0), batch(math.inf, key="bad/")), save_batch_step=1)
    with pytest.raises(RareError) as fault:
        trainer.fit()
    assert trainer.network.weight.item() == pytest.approx(0.9)
    for part in ("loss is inf at step 2", "bad/inf", f"last checkpoint: {tmp_path / 'latest'}"):
        assert part in str(fault.value)
    assert trainer.log.failures == [str(fault.value)]


def test_batches_that_make_one_update(tmp_path):
    loader = Batches(*[batch(float(v)) for v in (1, 2, 3, 4, 5)])
    trainer = make(tmp_path, loader, lambda: {"acc": 0.0}, accumulate_steps=2, save_batch_step=1, eval_batch_step=2)
    trainer.fit()
    # Rates 0.1, 0.05, 0.025; the fifth batch is left over and makes an update of its own.
    assert trainer.network.weight.item() == pytest.approx(1 - 0.1 * 3 - 0.05 * 7 - 0.025 * 5)
    assert [(r.global_step, r.num_samples) for r in trainer.log.records] == [(1, 2), (2, 2), (3, 1)]
    assert trainer.log.records[0].loss == pytest.approx(3.0)
    assert [step for step, *_ in trainer.log.evaluations] == [2]


def test_a_bad_batch_among_those_of_an_update_stops_before_it(tmp_path):
    loader = Batches(batch(1.0), batch(math.nan, key="bad/"), batch(2.0))
    trainer = make(tmp_path, loader, accumulate_steps=3)
    with pytest.raises(RareError, match=r"samples of the batch: bad/nan$"):
        trainer.fit()
    assert trainer.network.weight.item() == 1.0


class Overflowing(Precision):
    """Leaves out the second update."""

    def update(self, optimizer):
        self.number = getattr(self, "number", 0) + 1
        if self.number != 2:
            return super().update(optimizer)
        optimizer.clear_grad()
        return False


def test_an_update_that_float16_does_not_hold_counts_nowhere(tmp_path, caplog):
    loader = Batches(batch(1.0), batch(2.0), batch(4.0))
    trainer = make(tmp_path, loader, lambda: {"acc": 0.0}, precision=Overflowing(), ema_decay=0.9, eval_batch_step=1)
    with caplog.at_level("WARNING", logger="ppocr_rare"):
        trainer.fit()
    assert trainer.network.weight.item() == pytest.approx(1 - 0.1 * 1 - 0.05 * 4)
    assert trainer.progress.global_step == trainer.step.schedule.last_epoch == 2
    assert [step for step, *_ in trainer.log.evaluations] == [1, 2]
    # (1 + n) / (10 + n): 2/11 of 1 and 9/11 of 0.9, then 3/12 of that and 9/12 of 0.7
    assert trainer.average.state()["weight"].item() == pytest.approx(((2 + 9 * 0.9) / 11 * 3 + 9 * 0.7) / 12)
    assert "updates of epoch 1 left out, as float16 did not hold them: 1" in caplog.text


def test_the_average_is_evaluated_and_is_the_best_and_the_raw_weights_go_on(tmp_path):
    seen, loader = [], Batches(batch(1.0), batch(2.0))

    def evaluate():
        seen.append(trainer.network.weight.item())
        return {"acc": 0.5}

    trainer = make(tmp_path, loader, evaluate, ema_decay=0.5, eval_batch_step=2)
    trainer.fit()
    average = ((2 * 1.0 + 9 * 0.9) / 11 * 3 + 9 * 0.8) / 12
    assert seen == [pytest.approx(average)]
    files = {name: read_state(tmp_path / f"{name}.pdparams")["weight"] for name in ("best_accuracy", "latest")}
    assert files == {"best_accuracy": pytest.approx(average), "latest": pytest.approx(0.8)}
    assert read_state(tmp_path / "latest.ema.pdparams")["weight"] == pytest.approx(average)
    assert not (tmp_path / "best_accuracy.ema.pdparams").exists()


def test_a_training_that_is_complete_says_so(tmp_path, caplog):
    make(tmp_path, Batches(batch(1.0))).fit()
    again = make(tmp_path, Batches(batch(1.0)))
    again.resume(tmp_path / "latest.pdparams")
    with caplog.at_level("INFO", logger="ppocr_rare"):
        again.fit()
    assert caplog.records[-1].message == "nothing to do: all 1 epochs of Global.epoch_num are done"
    assert not again.log.records


def test_a_batch_without_a_usable_sample_makes_no_update_and_is_counted(tmp_path, caplog):
    trainer = make(tmp_path, Batches(batch(1.0), batch(), batch(2.0)))
    with caplog.at_level("WARNING", logger="ppocr_rare"):
        trainer.fit()
    assert trainer.network.weight.item() == pytest.approx(1 - 0.1 - 0.05 * 2)
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
    # Of equals the later one is kept, but no rise is no reason to go on.
    assert [row[1:] for row in trainer.log.evaluations] == [
        (0.2, True, 0.2), (0.5, True, 0.5), (0.5, True, 0.5), (0.4, False, 0.5),
    ]  # fmt: skip
    assert progress.global_step == 4 and progress.best == {"acc": 0.5, "best_epoch": 1, "best_step": 3}
    assert all((tmp_path / f"{name}.pdparams").is_file() for name in ("best_accuracy", "latest"))


@pytest.mark.parametrize("accumulate_steps", [1, 2])
def test_going_on_begins_behind_the_batches_that_are_done(tmp_path, accumulate_steps):
    batches = [batch(float(v)) for v in (1, 2, 3)]
    settings = {"epochs": 2, "ema_decay": 0.9, "accumulate_steps": accumulate_steps}
    whole = make(tmp_path / "whole", Batches(*batches), **settings)
    whole.fit()
    first = make(tmp_path / "run", Batches(*batches[:2], batch(math.nan)), save_batch_step=1, **settings)
    with pytest.raises(RareError):
        first.fit()
    second = make(tmp_path / "run", Batches(*batches), weight=-7.0, **settings)
    second.resume(str(tmp_path / "run" / "latest"))
    second.fit()
    assert second.loader.started == [(0, 2), (1, 0)]
    assert second.log.resumed == 2 / accumulate_steps
    for name in ("latest.pdparams", "latest.ema.pdparams", "latest.states"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_an_average_may_begin_in_the_middle(tmp_path, caplog):
    make(tmp_path, Batches(batch(1.0))).fit()
    trainer = make(tmp_path, Batches(batch(1.0)), weight=5.0, ema_decay=0.9)
    trainer.resume(tmp_path / "latest")
    assert trainer.average.state()["weight"] == pytest.approx(0.9)
    assert "the average begins with its weights" in caplog.text


def test_checkpoints_of_epochs_are_kept_at_the_interval(tmp_path):
    make(tmp_path, Batches(batch(1.0)), epochs=5, save_epoch_step=2).fit()
    kept = {path.stem for path in tmp_path.glob("*.pdparams")}
    assert kept == {"latest", "iter_epoch_2", "iter_epoch_4"}
