"""Number types: float32 is left alone, mixed precision is refused aloud where it does nothing."""

import logging

import paddle
import pytest

from ppocr_rare.utils.precision import Precision


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
    precision.update(optimizer)
    assert weight.item() == pytest.approx(1 - 0.5 * 3)
    assert weight.grad is None or float(weight.grad.abs().sum()) == 0
