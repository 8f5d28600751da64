"""What a training saves, and how it goes on from it."""

import math

import pytest
from tiny_training import Batches, Line, batch, make

from ppocr_rare.errors import RareError
from ppocr_rare.utils.checkpoint.pickle_file import read_state


def test_weights_that_are_not_finite_are_never_saved(tmp_path):
    class Explosive(Line):
        def forward(self, images, labels):
            return (self.weight - 1.0).sqrt() * images  # at 1 the value is 0, the slope infinite

    trainer = make(tmp_path, Batches(batch(0.5)), save_batch_step=1)
    trainer.fit()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    trainer = make(tmp_path, Batches(batch(0.5)), save_batch_step=1, model=Explosive())
    with pytest.raises(RareError, match=r"step 1 has made weights that are not finite \(weight\).*left as it was"):
        trainer.fit()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


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
