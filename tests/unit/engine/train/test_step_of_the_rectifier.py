"""The phase of the localization network alone: what it changes, that it resumes bit for bit, and what the log says."""

import logging

import numpy as np
import pytest
from material import ROOT

from ppocr_rare import load_config
from ppocr_rare.engine.train.assemble import build_trainer
from ppocr_rare.engine.train.interruption import Interrupted

CONFIG = ROOT / "configs" / "rec" / "rec_mv3_tps_bilstm_att_rectify.yml"
SMALL = (
    "Global.use_gpu=False", "Global.epoch_num=2", "Global.rectifier_only_steps=3", "Global.save_batch_step=1",
    "Global.eval_batch_step=1000", "Global.ema_decay=0.9", "Architecture.Backbone.scale=0.35",
    "Architecture.Neck.hidden_size=16", "Architecture.Head.hidden_size=16", "Train.dataset.num_samples=6",
    "Train.loader.batch_size_per_card=3", "Train.loader.num_workers=0", "Eval.dataset.num_samples=1",
)  # fmt: skip


@pytest.fixture
def make():
    """``make(folder, "Global.x=1")``: a trainer; its log is closed behind the test."""
    made = []

    def make(folder, *more):
        made.append(build_trainer(load_config(CONFIG, [*SMALL, f"Global.save_model_dir={folder}", *more])))
        return made[-1]

    yield make
    for trainer in reversed(made):
        trainer.log.close()


def changed(trainer, number):
    """Stages, and the parts of the transform, that the update of that number changes."""
    before = {name: value.numpy() for name, value in trainer.network.state_dict().items()}
    trainer.step.run([next(iter(trainer.loader))], number)
    after = trainer.network.state_dict()
    names = [name for name, value in before.items() if not np.array_equal(value, after[name].numpy())]
    return {".".join(name.split(".")[: 2 if name.startswith("transform") else 1]) for name in names}


def test_in_the_first_steps_nothing_else_changes(make, tmp_path):
    trainer = make(tmp_path)
    trainer.loader.start_epoch(0, 0)
    trainer.network.train()
    assert changed(trainer, 2) == {"transform.loc_net"}
    assert changed(trainer, 3) == {"transform.loc_net", "backbone", "neck", "head"}


def test_interrupted_in_the_phase_it_goes_on_bit_for_bit(make, tmp_path):
    whole = make(tmp_path / "whole")
    whole.fit()
    parted = make(tmp_path / "parted")
    parted._signals.agreed = lambda: 15 if parted.progress.global_step == 2 else None
    with pytest.raises(Interrupted):
        parted.fit()
    again = make(tmp_path / "parted", f"Global.checkpoints={tmp_path / 'parted' / 'latest'}")
    assert again.progress.global_step == 2
    again.fit()
    for suffix in (".pdparams", ".pdopt", ".states", ".ema.pdparams"):
        files = [(tmp_path / name / f"latest{suffix}").read_bytes() for name in ("whole", "parted")]
        assert files[0] == files[1], suffix


def test_the_log_says_that_it_is_dead_at_the_start_and_behind_each_epoch(make, tmp_path, caplog):
    trainer = make(tmp_path / "first")
    bias = trainer.network.transform.loc_net.fc1.bias
    bias.set_value(np.full(bias.shape, -99.0, np.float32))
    trainer.keeper.save("dead", trainer.progress)
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        make(tmp_path / "second", f"Global.pretrained_model={tmp_path / 'first' / 'dead'}", "Global.epoch_num=1").fit()
    assert len([record for record in caplog.records if "localization network is dead" in record.message]) == 2
