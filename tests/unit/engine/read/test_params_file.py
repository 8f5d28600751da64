"""Damage in a model's parameters is told before Paddle reads them; what Paddle writes passes."""

import struct

import numpy as np
import pytest

from ppocr_rare.engine.read.params_file import check_params
from ppocr_rare.errors import CheckpointError

FLOAT32, INT64 = 5, 3
MESSAGE = "file cannot be loaded: it is cut short or damaged; export again"


def tensor(values, kind, levels=()):
    """A tensor as Paddle writes it: version, sequence levels, version, description, values."""
    description = bytes([0x08, kind]) + b"".join(b"\x10" + varint(size) for size in values.shape)
    lengths = b"".join(struct.pack("<Q", len(level)) + level for level in levels)
    head = struct.pack("<IQ", 0, len(levels)) + lengths + struct.pack("<Ii", 0, len(description))
    return head + description + values.tobytes()


def varint(number):
    data = b""
    while number >= 0x80:
        data, number = data + bytes([number & 0x7F | 0x80]), number >> 7
    return data + bytes([number])


PARAMS = (
    tensor(np.zeros((300, 2), np.float32), FLOAT32)
    + tensor(np.arange(3), INT64, levels=[b"12345678", b""])
    + tensor(np.array(1.5, np.float32), FLOAT32)
)


@pytest.fixture
def check(tmp_path):
    def check(function, data):
        (tmp_path / "file").write_bytes(data)
        function(tmp_path / "file")

    return check


def test_whole_files_pass(check):
    check(check_params, PARAMS)


def test_what_paddle_writes_passes(tmp_path):
    import paddle

    layer = paddle.nn.Sequential(paddle.nn.Linear(2, 300), paddle.nn.BatchNorm1D(300))
    layer.eval()
    spec = paddle.static.InputSpec([None, 2], "float32")
    paddle.jit.save(paddle.jit.to_static(layer, input_spec=[spec], full_graph=True), str(tmp_path / "x"))
    check_params(tmp_path / "x.pdiparams")


@pytest.mark.parametrize("cut", [1, 7, 100, len(PARAMS) - 3, len(PARAMS)])
def test_cut_params(check, cut):
    with pytest.raises(CheckpointError, match=MESSAGE):
        check(check_params, PARAMS[:-cut])


@pytest.mark.parametrize(
    "data",
    [
        b"no tensor at all, but text that is long enough to be taken for one",
        PARAMS + b"more",
        b"\xff" * 400,  # lengths beyond what a file can have
        struct.pack("<IQIi", 0, 0, 0, 4) + b"\x08\x63\x10\x02" + bytes(8),  # a type that does not exist
        struct.pack("<IQIi", 0, 0, 0, -1) + bytes(50),
        struct.pack("<IQIi", 0, 0, 0, 2) + b"\x10\x02" + bytes(8),  # no type
        struct.pack("<IQIi", 0, 0, 0, 2) + b"\x80\x80" + bytes(8),  # a number that does not end
    ],
)
def test_what_are_no_params(check, data):
    with pytest.raises(CheckpointError, match=MESSAGE):
        check(check_params, data)
