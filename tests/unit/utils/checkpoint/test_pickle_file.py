"""The files: what Paddle reads and writes, their checksum, and what is said of files that cannot be used."""

import base64
import hashlib
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint import pickle_file
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle, read_state, write_state

RECORDS = json.loads(Path(__file__).with_name("recorded_pickles.json").read_text())
WEIGHT, BIAS = [[-0.25, -0.125, 0], [0.125, 0.25, 0.375]], [1, -2, 0.5]  # as record_pickles.py sets them
STATE = {"weight": np.array(WEIGHT, np.float32), "bias": np.array(BIAS, np.float32)}


def assert_same_state(mine, other):
    assert list(mine) == list(other)
    for name in other:
        assert mine[name].dtype == other[name].dtype
        np.testing.assert_array_equal(mine[name], other[name])


def refusal(path) -> str:
    with pytest.raises(CheckpointError) as caught:
        read_state(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("written") / "a.pdparams"
    write_state(path, STATE)
    return path.read_bytes()


# ---- with Paddle


@pytest.mark.parametrize("version", RECORDS)
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_reads_what_paddle_wrote(tmp_path, version, protocol):
    path = tmp_path / "a.pdparams"
    path.write_bytes(base64.b64decode(RECORDS[version][f"state protocol {protocol}"]))
    assert_same_state(read_state(path), STATE)


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_reads_what_the_installed_paddle_writes(tmp_path, protocol):
    paddle = pytest.importorskip("paddle")
    path = tmp_path / "a.pdparams"
    lstm = paddle.nn.LSTM(2, 3, direction="bidirectional")
    paddle.save(lstm.state_dict(), str(path), protocol=protocol)
    assert_same_state(read_state(path), {name: tensor.numpy() for name, tensor in lstm.state_dict().items()})


@pytest.mark.parametrize("return_numpy", [False, True])
def test_paddle_reads_what_is_written_here(tmp_path, return_numpy):
    """Under every version: `test_pickle_writer.py` pins that the bytes are the same everywhere."""
    paddle = pytest.importorskip("paddle")
    path = tmp_path / "a.pdparams"
    write_state(path, STATE)
    loaded = paddle.load(str(path), return_numpy=return_numpy)
    linear = paddle.nn.Linear(2, 3)
    assert linear.set_state_dict(loaded) == ([], [])
    assert_same_state({name: tensor.numpy() for name, tensor in linear.state_dict().items()}, STATE)


def test_reads_entries_of_name_and_array(tmp_path):
    path = tmp_path / "a.pdparams"
    path.write_bytes(pickle.dumps({name: (f"linear_0.{name}", array) for name, array in STATE.items()}))
    assert_same_state(read_state(path), STATE)


def test_reads_training_state(tmp_path):
    path = tmp_path / "a.states"
    path.write_bytes(pickle.dumps({"epoch": 3, "best": {"acc": 0.5}, "moment": STATE["bias"], "rates": [0.1, 0.2]}))
    value = read_pickle(path)
    np.testing.assert_array_equal(value.pop("moment"), STATE["bias"])
    assert value == {"epoch": 3, "best": {"acc": 0.5}, "rates": [0.1, 0.2]}


# ---- the checksum


def test_the_last_line_is_the_checksum_of_all_before_it(written):
    body, end, line = written[:-1].rpartition(b"\n")
    assert written.endswith(b"\n") and line == b"ppocr_rare sha256 " + hashlib.sha256(body).hexdigest().encode()
    assert_same_state(pickle.loads(body), STATE)


def test_the_same_state_gives_the_same_bytes(tmp_path, written):
    path = tmp_path / "new" / "folder" / "b.pdparams"
    write_state(path, {name: array.copy() for name, array in STATE.items()})
    assert path.read_bytes() == written
    assert_same_state(read_state(path), STATE)


def test_every_changed_byte_is_noticed(tmp_path, written):
    path = tmp_path / "a.pdparams"
    for position in range(len(written)):
        changed = bytearray(written)
        changed[position] ^= 1 << position % 8
        path.write_bytes(changed)
        refusal(path)
    changed = written.replace(STATE["bias"].tobytes(), STATE["bias"][::-1].tobytes())
    assert changed != written
    path.write_bytes(changed)
    assert "checksum does not match" in refusal(path)


def test_every_prefix_is_refused_or_whole(tmp_path, written):
    path = tmp_path / "a.pdparams"
    whole = written.rindex(b"\nppocr_rare")
    for end in range(len(written)):
        path.write_bytes(written[:end])
        if end == whole:
            assert_same_state(read_state(path), STATE)
        else:
            refusal(path)


@given(st.binary(max_size=300), st.booleans())
def test_random_bytes_are_refused(tmp_path_factory, data, has_checksum):
    path = tmp_path_factory.getbasetemp() / "random.pdparams"
    footer = b"\nppocr_rare sha256 " + hashlib.sha256(data).hexdigest().encode() + b"\n"
    path.write_bytes(data + footer if has_checksum else data)
    refusal(path)


# ---- what is no checkpoint


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"PK\3\4 a zip file", "not a weights file"),
        (pickle.dumps([STATE["bias"]]), "holds a list, not a dictionary"),
        (pickle.dumps({"epoch": 3}), "entry 'epoch' is a int, not an array"),
        (pickle.dumps({"a": [STATE["bias"]]}), "entry 'a' is a list"),
        (pickle.dumps({"a": ("x", 1)}), "entry 'a' is a int"),
        (pickle.dumps({"a": STATE["bias"]}) + b"more", "4 unknown bytes"),
        (pickle.dumps({"a": np.array([None])}), "refused"),
        (pickle.dumps({"a": os.getcwd}), "getcwd"),
    ],
)
def test_says_what_is_wrong(tmp_path, data, told):
    path = tmp_path / "a.pdparams"
    path.write_bytes(data)
    assert told in refusal(path)


def test_what_is_no_file_is_refused(tmp_path, monkeypatch):
    assert "a folder" in refusal(tmp_path)
    assert "No such file" in refusal(tmp_path / "missing")
    assert "cannot be read" in refusal(f"{tmp_path}/a\0b")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "no ordinary file" in refusal(tmp_path / "pipe")
    monkeypatch.setattr(pickle_file, "MAX_FILE_BYTES", 1 << 20)
    with open(tmp_path / "large", "wb") as file:
        file.truncate((1 << 20) + 1)
    assert "larger than 1 MB" in refusal(tmp_path / "large")


# ---- writing


def test_a_failed_write_is_one_line_and_leaves_the_old_file(tmp_path, monkeypatch, written):
    path = tmp_path / "a.pdparams"
    path.write_bytes(written)

    def fail(old, new):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(CheckpointError, match=r"a\.pdparams: cannot be written: No space left on device$"):
        write_state(path, {"weight": STATE["weight"]})
    assert path.read_bytes() == written and os.listdir(tmp_path) == ["a.pdparams"]


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CheckpointError, match="cannot be written"):
        write_state(tmp_path / "file" / "a.pdparams", STATE)
