"""Weights into models and out of them, with real Paddle layers."""

import logging
import pickle

import numpy as np
import pytest

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.pickle_file import read_state, write_state
from ppocr_rare.utils.checkpoint.save_load import load_checkpoint, save_checkpoint

paddle = pytest.importorskip("paddle")

IH, IH_ALIAS = "lstm.weight_ih_l0", "lstm.0.cell_fw.weight_ih"  # two names of one tensor


class Recognizer(paddle.nn.Layer):
    """A small stand-in that has what RARE has: an LSTM (weights listed twice), batch statistics, a projection."""

    def __init__(self):
        super().__init__()
        self.norm = paddle.nn.BatchNorm1D(3)
        self.lstm = paddle.nn.LSTM(2, 3, direction="bidirectional")
        self.fc = paddle.nn.Linear(3, 2)


def arrays(model) -> dict[str, np.ndarray]:
    return {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}


def assert_same_state(mine, other):
    assert list(mine) == list(other)
    for name in other:
        np.testing.assert_array_equal(mine[name], other[name])


def refusal(model, prefix) -> str:
    before = arrays(model)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(model, prefix)
    assert "\n" not in str(caught.value)
    assert_same_state(arrays(model), before)
    return str(caught.value)


@pytest.fixture
def model():
    paddle.seed(1)
    return Recognizer()


@pytest.fixture
def other():
    paddle.seed(2)
    return Recognizer()


@pytest.mark.parametrize("name", ["latest", "latest.pdparams", "iter_epoch_1.5"])
def test_round_trip(tmp_path, model, other, name, caplog):
    path = save_checkpoint(model, tmp_path / "new" / name)
    assert path == tmp_path / "new" / (name.removesuffix(".pdparams") + ".pdparams")
    with caplog.at_level(logging.INFO):
        report = load_checkpoint(other, str(tmp_path / "new" / name))
    assert_same_state(arrays(other), arrays(model))
    assert report.path == path and report.loaded == tuple(model.state_dict())
    assert (report.missing, report.unexpected, report.mismatched) == ((), (), ())
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "loaded 22 of 22 entries" in caplog.text  # 4 of the norm, 8 of the LSTM twice, 2 of the projection


def test_reads_paddle_files(tmp_path, model, other):
    paddle.save(model.state_dict(), str(tmp_path / "a.pdparams"))
    assert len(load_checkpoint(other, tmp_path / "a").loaded) == 22
    assert_same_state(arrays(other), arrays(model))


def test_paddle_reads_checkpoints(tmp_path, model, other):
    save_checkpoint(model, tmp_path / "a")
    assert other.set_state_dict(paddle.load(str(tmp_path / "a.pdparams"))) == ([], [])
    assert_same_state(arrays(other), arrays(model))


@pytest.mark.parametrize("left_out", ["0.cell", "weight_ih_l0", "_l0"])
def test_one_of_the_two_names_of_a_tensor_is_enough(tmp_path, model, other, left_out, caplog):
    write_state(tmp_path / "a.pdparams", {name: array for name, array in arrays(model).items() if left_out not in name})
    report = load_checkpoint(other, tmp_path / "a")
    assert_same_state(arrays(other), arrays(model))
    assert len(report.loaded) == 22 and not report.missing and not caplog.records


def test_names_that_contradict_each_other_are_an_error(tmp_path, model, other):
    for wrong in (arrays(other)[IH], arrays(model)[IH][:2], arrays(model)[IH].astype("f8")):
        write_state(tmp_path / "a.pdparams", arrays(model) | {IH_ALIAS: wrong})
        told = refusal(other, tmp_path / "a")
        assert IH in told and IH_ALIAS in told and "one tensor" in told


def test_what_does_not_fit_is_listed_and_the_rest_loaded(tmp_path, model, other, caplog):
    state = arrays(model)
    del state["fc.bias"], state[IH], state[IH_ALIAS]
    state |= {"fc.weight": np.zeros((5, 2), np.float32), "head.weight": np.full(1, np.nan)}
    write_state(tmp_path / "a.pdparams", state)
    before = arrays(other)
    report = load_checkpoint(other, tmp_path / "a")
    assert set(report.missing) == {"fc.bias", IH, IH_ALIAS}
    assert report.unexpected == ("head.weight",)
    assert report.mismatched == (("fc.weight", (5, 2), (3, 2)),)
    assert len(report.loaded) == 22 - 3 - 1
    after = arrays(other)
    for name in after:
        np.testing.assert_array_equal(after[name], (arrays(model) if name in report.loaded else before)[name])
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    assert "3 entries of the model are missing" in caplog.text and "fc.bias" in caplog.text
    assert "1 entries of the file are not in the model" in caplog.text and "head.weight" in caplog.text
    assert "fc.weight (file [5, 2], model [3, 2])" in caplog.text


def test_long_lists_are_cut(tmp_path, model, caplog):
    write_state(tmp_path / "a.pdparams", arrays(model) | {f"extra_{i}": np.zeros(1) for i in range(13)})
    load_checkpoint(model, tmp_path / "a")
    assert "13 entries" in caplog.text and "extra_9 and 3 more" in caplog.text and "extra_10" not in caplog.text


def test_shared_tensors_of_another_shape_are_listed_under_both_names(tmp_path, model):
    write_state(tmp_path / "a.pdparams", arrays(model) | {IH: np.zeros((1, 1)), IH_ALIAS: np.zeros((1, 1))})
    report = load_checkpoint(model, tmp_path / "a")
    assert report.mismatched == ((IH, (1, 1), (12, 2)), (IH_ALIAS, (1, 1), (12, 2)))


