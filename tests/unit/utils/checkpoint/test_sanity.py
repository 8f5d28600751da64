"""Files of a training whose entries cannot be true are told in one line, whatever was altered in them."""

import math
import random

import numpy as np
import paddle
import pytest
from paddle import nn

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.moment import SUMS, checksum
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle, write_state
from ppocr_rare.utils.checkpoint.training_state import Progress, load_training, save_training

NONSENSE = (
    None, True, -1, -(10**30), 10**30, 0.5, math.nan, -math.inf, "", "epoch", [], [1], {}, {"a": []}, {1: 2},
    np.zeros(0, "float32"), np.full(3, np.nan, "float32"), np.full((4, 3), -1.0, "float32"), np.ones((3, 4), "int64"),
    np.array(["x"]), np.array(7, "float32"),
)  # fmt: skip


def make():
    paddle.seed(0)
    model = nn.Linear(3, 4)
    schedule = paddle.optimizer.lr.CosineAnnealingDecay(0.1, 50)
    return model, paddle.optimizer.Adam(learning_rate=schedule, parameters=model.parameters()), schedule


@pytest.fixture
def saved(tmp_path):
    model, optimizer, schedule = make()
    for _ in range(2):
        model(paddle.ones([5, 3])).sum().backward()
        optimizer.step()
        optimizer.clear_grad()
        schedule.step()
    progress = Progress(
        1, 2, 4, {"acc": 0.25, "best_epoch": 1}, 3, {"scale": np.ones(1, "float32")}, recent={"loss": [0.5]}
    )
    save_training(tmp_path / "latest", model, optimizer, progress)
    return tmp_path


def write(folder, suffix, content):
    """Writes one of the files of a moment as if its checksum had been altered with it."""
    write_state(folder / f"latest{suffix}", content)
    states = read_pickle(folder / "latest.states")
    if isinstance(states, dict) and suffix != ".states":
        states[SUMS][suffix] = checksum(folder / f"latest{suffix}")
        write_state(folder / "latest.states", states)


def load(folder):
    model, optimizer, schedule = make()
    progress = load_training(folder / "latest", model, optimizer, 2)
    return progress, optimizer, schedule


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("epoch", -1, "epoch is not a count"),
        ("batch", 0.5, "batch is not a count"),
        ("global_step", 10**30, "global_step is not a count"),
        ("evaluations_since_best", True, "evaluations_since_best is not a count"),
        ("has_average", 1, "has_average is not true or false"),
        ("best", {"acc": math.nan}, "best: 'acc' is not a number"),
        ("best", {"acc": [[1], [1, 2]]}, "best: 'acc' is not a number"),
        ("best", {"acc": 10**400}, "best: 'acc' is not a number"),
        ("recent", {"loss": [10**400]}, "recent: 'loss' is not a list of numbers"),
        (SUMS, {".pdopt": 7}, "its checksums are not"),
        (SUMS, {"/../x": "7"}, "its checksums are not"),
        ("best", [1], "best is not a table"),
        ("scaler", {"scale": np.zeros(3)}, "scaler: 'scale' is not a number"),
        ("recent", {"loss": [0.5, "a"]}, "recent: 'loss' is not a list of numbers"),
        ("colour", 1, "holds 'colour'"),
    ],
)
def test_a_place_that_cannot_be_is_named(saved, name, value, complaint):
    states = read_pickle(saved / "latest.states")
    write(saved, ".states", {**states, name: value})
    with pytest.raises(CheckpointError, match=f"latest.states: {complaint}"):
        load(saved)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("weight_moment1_0", np.zeros((4, 3), "float32"), r"weight, moment1 has the shape \(4, 3\), not \(3, 4\)"),
        ("weight_moment2_0", np.full((3, 4), -1, "float32"), "weight, moment2 is negative"),
        ("bias_moment1_0", np.full(4, np.inf, "float32"), "bias, moment1 is not finite"),
        ("bias_moment1_0", np.zeros(4, "int64"), "bias, moment1 is not an array of floats"),
        ("bias_beta1_pow_acc_0", np.full(1, 2, "float32"), "bias, beta1_pow_acc is not between 0 and 1"),
        ("LR_Scheduler", {"last_epoch": -7}, "last_epoch is not a step"),
        ("LR_Scheduler", {"last_lr": math.nan}, "last_lr is not a number"),
        ("LR_Scheduler", {"base_lr": 10**400}, "base_lr is not a number"),
        ("LR_Scheduler", [1], "the schedule of the rate is not a table"),
        ("master_weights", [1], "master_weights is not a table"),
        ("master_weights", {"bias": np.zeros(3, "float32")}, "bias, master_weights has the shape"),
        ("colour", np.zeros(1), "'colour' is no state of an optimizer"),
    ],
)
def test_a_state_of_the_optimizer_that_cannot_be_is_named(saved, name, value, complaint):
    write(saved, ".pdopt", {**read_pickle(saved / "latest.pdopt"), name: value})
    with pytest.raises(CheckpointError, match=f"latest.pdopt: .*{complaint}"):
        load(saved)


@pytest.mark.parametrize("suffix", [".states", ".pdopt"])
def test_hundreds_of_alterations_end_in_one_line_or_in_a_training_that_can_be(saved, suffix):
    dice = random.Random(7)
    sound, sound_states = read_pickle(saved / f"latest{suffix}"), read_pickle(saved / "latest.states")
    num_refused = 0
    for _ in range(300):
        altered = _alter(dice, sound)
        write_state(saved / "latest.states", sound_states)
        try:
            write(saved, suffix, altered)
        except (CheckpointError, TypeError, ValueError):  # what cannot be written cannot be read
            continue
        try:
            progress, optimizer, schedule = load(saved)
        except CheckpointError as error:
            num_refused += 1
            assert "\n" not in str(error)
            continue
        counts = (progress.epoch, progress.batch, progress.global_step, progress.evaluations_since_best)
        assert all(type(count) is int and 0 <= count <= 10**12 for count in counts)
        assert 0 <= optimizer.get_lr() < math.inf and schedule.last_epoch >= -1
        arrays = [np.asarray(value) for name, value in optimizer.state_dict().items() if "_0" in name]
        assert all(np.isfinite(array).all() for array in arrays)
    assert num_refused > 100


def _alter(dice, content):
    """A copy in which one entry, at any depth, is nonsense, gone, or under another name."""
    name = dice.choice(list(content))
    value = content[name]
    if isinstance(value, dict) and value and dice.random() < 0.6:
        return {**content, name: _alter(dice, value)}
    others = {key: entry for key, entry in content.items() if key != name}
    return dice.choice([others, {**others, f"{name}x": value}, {**others, name: dice.choice(NONSENSE)}])
