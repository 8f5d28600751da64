"""Where Paddle computes, on machines of every kind, without being one."""

import logging

import paddle
import pytest

from ppocr_rare.utils.runtime import select_device


@pytest.fixture
def machine(monkeypatch):
    """``machine(is_compiled, num_gpus)``: what Paddle says of itself; returns the list of devices that were set."""

    def machine(is_compiled, num_gpus):
        chosen = []
        monkeypatch.setattr(paddle, "is_compiled_with_cuda", lambda: is_compiled)
        monkeypatch.setattr(paddle.device.cuda, "device_count", lambda: num_gpus)
        monkeypatch.setattr(paddle, "set_device", chosen.append)
        return chosen

    return machine


@pytest.mark.parametrize(
    ("is_compiled", "num_gpus", "use_gpu", "device", "warning"),
    [
        (False, 0, True, "cpu", "built for the CPU: using the CPU"),
        (True, 0, True, "cpu", "no GPU is visible: using the CPU"),
        (True, 1, True, "gpu", None),
        (True, 1, False, "cpu", None),
        (False, 0, False, "cpu", None),
    ],
)
def test_device(machine, caplog, is_compiled, num_gpus, use_gpu, device, warning):
    chosen = machine(is_compiled, num_gpus)
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        assert select_device(use_gpu) == device
    assert chosen == [device]
    assert len(caplog.records) == (warning is not None)
    if warning:
        assert warning in caplog.records[0].message