@pytest.mark.parametrize("state", [{}, {"other": np.zeros(2, np.float32)}, {"fc.bias": np.zeros(7, np.float32)}])
def test_nothing_that_fits_is_an_error(tmp_path, model, state):
    write_state(tmp_path / "a.pdparams", state)
    assert f"none of its {len(state)} entries fits the model" in refusal(model, tmp_path / "a")


@pytest.mark.parametrize("dtype", ["float16", "float64", ">f4"])
def test_floats_are_cast(tmp_path, model, dtype):
    value = np.array([0.5, -3.25], dtype)
    (tmp_path / "a.pdparams").write_bytes(pickle.dumps({"fc.bias": value}))
    load_checkpoint(model, tmp_path / "a")
    assert model.fc.bias.numpy().tolist() == [0.5, -3.25]


def test_bfloat16_is_cast_both_ways(tmp_path, model):
    write_state(tmp_path / "a.pdparams", {"fc.bias": np.array([0x3F80, 0xC049], np.uint16)})
    load_checkpoint(model, tmp_path / "a")
    assert model.fc.bias.numpy().tolist() == [1.0, -3.140625]
    half = Recognizer()
    half.fc.to(dtype="bfloat16")
    load_checkpoint(half, tmp_path / "a")
    assert half.fc.bias.numpy().tolist() == [0x3F80, 0xC049]
    # 1 + 2**-8 lies between two bfloat16 numbers: to the even one. 1 + 3 * 2**-8 likewise. 1 + 2**-8 + 2**-20: up.
    for value, bits in ((1 + 2**-8, 0x3F80), (1 + 3 * 2**-8, 0x3F82), (1 + 2**-8 + 2**-20, 0x3F81), (-1e38, 0xFE96)):
        write_state(tmp_path / "a.pdparams", {"fc.bias": np.full(2, value)})
        load_checkpoint(half, tmp_path / "a")
        assert half.fc.bias.numpy().tolist() == [bits, bits]


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "bool"])
def test_integers_are_no_floats(tmp_path, model, dtype):
    write_state(tmp_path / "a.pdparams", {"fc.bias": np.ones(2, dtype)})
    assert f"fc.bias: holds {dtype}, but the model needs float32" in refusal(model, tmp_path / "a")


def test_integers_are_loaded_into_integers_of_their_size(tmp_path, model):
    model.register_buffer("count", paddle.to_tensor([1, 2], dtype="int64"))
    write_state(tmp_path / "a.pdparams", {"count": np.array([3, 4])})
    load_checkpoint(model, tmp_path / "a")
    assert model.count.numpy().tolist() == [3, 4]
    write_state(tmp_path / "a.pdparams", {"count": np.array([3.0, 4.0])})
    assert "count: holds float64, but the model needs int64" in refusal(model, tmp_path / "a")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
def test_values_that_are_not_finite_are_an_error(tmp_path, model, value):
    write_state(tmp_path / "a.pdparams", arrays(model) | {"fc.bias": np.array([0, value])})
    assert "fc.bias: holds values that are not finite in float32" in refusal(model, tmp_path / "a")


def test_a_missing_checkpoint_names_those_that_are_there(tmp_path, model):
    assert f"the folder {tmp_path} holds no .pdparams file" in refusal(model, tmp_path / "best")
    for name in ("best_accuracy", "latest"):
        save_checkpoint(model, tmp_path / name)
    (tmp_path / "best").mkdir()
    told = refusal(model, tmp_path / "best_acuracy")
    assert "no such checkpoint" in told and "holds best_accuracy, latest" in told
    told = refusal(model, tmp_path)
    assert "is a folder: write the path of a checkpoint in it" in told
    assert told.endswith((str(tmp_path / "best_accuracy"), str(tmp_path / "latest")))
    assert f"the folder {tmp_path / 'best'} holds no .pdparams file" in refusal(model, tmp_path / "best")
    assert f"there is no folder {tmp_path / 'missing'}" in refusal(model, tmp_path / "missing" / "latest")
    assert "no such checkpoint" in refusal(model, "")
    for impossible in ("a" * 5000, "a\0b"):
        assert "no such checkpoint" in refusal(model, tmp_path / impossible)


def test_a_prefix_may_be_a_folder_too_and_a_file_may_have_any_name(tmp_path, model, other):
    save_checkpoint(model, tmp_path / "latest")
    (tmp_path / "latest").mkdir()
    load_checkpoint(other, tmp_path / "latest")
    assert_same_state(arrays(other), arrays(model))
    (tmp_path / "latest.pdparams").rename(tmp_path / "weights.bin")
    assert len(load_checkpoint(other, tmp_path / "weights.bin").loaded) == 22


def test_damage_is_found_before_the_model_is_touched(tmp_path, model, other):
    path = save_checkpoint(model, tmp_path / "latest")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "truncated" in refusal(other, path)
    path.write_bytes(data.replace(arrays(model)["fc.weight"].tobytes(), bytes(24)))
    assert "checksum" in refusal(other, path)


def test_what_is_saved_is_what_the_model_holds(tmp_path, model):
    state = read_state(save_checkpoint(model, tmp_path / "latest"))
    assert_same_state(state, arrays(model))
    assert {array.dtype.name for array in state.values()} == {"float32"}
