"""Opening an exported model: which files are taken, and that nothing said about it may contradict it."""

import hashlib
import logging
from dataclasses import replace

import numpy as np
import pytest

from ppocr_rare.data.charset import DEFAULT_CHARACTERS, Charset
from ppocr_rare.engine.read import exported
from ppocr_rare.engine.read.backends import BackendOptions, engines
from ppocr_rare.engine.read.description import ModelDescription, read_description, sha256
from ppocr_rare.engine.read.exported import Overrides, is_exported, open_exported
from ppocr_rare.errors import CheckpointError, ConfigError

WORD = [3, 1, 20, 37, 5]  # "20j" and something behind eos


class FakeBackend:
    """Says WORD for every image."""

    def __init__(self, engine, files, options, image_shape=(3, 32, 100), num_classes=38, num_steps=25):
        self.engine, self.files, self.options, self.image_shape = engine, files, options, image_shape
        self._word = np.eye(num_classes, dtype=np.float32)[WORD + [1] * (num_steps - len(WORD))]

    def __call__(self, images):
        if images.shape[1:] != (self.image_shape or (3, 32, 100)):
            raise ValueError("the engine's own words")
        return [np.stack([self._word] * len(images))]


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """Keywords of the fake that is started instead of an engine."""
    keywords = {}
    monkeypatch.setattr(
        exported, "start_backend", lambda engine, files, options: FakeBackend(engine, files, options, **keywords)
    )
    return keywords


@pytest.fixture
def folder(tmp_path):
    for name in ("inference.json", "inference.pdiparams", "model.onnx", "model_int8.onnx"):
        (tmp_path / name).write_text(name)
    ModelDescription(checksums={"inference.pdiparams": sha256(tmp_path / "inference.pdiparams")}).write(tmp_path)
    return tmp_path


def names(model):
    return [file.name for file in model.backend.files]


def test_it_reads_as_the_description_says(folder):
    model = open_exported(folder)
    sample = {"image": np.zeros((16, 25, 3), np.uint8)}
    for operator in model.operators:
        sample = operator(sample)
    assert sample["image"].shape == (3, 32, 100) and sample["valid_ratio"] == 0.5
    assert [word.text for word in model.post_process.decode_words(model.backend(sample["image"][None])[0])] == ["20j"]


def test_which_files(folder):
    paddle_files = ["inference.json", "inference.pdiparams"]
    assert names(open_exported(folder)) == names(open_exported(folder, "paddle")) == paddle_files
    assert names(open_exported(folder, "onnx")) == ["model.onnx"]
    assert names(open_exported(folder, "onnx", BackendOptions(precision="int8"))) == ["model_int8.onnx"]
    assert names(open_exported(folder / "model_int8.onnx")) == ["model_int8.onnx"]
    assert names(open_exported(folder / "model.onnx", None, BackendOptions(precision="int8"))) == ["model_int8.onnx"]
    (folder / "inference.json").rename(folder / "inference.pdmodel")
    assert names(open_exported(folder)) == ["inference.pdmodel", "inference.pdiparams"]
    (folder / "inference.pdmodel").unlink()
    assert names(open_exported(folder)) == ["model.onnx"]


def test_without_paddle_onnx_runtime_reads(folder, monkeypatch):
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    assert names(open_exported(folder)) == ["model.onnx"]
    (folder / "model_int8.onnx").unlink()
    with pytest.raises(CheckpointError, match=r"holds no model_int8.onnx: .*export_onnx.py --int8"):
        open_exported(folder / "model.onnx", None, BackendOptions(precision="int8"))


@pytest.mark.parametrize(
    ("engine", "installed", "runs"),
    [
        (None, {"onnxruntime", "openvino"}, "onnx"),
        (None, {"openvino"}, "openvino"),
        (None, set(), "onnx"),
        ("onnx", {"openvino"}, "onnx"),
        ("openvino", {"onnxruntime"}, "openvino"),
    ],
)
def test_what_runs_an_onnx_file(folder, monkeypatch, engine, installed, runs):
    monkeypatch.setattr(engines, "is_installed", lambda name: name in installed)
    monkeypatch.setattr(exported, "is_installed", lambda name: name in installed)
    for path in (folder, folder / "model.onnx"):
        model = open_exported(path, engine)
        assert (model.backend.engine, names(model)) == (runs, ["model.onnx"])
    eight_bits = open_exported(folder, engine, BackendOptions(precision="int8"))
    assert (eight_bits.backend.engine, names(eight_bits)) == (runs, ["model_int8.onnx"])


@pytest.mark.parametrize(
    ("missing", "engine", "message"),
    [
        ("inference.pdiparams", "paddle", "holds inference.json, but no inference.pdiparams"),
        ("inference.json", "paddle", "holds no inference.json or inference.pdmodel: export a model"),
        ("model.onnx", "onnx", "holds no model.onnx: make it with tools/export_onnx.py"),
    ],
)
def test_half_a_model(folder, missing, engine, message):
    (folder / missing).unlink()
    with pytest.raises(CheckpointError, match=message):
        open_exported(folder, engine)


