"""Three files of one moment: exact, whole whenever the process ends, and PaddleOCR's are read."""

import os

import numpy as np
import paddle
import pytest
from paddle import nn

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint import training_state
from ppocr_rare.utils.checkpoint.moment import SUMS
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle, read_state, write_state
from ppocr_rare.utils.checkpoint.training_state import Progress, load_training, save_training

OPTIMIZERS = {
    "adam": lambda **args: paddle.optimizer.Adam(weight_decay=paddle.regularizer.L2Decay(0.1), **args),
    "adamw": paddle.optimizer.AdamW,
    "momentum": lambda **args: paddle.optimizer.Momentum(momentum=0.9, **args),
    "rmsprop": lambda **args: paddle.optimizer.RMSProp(momentum=0.9, **args),
    "adadelta": lambda **args: paddle.optimizer.Adadelta(epsilon=1e-6, rho=0.95, **args),
}


def make(kind="adam", seed=0):
    paddle.seed(seed)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1D(4), nn.Linear(4, 2))
    schedule = paddle.optimizer.lr.CosineAnnealingDecay(0.1, 50)
    return model, OPTIMIZERS[kind](learning_rate=schedule, parameters=model.parameters()), schedule


def train(model, optimizer, schedule, steps, start=0):
    for step in range(start, start + steps):
        paddle.seed(step)
        (model(paddle.randn([5, 3])) ** 2).sum().backward()
        optimizer.step()
        optimizer.clear_grad()
        schedule.step()


