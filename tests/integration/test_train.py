"""tools/train.py: an interrupted training is the uninterrupted one, on one process and on two."""

import re
import signal

import numpy as np
import pytest
from word_training import WORDS, launch, options, train, wait_for_step

from ppocr_rare.utils.checkpoint.pickle_file import read_state

FILES = ("latest.pdparams", "latest.pdopt", "latest.states", "latest.ema.pdparams", "best_accuracy.pdparams")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """Folder of a training that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    labels = folder / "labels.txt"  # one with a sign that training leaves out, so that all else is as without it
    labels.write_text((WORDS / "labels.txt").read_text().replace("JOINT", "JOINT!"))
    process = train(folder, f"Train.dataset.label_file_list=[{labels}]")
    output, _ = process.communicate(timeout=200)
    assert process.returncode == 0, output
    return folder


def test_it_writes_what_people_look_for(uninterrupted):
    names = {path.name for path in uninterrupted.iterdir()}
    assert {*FILES, "config.yml", "train.log", "iter_epoch_3.pdparams"} <= names
    log = (uninterrupted / "train.log").read_text()
    assert re.search(r"ppocr INFO: epoch: \[3/3\], global_step: 6, lr: 0\.000500, acc: [\d.]+, .*loss: [\d.]+", log)
    assert "best_step: 4" in log
    assert "ppocr WARNING: Train characters (10 of 10 labels looked at): 1 labels (10.0%) hold" in log
    assert f"the averaged weights are in {uninterrupted}: latest.ema.pdparams, and best_accuracy.pdparams" in log


def test_a_training_that_is_complete_says_so(uninterrupted):
    before = (uninterrupted / "latest.states").read_bytes()
    process = train(uninterrupted, f"Global.checkpoints={uninterrupted / 'latest'}")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "nothing to do: Global.epoch_num is 3, and so many epochs are done" in output
    assert (uninterrupted / "latest.states").read_bytes() == before


def test_killed_and_started_again_it_is_the_same_to_the_last_bit(uninterrupted, tmp_path):
    process = train(tmp_path)
    wait_for_step(process, 3)  # in the middle of the second epoch
    process.kill()
    process.communicate()
    process = train(tmp_path, f"Global.checkpoints={tmp_path / 'latest'}")
    output, _ = process.communicate(timeout=200)
    assert process.returncode == 0, output
    assert "goes on from" in output
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (uninterrupted / name).read_bytes(), name


def test_a_signal_saves_and_says_how_to_go_on(uninterrupted, tmp_path):
    process = train(tmp_path, "Global.save_batch_step=1000")
    wait_for_step(process, 1)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert f"go on with -o Global.checkpoints={tmp_path / 'latest'}" in output.splitlines()[-1]
    assert "ppocr ERROR: stopped as asked (SIGTERM) at step " in (tmp_path / "train.log").read_text()
    process = train(tmp_path, f"Global.checkpoints={tmp_path / 'latest'}", "Global.save_batch_step=1000")
    process.communicate(timeout=200)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (uninterrupted / name).read_bytes(), name


@pytest.mark.parametrize("ignore_padding", [False, True])  # the ranks' words have other lengths
@pytest.mark.slow
def test_two_processes_make_the_update_of_one_with_twice_the_batch(tmp_path, ignore_padding):
    # Batch norm sees a rank's own samples alone, so it is frozen; a mean, because ranks average their gradients. Labels
    # are fed and a large epsilon makes Adam's step follow the gradient, or rounding would turn into other characters
    # and full steps.
    more = ["Global.freeze=[transform,backbone]", "Loss.reduction=mean", "Global.epoch_num=1"]
    more += [f"Loss.ignore_padding={ignore_padding}"]
    more += ["Architecture.Head.teacher_forcing=True", "Optimizer.epsilon=1.0", "Optimizer.lr.learning_rate=0.1"]
    # Four samples an update: of one process at once, of two processes in two batches of one.
    one = train(tmp_path / "one", *more, "Global.accumulate_steps=1", "Train.loader.batch_size_per_card=4")
    output, _ = one.communicate(timeout=200)
    assert one.returncode == 0, output
    two = launch(tmp_path, "train.py", *options(tmp_path / "two", *more, "Train.loader.batch_size_per_card=1"))
    output, _ = two.communicate(timeout=200)
    assert two.returncode == 0, output
    states = [read_state(tmp_path / name / "latest.pdparams") for name in ("one", "two")]
    assert states[0].keys() == states[1].keys()
    for name, value in states[0].items():
        np.testing.assert_allclose(states[1][name], value, rtol=0, atol=1e-5, err_msg=name)
    moved = abs(states[0]["head.generator.bias"]).max()  # it starts at zero: far more than the tolerance
    assert moved > 1e-3


def test_two_processes_train_and_evaluate(tmp_path):
    folder = tmp_path / "run"
    # Odd on purpose: three samples on each rank, and a last batch of four for both.
    more = ("Train.loader.batch_size_per_card=3", "Global.accumulate_steps=1")
    process = launch(tmp_path, "train.py", *options(folder, *more))
    output, _ = process.communicate(timeout=200)
    assert process.returncode == 0, output
    assert "global_step: 6" in output and "best_step: 4" in output

    prediction_file = tmp_path / "predictions.tsv"
    weights = f"Global.pretrained_model={folder / 'latest'}"
    process = launch(tmp_path, "eval.py", *options(folder, weights), "--save_pred", prediction_file)
    output, _ = process.communicate(timeout=200)
    assert process.returncode == 0, output
    assert "/10)" in output
    rows = prediction_file.read_text().splitlines()[1:]
    keys = [row.split("\t")[1] for row in rows]
    assert len(keys) == 10 and len(set(keys)) == 10  # no sample twice, none lost