def test_no_model_at_all(tmp_path):
    for path, message in ((tmp_path / "none", "not a folder with a model"), (tmp_path / "x.onnx", "does not exist")):
        with pytest.raises(CheckpointError, match=message):
            open_exported(path)
    with pytest.raises(CheckpointError, match="holds no inference.json"):
        open_exported(tmp_path)


def test_a_file_of_another_model(folder):
    (folder / "inference.pdiparams").write_text("others")
    with pytest.raises(CheckpointError, match="pdiparams is not the file that inference.yml beside it describes"):
        open_exported(folder, "paddle")
    assert names(open_exported(folder, "onnx")) == ["model.onnx"]  # which is whole


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (Overrides(image_shape=(3, 48, 320)), "image_shape 3×48×320 contradicts 3×32×100 of .*inference.yml"),
        (Overrides(max_text_length=24), "max_text_length 24 contradicts 25 of .*inference.yml"),
        (Overrides(charset=Charset("abc"), charset_source="my.txt"), "my.txt has 3 characters, .*inference.yml has 36"),
    ],
)
def test_contradictions_name_both(folder, overrides, message):
    with pytest.raises(ConfigError, match=message):
        open_exported(folder, overrides=overrides)


def test_a_space_that_the_dictionary_has_cannot_be_left_out(folder):
    replace(read_description(folder), characters=(*DEFAULT_CHARACTERS[1:], " ")).write(folder)
    with pytest.raises(ConfigError, match=r"use_space_char False contradicts .*inference.yml"):
        open_exported(folder, overrides=Overrides(use_space_char=False))
    open_exported(folder)


def test_what_agrees_may_be_said(folder):
    overrides = Overrides((3, 32, 100), Charset("zyxwvutsrqponmlkjihgfedcba9876543210"), 25)
    model = open_exported(folder, overrides=overrides)
    assert model.post_process.decode_words(np.eye(38)[None, [1, 36, 37]])[0].text == "z0"


@pytest.mark.parametrize(
    ("backend", "overrides", "message"),
    [
        ({"image_shape": (3, 48, 100)}, Overrides(), r"image_shape 3×32×100 does not fit .* which takes 3×48×100"),
        (
            {"num_classes": 97},
            Overrides(),
            r"the dictionary has 36 characters, which makes 38 classes; .* \[1, 25, 97\]",
        ),
        ({"num_steps": 25}, Overrides(max_text_length=60), "max_text_length 60 does not fit .* which gives 25 steps"),
        ({"num_steps": 40}, Overrides(), "max_text_length 25 does not fit .* which gives 40 steps"),
    ],
)
def test_without_a_description_the_model_itself_is_asked(folder, started, backend, overrides, message):
    (folder / "inference.yml").unlink()
    started.update(backend)
    with pytest.raises(ConfigError, match=message):
        open_exported(folder, overrides=overrides)


def test_without_a_description_the_flags_say_what_it_is(folder, started, caplog):
    (folder / "inference.yml").unlink()
    started.update(num_classes=40)
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        model = open_exported(folder, overrides=Overrides(charset=Charset(f"{DEFAULT_CHARACTERS} ?")))
    assert [record.message for record in caplog.records] == [
        f"{folder} holds no inference.yml: it is taken for RARE as PaddleOCR exports it"
    ]
    assert model.backend.options.enable_mkldnn is False  # what PaddleOCR exports does not load with oneDNN


def test_a_shape_that_the_engine_fails_on(folder, started):
    (folder / "inference.yml").unlink()
    started.update(image_shape=None)
    with pytest.raises(CheckpointError, match="inference.json does not run on images of 3×48×100"):
        open_exported(folder, overrides=Overrides(image_shape=(3, 48, 100)))


def test_onednn_may_be_asked_for(folder):
    (folder / "inference.yml").unlink()
    assert open_exported(folder, options=BackendOptions(enable_mkldnn=True)).backend.options.enable_mkldnn is True


def test_what_is_an_exported_model(folder, tmp_path_factory):
    trained = tmp_path_factory.mktemp("trained")
    (trained / "best_accuracy.pdparams").touch()
    assert is_exported(folder) and is_exported(folder / "model.onnx")
    assert not is_exported(trained)


@pytest.mark.parametrize(("exported_from", "is_told"), [(b"these", False), (b"those", True), (None, False)])
def test_weights_that_the_export_beside_them_is_not_of_are_told(folder, caplog, exported_from, is_told):
    weights = folder / "best_accuracy.pdparams"
    checksum = hashlib.sha256(exported_from).hexdigest() if exported_from else ""
    replace(read_description(folder), weights_checksum=checksum).write(folder)
    weights.write_bytes(b"these")
    open_exported(folder)
    assert (f"{weights} is not what inference.json, which is read, was exported from" in caplog.text) == is_told
