"""The loop of a training of one weight."""

import math
import signal

import pytest
from tiny_training import Batches, batch, make

from ppocr_rare.engine.train.interruption import Interrupted
from ppocr_rare.errors import RareError
from ppocr_rare.utils.precision import Precision


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


def test_a_training_that_is_complete_says_so(tmp_path, caplog):
    make(tmp_path, Batches(batch(1.0))).fit()
    again = make(tmp_path, Batches(batch(1.0)))
    again.resume(tmp_path / "latest.pdparams")
    with caplog.at_level("INFO", logger="ppocr_rare"):
        again.fit()
    assert caplog.records[-1].message == "nothing to do: Global.epoch_num is 1, and so many epochs are done"
    assert not again.log.records


def test_accuracy_on_batches_is_measured_in_every_nth_epoch(tmp_path):
    settings = {"measure": lambda logits, batch: {"acc": 0.5, "norm_edit_dis": 0.7}, "calc_epoch_interval": 2}
    trainer = make(tmp_path, Batches(batch(1.0)), epochs=4, **settings)
    trainer.fit()
    assert [record.acc for record in trainer.log.records] == [None, 0.5, None, 0.5]


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
    # Of equals the earlier one is kept.
    assert [row[1:] for row in trainer.log.evaluations] == [
        (0.2, True, 0.2), (0.5, True, 0.5), (0.5, False, 0.5), (0.4, False, 0.5),
    ]  # fmt: skip
    assert progress.global_step == 4 and progress.best == {"acc": 0.5, "best_epoch": 1, "best_step": 2}
    assert all((tmp_path / f"{name}.pdparams").is_file() for name in ("best_accuracy", "latest"))


def test_patience_holds_by_epochs_and_when_it_goes_on(tmp_path, caplog):
    settings = {"eval_batch_epoch": 1, "eval_batch_step": 1, "patience": 2, "epochs": 10}
    trainer = make(tmp_path, Batches(batch(0.0), batch(0.0)), lambda: {"acc": 0.5}, **settings)
    assert trainer.fit().epoch == 3  # the first rises from nothing, two do not
    assert [step for step, *_ in trainer.log.evaluations] == [2, 4, 6]
    assert trainer.progress.best["best_epoch"] == 1  # of equals the earlier
    again = make(tmp_path, Batches(batch(0.0), batch(0.0)), lambda: {"acc": 0.5}, **settings)
    again.resume(tmp_path / "latest")
    with caplog.at_level("INFO", logger="ppocr_rare"):
        again.fit()
    assert "nothing to do: stopped early: 2 evaluations" in caplog.text and not again.log.records


def test_a_signal_that_is_repeated_does_not_end_it_before_it_has_said_why(tmp_path, monkeypatch):
    def evaluate():
        signal.raise_signal(signal.SIGTERM)

    trainer = make(tmp_path, Batches(batch(1.0), batch(2.0)), evaluate, eval_batch_step=1)
    seen = []
    monkeypatch.setattr(trainer.log, "failure", lambda _: signal.raise_signal(signal.SIGTERM), raising=False)
    before = signal.signal(signal.SIGTERM, lambda *_: seen.append("came"))
    try:
        with pytest.raises(Interrupted):
            trainer.fit()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen == []  # in a process of its own it would have ended it


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_an_evaluation_which_is_made_up_for(tmp_path, name):
    signal.signal(getattr(signal, name), signal.SIG_DFL)  # under nohup, SIGHUP is ignored
    whole = make(tmp_path / "whole", Batches(batch(1.0), batch(2.0)), lambda: {"acc": 0.5}, eval_batch_step=1)
    whole.fit()

    def evaluate():
        signal.raise_signal(getattr(signal, name))
        raise AssertionError("the evaluation went on")

    trainer = make(tmp_path / "run", Batches(batch(1.0), batch(2.0)), evaluate, eval_batch_step=1)
    with pytest.raises(Interrupted, match=rf"stopped as asked \({name}\) at step 1; saved; go on with"):
        trainer.fit()
    trainer = make(tmp_path / "run", Batches(batch(1.0), batch(2.0)), lambda: {"acc": 0.5}, eval_batch_step=1)
    trainer.resume(tmp_path / "run" / "latest")
    trainer.fit()
    assert [step for step, *_ in trainer.log.evaluations] == [1, 2]
    for path in (tmp_path / "whole").iterdir():
        assert (tmp_path / "run" / path.name).read_bytes() == path.read_bytes(), path.name


def test_an_epoch_without_one_usable_sample_is_an_error(tmp_path):
    trainer = make(tmp_path, Batches(batch(), batch()), lambda: {"acc": 0.0}, eval_batch_epoch=1)
    with pytest.raises(RareError, match=r"no sample of Train.dataset can be used \(2 looked at\): 2 x not an image"):
        trainer.fit()
    assert trainer.log.evaluations == []
    assert not list(tmp_path.glob("*.pdparams"))


def test_trained_weights_are_evaluated_before_the_first_step(tmp_path, caplog):
    weights = []

    def evaluate():
        weights.append(trainer.network.weight.item())
        return {"acc": 0.25, "norm_edit_dis": 0.5, "fps": 9.0}

    trainer = make(tmp_path, Batches(batch(1.0)), evaluate, has_starting_score=True, eval_batch_epoch=1)
    with caplog.at_level("INFO", logger="ppocr_rare"):
        trainer.fit()
    assert weights == [1.0, pytest.approx(0.9)]
    assert "starting score, before the first step: acc: 0.250000, norm_edit_dis: 0.500000" in caplog.messages
