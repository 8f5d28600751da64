"""The reader reads every form of pickle that Paddle writes. What it refuses: `test_safe_pickle_refusals.py`."""

import base64
import collections
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.utils.checkpoint.safe_pickle import loads

RECORDS = json.loads(Path(__file__).with_name("recorded_pickles.json").read_text())
WEIGHT = np.array([[-0.25, -0.125, 0], [0.125, 0.25, 0.375]], np.float32)  # as record_pickles.py sets them
BIAS = np.array([1, -2, 0.5], np.float32)


def recorded(version: str, form: str) -> bytes:
    return base64.b64decode(RECORDS[version][form])


def assert_same(mine: object, other: object) -> None:
    assert type(mine) is type(other)
    if isinstance(other, np.ndarray):
        assert mine.dtype == other.dtype and mine.shape == other.shape and mine.tobytes() == other.tobytes()
    elif isinstance(other, dict):
        assert list(mine) == list(other)
        for key in other:
            assert_same(mine[key], other[key])
    elif isinstance(other, (list, tuple)):
        assert len(mine) == len(other)
        for one, two in zip(mine, other, strict=True):
            assert_same(one, two)
    else:
        assert mine == other


@pytest.mark.parametrize("version", RECORDS)
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_reads_state_dicts_that_paddle_wrote(version, protocol):
    data = recorded(version, f"state protocol {protocol}")
    value, num_bytes = loads(data)
    assert num_bytes == len(data)
    assert list(value) == ["weight", "bias", "StructuredToParameterName@@"]
    assert_same(value["weight"], WEIGHT)
    assert_same(value["bias"], BIAS)
    assert list(value["StructuredToParameterName@@"]) == ["weight", "bias"]


@pytest.mark.parametrize("version", RECORDS)
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_reads_tensors_that_paddle_wrote_as_name_and_array(version, protocol):
    (first, (second,)), _ = loads(recorded(version, f"tensors protocol {protocol}"))
    assert_same(first["weight"][1], WEIGHT)
    assert_same(second[1], BIAS)
    assert type(second) is tuple and type(second[0]) is str


@pytest.mark.parametrize("version", RECORDS)
def test_reads_bfloat16_as_uint16(version):
    value, _ = loads(recorded(version, "bfloat16"))
    # The upper 16 bits of the float32 numbers, which these values fill exactly.
    assert_same(value["bias"], np.array([0x3F80, 0xC000, 0x3F00], np.uint16))


@pytest.mark.parametrize("version", RECORDS)
def test_reads_training_state(version):
    states, _ = loads(recorded(version, "states"))
    assert_same(states, {"epoch": 3, "best_model_dict": {"acc": 0.75, "best_epoch": 2}, "global_step": 70})
    optimizer, _ = loads(recorded(version, "optimizer"))
    assert optimizer["LR_Scheduler"]["last_lr"] == 0.125
    moments = [entry for name, entry in optimizer.items() if name.endswith("_moment1_0")]
    assert sorted(moment.shape for moment in moments) == [(2, 3), (3,)]


ARRAYS = [
    np.array(2.5),
    np.zeros((2, 0), np.float32),
    np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)),
    np.arange(24, dtype=np.float64).reshape(2, 3, 4)[:, ::2],
    np.array([1, -2], ">f4"),
    np.array([True, False]),
    np.array([0, 127, 128, 255], np.uint8),  # bytes that protocol 2 writes as texts
    np.array([1.5], np.float16),
]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype.str}{array.shape}")
def test_reads_arrays_as_the_running_numpy_writes_them(array, protocol):
    value, _ = loads(pickle.dumps({"a": array, "again": array}, protocol))
    assert_same(value["a"], np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(array.shape))
    assert value["a"] is value["again"]
    value["a"][...] = 0  # ours to write to


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_reads_plain_containers(protocol):
    plain = {"a": [1, 300, 70000, -1, 2**70, 0.1, True, None], "b": ((), (1,), (1, 2), (1, 2, 3)), "é\ud800": {"": []}}
    assert_same(loads(pickle.dumps(plain, protocol))[0], plain)
    assert_same(loads(pickle.dumps(collections.OrderedDict(plain), protocol))[0], plain)


def test_reads_numpy_scalars_as_numbers():
    for scalar in (np.float32(0.5), np.int64(-3), np.bool_(True)):
        for protocol in (2, 4):
            assert_same(loads(pickle.dumps(scalar, protocol))[0], scalar.item())


def test_reads_texts_and_bytes_of_python_2():
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\1b\x87R(K\1K\2\x85"
    array += b"cnumpy\ndtype\nU\2f4K\0K\1\x87R(K\3U\1<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89"
    array += b"U\x08" + np.array([1.5, -0.1], "<f4").tobytes() + b"tb"
    value, _ = loads(b"\x80\2}U\1a" + array + b"s.")
    assert_same(value, {"a": np.array([1.5, -0.1], np.float32)})


def test_stops_where_the_pickle_stops():
    assert loads(pickle.dumps([1]) + b"more") == ([1], len(pickle.dumps([1])))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
        max_leaves=20,
    ),
    st.sampled_from([2, 3, 4, 5]),
)
def test_agrees_with_pickle_on_plain_values(value, protocol):
    assert_same(loads(pickle.dumps(value, protocol))[0], value)