def weights(model):
    return {name: value.numpy() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_going_on_is_bit_for_bit_the_uninterrupted_training(tmp_path, kind):
    whole = make(kind)
    train(*whole, 9)
    first = make(kind)
    train(*first, 4)
    save_training(tmp_path / "latest", first[0], first[1], Progress(1, 2, 4, {"acc": 0.25}, 3))
    second = make(kind, seed=99)  # other weights, and Paddle numbers its layers otherwise
    progress = load_training(tmp_path / "latest", second[0], second[1], steps_per_epoch=2)
    assert progress == Progress(1, 2, 4, {"acc": 0.25}, 3)
    train(*second, 5, start=4)
    for name, value in weights(whole[0]).items():
        np.testing.assert_array_equal(weights(second[0])[name], value)


def test_the_same_training_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        model, optimizer, schedule = make()
        train(model, optimizer, schedule, 2)
        save_training(tmp_path / name, model, optimizer, Progress(0, 2, 2))
    for suffix in (".pdparams", ".pdopt", ".states"):
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("num_renames", [0, 1, 2, 3])
def test_a_save_that_ends_between_two_renames_is_whole_when_it_is_read(tmp_path, monkeypatch, num_renames):
    model, optimizer, schedule = make()
    train(model, optimizer, schedule, 2)
    save_training(tmp_path / "latest", model, optimizer, Progress(global_step=2), {"a": np.zeros(2, "float32")})
    train(model, optimizer, schedule, 1, start=2)
    done = []

    def dying_replace(source, target, replace=os.replace):
        if str(source).endswith(".new"):
            if len(done) == num_renames:
                raise KeyboardInterrupt
            done.append(source)
        replace(source, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training_state.os, "replace", dying_replace)
        save_training(tmp_path / "latest", model, optimizer, Progress(global_step=3), {"a": np.ones(2, "float32")})
    fresh = make(seed=5)
    assert load_training(tmp_path / "latest", fresh[0], fresh[1], 1).global_step == 3
    np.testing.assert_array_equal(read_state(tmp_path / "latest.ema.pdparams")["a"], 1)
    for name, value in weights(model).items():
        np.testing.assert_array_equal(weights(fresh[0])[name], value)


def test_a_save_that_ends_before_it_is_complete_leaves_the_last_one(tmp_path, monkeypatch):
    model, optimizer, schedule = make()
    save_training(tmp_path / "latest", model, optimizer, Progress(global_step=2))
    kept = weights(model)
    train(model, optimizer, schedule, 1)

    def full_disk(path, state):
        if str(path).endswith(".pdopt.new"):
            raise CheckpointError("no space left")
        write_state(path, state)

    with monkeypatch.context() as patch, pytest.raises(CheckpointError):
        patch.setattr(training_state, "write_state", full_disk)
        save_training(tmp_path / "latest", model, optimizer, Progress(global_step=3))
    fresh = make(seed=5)
    assert load_training(tmp_path / "latest", fresh[0], fresh[1], 1).global_step == 2
    np.testing.assert_array_equal(weights(fresh[0])["0.weight"], kept["0.weight"])


def test_the_seal_of_an_interrupted_save_never_stands_for_another_one(tmp_path, monkeypatch):
    model, optimizer, schedule = make()
    save_training(tmp_path / "latest", model, optimizer, Progress(global_step=2))
    for name in ("latest.pdparams", "latest.pdopt", "latest.states"):  # all is written, nothing renamed
        (tmp_path / f"{name}.new").write_bytes((tmp_path / name).read_bytes())

    def killed(path, state):
        raise KeyboardInterrupt

    other = make(seed=7)  # a fresh training in the same folder, killed while it writes
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training_state, "write_state", killed)
        save_training(tmp_path / "latest", other[0], other[1], Progress(global_step=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest.pdopt", "latest.pdparams", "latest.states"]
    assert load_training(tmp_path / "latest", other[0], other[1], 1).global_step == 2


def as_paddleocr_writes(folder, model, optimizer, states):
    """The same state under names of a process that numbers its layers in its own way."""
    names = {parameter.name: f"conv_{i}.w_0" for i, parameter in enumerate(model.parameters())}
    entries = {}
    for name, value in optimizer.state_dict().items():
        for own, theirs in names.items():
            if name.startswith(f"{own}_"):
                entries[name.replace(own, theirs, 1)] = np.asarray(value)
    write_state(folder / "latest.pdparams", weights(model))
    write_state(folder / "latest.pdopt", entries)
    write_state(folder / "latest.states", states)


def test_paddleocrs_files_are_read_by_the_order_of_the_parameters(tmp_path):
    whole = make()
    train(*whole, 4)
    as_paddleocr_writes(tmp_path, whole[0], whole[1], {"epoch": 2, "best_model_dict": {"acc": 0.5, "start_epoch": 2}})
    other = make(seed=9)
    progress = load_training(tmp_path / "latest", other[0], other[1], steps_per_epoch=2)
    assert (progress.epoch, progress.batch, progress.global_step, progress.best["acc"]) == (2, 0, 4, 0.5)
    other[2].step(4)  # a constant rate has no schedule in PaddleOCR's file
    train(*whole, 3, start=4)
    train(*other, 3, start=4)
    for name, value in weights(whole[0]).items():
        np.testing.assert_array_equal(weights(other[0])[name], value)


def test_what_does_not_fit_is_said(tmp_path):
    model, optimizer, schedule = make("adam")
    train(model, optimizer, schedule, 1)
    save_training(tmp_path / "latest", model, optimizer, Progress())
    other, momentum, _ = make("momentum")
    with pytest.raises(CheckpointError, match="moment1, which this optimizer does not have"):
        load_training(tmp_path / "latest", other, momentum, 1)
    smaller = nn.Linear(3, 4)
    fresh = paddle.optimizer.Adam(parameters=smaller.parameters())
    with pytest.raises(CheckpointError, match="parameters are not the"):
        load_training(tmp_path / "latest", smaller, fresh, 1)
    with pytest.raises(CheckpointError, match="nothing.states"):
        load_training(tmp_path / "nothing", model, optimizer, 1)


def test_the_optimizers_file_names_parameters_as_the_model_does(tmp_path):
    model, optimizer, schedule = make()
    train(model, optimizer, schedule, 1)
    save_training(tmp_path / "latest", model, optimizer, Progress())
    entries = read_pickle(tmp_path / "latest.pdopt")
    assert "0.weight_moment1_0" in entries and "2.bias_beta2_pow_acc_0" in entries
    assert entries["LR_Scheduler"]["last_epoch"] == 1


def test_an_average_that_is_no_longer_made_goes(tmp_path):
    model, optimizer, _ = make()
    save_training(tmp_path / "latest", model, optimizer, Progress(), {"a": np.zeros(2, "float32")})
    assert read_pickle(tmp_path / "latest.states")["has_average"] is True
    (tmp_path / "latest.ema.pdparams.new").write_bytes(b"of a save that was interrupted")
    save_training(tmp_path / "latest", model, optimizer, Progress())
    assert read_pickle(tmp_path / "latest.states")["has_average"] is False
    assert {path.name for path in tmp_path.iterdir()} == {"latest.pdparams", "latest.pdopt", "latest.states"}


def half(seed):
    """A layer in bfloat16 with its optimizer, whose arithmetic needs a GPU and is left out here."""
    paddle.seed(seed)
    model = nn.Linear(3, 2)
    model.to(dtype="bfloat16")
    schedule = paddle.optimizer.lr.StepDecay(0.1, 1)
    optimizer = paddle.optimizer.Adam(schedule, parameters=model.parameters(), multi_precision=True)
    optimizer._append_optimize_op = lambda block, parameter_and_gradient: None
    return model, optimizer


def test_float32_copies_of_half_weights_are_kept(tmp_path):
    model, optimizer = half(0)
    (model.weight.astype("float32").sum() + model.bias.astype("float32").sum()).backward()
    optimizer.step()
    for number, copy in enumerate(optimizer.state_dict()["master_weights"].values()):
        copy.set_value(copy + 2.0**-20 * (number + 1))  # finer than bfloat16
    save_training(tmp_path / "latest", model, optimizer, Progress())
    entries = read_pickle(tmp_path / "latest.pdopt")
    assert {"weight_moment1_0", "bias_moment2_0"} < entries.keys()
    assert entries["master_weights"].keys() == {"weight", "bias"}
    other, fresh = half(9)
    load_training(tmp_path / "latest", other, fresh, 1)
    copies = [[*state.state_dict()["master_weights"].values()] for state in (optimizer, fresh)]
    for mine, theirs in zip(*copies, strict=True):
        np.testing.assert_array_equal(theirs.numpy(), mine.numpy())

    del entries["master_weights"]  # as a training in float32 leaves it
    write_state(tmp_path / "latest.pdopt", entries)
    states = read_pickle(tmp_path / "latest.states")
    del states[SUMS]
    write_state(tmp_path / "latest.states", states)
    other, fresh = half(9)
    load_training(tmp_path / "latest", other, fresh, 1)
    for parameter, copy in zip(other.parameters(), fresh.state_dict()["master_weights"].values(), strict=True):
        np.testing.assert_array_equal(copy.numpy(), parameter.astype("float32").numpy())


def test_a_save_that_fails_leaves_nothing_aside(tmp_path, monkeypatch):
    model, optimizer, _ = make()
    save_training(tmp_path / "latest", model, optimizer, Progress())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write = training_state.write_state

    def write_until_full(path, state):
        if ".pdopt" in str(path):
            raise CheckpointError("No space left on device")
        write(path, state)

    monkeypatch.setattr(training_state, "write_state", write_until_full)
    with pytest.raises(CheckpointError, match="No space left"):
        save_training(tmp_path / "latest", model, optimizer, Progress(epoch=1))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
