"""Number types: float32 is left alone, mixed precision is refused aloud where it does nothing."""

import logging

import numpy as np
import paddle
import pytest

from ppocr_rare.modeling.architectures.predictions import Predictions
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle, write_state
from ppocr_rare.utils.precision import Precision, _as_float32


@pytest.fixture(autouse=True)
def on_the_cpu():
    paddle.set_device("cpu")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_mixed_precision_on_a_cpu_is_one_warning_and_float32(dtype, caplog):
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        precision = Precision(True, "O2", dtype)
    assert [record.message for record in caplog.records] == ["use_amp needs a GPU: training in float32"]
    assert not precision.is_mixed and precision.state() == {}
    model, optimizer = object(), object()
    assert precision.prepare(model, optimizer) == (model, optimizer)


def test_an_update_leaves_no_gradient():
    weight = paddle.create_parameter([1], "float32", default_initializer=paddle.nn.initializer.Constant(1.0))
    optimizer = paddle.optimizer.SGD(0.5, parameters=[weight])
    precision = Precision()
    with precision.autocast():
        loss = (weight * 3).sum()
    precision.backward(loss)
    assert precision.update(optimizer)
    assert weight.item() == pytest.approx(1 - 0.5 * 3)
    assert weight.grad is None or float(weight.grad.abs().sum()) == 0


class Scaler:
    """Does what Paddle's GradScaler does, which needs a GPU: scales, and makes no update of gradients that overflow."""

    def __init__(self):
        self.factor, self._found_inf, self.loaded = 4.0, False, None

    def scale(self, loss):
        return loss * self.factor

    def step(self, optimizer):
        gradients = [parameter.grad for parameter in optimizer._parameter_list]
        self._found_inf = paddle.to_tensor([not all(bool(g.isfinite().all()) for g in gradients)])
        for parameter in optimizer._parameter_list:
            parameter.grad.set_value(parameter.grad / self.factor)
        if not self._found_inf:
            optimizer.step()

    def update(self):
        self.factor = self.factor / 2 if self._found_inf else self.factor

    def state_dict(self):
        return {"scale": np.array([self.factor], "float32"), "incr_count": 3}

    def load_state_dict(self, state):
        self.loaded = state


def test_an_update_that_overflows_is_none_and_is_told():
    weight = paddle.create_parameter([1], "float32", default_initializer=paddle.nn.initializer.Constant(1.0))
    clip = paddle.nn.ClipGradByNorm(1.0)
    optimizer = paddle.optimizer.SGD(0.5, parameters=[weight], grad_clip=clip)
    precision = Precision()
    precision.scaler = Scaler()
    precision.backward((weight * 0.5).sum())
    assert precision.update(optimizer)
    assert weight.item() == pytest.approx(0.75)  # the gradient is 0.5: clipped when it had been unscaled
    precision.backward((weight * float("inf")).sum())
    assert not precision.update(optimizer)
    assert weight.item() == pytest.approx(0.75)
    assert precision.state() == {"scale": np.array([2.0]), "incr_count": 3}
    assert weight.grad is None or float(weight.grad.abs().sum()) == 0


def test_the_state_of_the_scaling_goes_through_a_file(tmp_path):
    precision = Precision()
    precision.scaler = Scaler()
    write_state(tmp_path / "a.states", precision.state())
    precision.set_state(read_pickle(tmp_path / "a.states"))
    assert precision.scaler.loaded["incr_count"] == 3
    assert precision.scaler.loaded["scale"].dtype == np.float32 and precision.scaler.loaded["scale"][0] == 4.0


def test_the_state_has_what_paddles_scaler_takes():
    scaler = paddle.amp.GradScaler(init_loss_scaling=8.0, use_dynamic_loss_scaling=True)  # off, as there is no GPU
    scaler._enable = True
    scaler._scale = paddle.to_tensor([16.0])
    numbers = {"incr_ratio": 2.0, "decr_ratio": 0.5, "incr_every_n_steps": 9, "decr_every_n_nan_or_inf": 1}
    for name, value in {**numbers, "incr_count": 5, "decr_count": 0, "use_dynamic_loss_scaling": True}.items():
        setattr(scaler, f"_{name}", value)
    precision = Precision()
    precision.scaler = scaler
    state = precision.state()
    scaler._scale, scaler._incr_count = paddle.to_tensor([1.0]), 0
    precision.set_state(state)
    assert scaler._scale.item() == 16.0 and scaler._incr_count == 5


def test_a_mixed_model_gives_float32_whatever_it_computes_in():
    precision = Precision()
    precision.is_mixed, precision.level = True, "O1"
    layer = paddle.nn.Identity()
    precision.prepare(layer, None)
    assert layer(paddle.ones([2], "float16")).dtype == paddle.float32


def test_half_precision_outputs_become_float32_one_by_one():
    half = paddle.ones([2]).astype("float16")
    given = _as_float32(Predictions(half, None, half))
    assert given.column_logits is None and {given.logits.dtype, given.fiducials.dtype} == {paddle.float32}
    assert _as_float32(half).dtype == paddle.float32
