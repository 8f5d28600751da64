"""What a folder is opened as, and that the export beside the shipped weights is theirs."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from ppocr_rare import TextRecognizer
from ppocr_rare.data.synth.demo import render_demo_word
from ppocr_rare.engine.read import opening
from ppocr_rare.engine.read.backends.engines import is_installed
from ppocr_rare.engine.read.description import read_description, sha256
from ppocr_rare.engine.read.opening import open_folder, open_weights
from ppocr_rare.engine.read.recognizer import PRETRAINED_DIR
from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.platforms import num_cores

SHIPPED = sorted(path.parent for path in PRETRAINED_DIR.glob("*/config.yml"))


@pytest.mark.parametrize(
    ("files", "engine", "use_gpu", "runtime", "opened"),
    [
        (["config.yml", "best_accuracy.pdparams", "model.onnx"], None, None, "onnxruntime", "export"),
        (["config.yml", "best_accuracy.pdparams", "model.onnx"], None, True, "onnxruntime", "weights"),
        (["config.yml", "best_accuracy.pdparams", "model.onnx"], None, None, None, "weights"),
        (["config.yml", "best_accuracy.pdparams", "model.onnx"], "paddle", None, "onnxruntime", "weights"),
        (["config.yml", "best_accuracy.pdparams", "model.onnx"], "onnx", None, None, "export"),
        (["config.yml", "best_accuracy.pdparams", "inference.json"], None, None, "onnxruntime", "export"),
        (["config.yml", "best_accuracy.pdparams"], None, None, "onnxruntime", "weights"),
        (["model.onnx"], None, None, None, "export"),
        (["config.yml", "best_accuracy.pdparams", "model.onnx"], None, None, "openvino", "export"),
        (["config.yml", "best_accuracy.pdparams", "model.onnx"], "openvino", None, None, "export"),
    ],
)
def test_what_is_opened(tmp_path, monkeypatch, files, engine, use_gpu, runtime, opened):
    for name in files:
        (tmp_path / name).touch()
    monkeypatch.setattr(opening, "is_installed", lambda name: name == runtime)
    monkeypatch.setattr(opening, "open_exported", lambda *_: "export")
    monkeypatch.setattr(opening, "load_config", lambda _: "config")
    monkeypatch.setattr(opening, "open_weights", lambda *_: "weights")
    assert open_folder(tmp_path, engine, use_gpu) == opened


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_shipped_export_gives_what_the_shipped_weights_give(folder):
    description = read_description(folder)
    assert description.weights_checksum == sha256(folder / "best_accuracy.pdparams")
    description.check_files(folder, ["model.onnx", "step.onnx"])
    images = np.random.default_rng(0).uniform(-1, 1, (4, 3, 32, 100)).astype(np.float32)
    onnx, trained = (open_folder(folder, engine).backend(images)[0] for engine in ("onnx", "paddle"))
    num_steps = min(onnx.shape[1], trained.shape[1])
    ends = (trained.argmax(2) == trained.shape[2] - 1).argmax(1)
    for ours, theirs, end in zip(onnx, trained, ends, strict=True):
        np.testing.assert_allclose(ours[: end + 1], theirs[: end + 1], rtol=0, atol=1e-4)
    assert num_steps > ends.max()


@pytest.mark.parametrize("engine", ["onnx", "paddle", "openvino"])
def test_details_are_the_same_from_a_checkpoint_and_from_an_export(engine):
    if engine == "openvino" and not is_installed(engine):
        pytest.skip("OpenVINO is not installed")
    recognizer = TextRecognizer.from_pretrained(engine=engine)
    image = render_demo_word(3)
    word = recognizer(image, return_details=True)
    assert "".join(character.char for character in word.characters) == word.text
    np.testing.assert_allclose([character.score for character in word.characters], word.char_scores, atol=1e-6)
    corners = np.array([character.box for character in word.characters])
    assert (corners > -20).all() and (corners[..., 0] < image.shape[1] + 20).all()
    assert (np.diff(corners.mean(1)[:, 0]) > 0).all()  # from left to right
    assert recognizer(image).characters == ()
    assert recognizer(image, lexicon=["harvest", "harbour"], top_k=2).text == word.text == "harbour"


@pytest.mark.parametrize("engine", [None, "paddle", "onnx"])
def test_bfloat16_without_openvino_is_refused(engine):
    with pytest.raises(ConfigError, match="precision bf16: (OpenVINO computes in it, engine onnx|trained weights)"):
        TextRecognizer.from_pretrained(engine=engine, precision="bf16")


def test_trained_weights_have_no_other_precision(tmp_path):
    with pytest.raises(ConfigError, match="precision int8: trained weights compute in fp32; export them"):
        open_weights({}, tmp_path / "best_accuracy", precision="int8")


def test_an_export_without_its_attention_says_how_to_get_it():
    model = replace(open_folder(SHIPPED[0], "onnx"), outputs=("probabilities",))
    with pytest.raises(ConfigError, match=r"Global.export_attention=True"):
        TextRecognizer(model=model)(render_demo_word(3), return_details=True)


def test_computing_threads_are_those_that_are_asked_for():
    one, all_cores = (open_folder(SHIPPED[0], "onnx", cpu_threads=number) for number in (1, None))
    assert one.backend.num_at_once == 1 and all_cores.backend.num_at_once == num_cores()
    recognizer = TextRecognizer.from_pretrained(cpu_threads=1)
    for reader in (recognizer, pickle.loads(pickle.dumps(recognizer))):
        assert reader._model.backend.num_at_once == 1
        assert reader(render_demo_word(0)).text == "joint"
