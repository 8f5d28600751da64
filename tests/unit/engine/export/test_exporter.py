"""What an export says about itself, and how it is held against the trained network."""

import numpy as np
import paddle
import pytest
from material import CONFIG, ROOT

from ppocr_rare import load_config
from ppocr_rare.engine.export import exporter
from ppocr_rare.engine.export.exporter import describe, export_model, largest_difference
from ppocr_rare.engine.read.description import ModelDescription
from ppocr_rare.engine.read.weights import pretrained_weights
from ppocr_rare.errors import ConfigError, RareError

EOS, V, L = 3, 4, 5
DESCRIPTION = ModelDescription(characters=("a", "b"), max_text_length=L)
SETTINGS = ["Global.use_gpu=False", "Global.max_text_length=4"]


def test_a_description_follows_the_configuration():
    assert describe(load_config(CONFIG)) == ModelDescription()
    config = load_config(
        CONFIG,
        [
            "Eval.dataset.transforms.0.DecodeImage.img_mode=RGB",
            "Eval.dataset.transforms.2.RecResizeImg.image_shape=[3,32,160]",
            "Train.dataset.transforms.2.RecResizeImg.image_shape=[3,32,160]",
            "Eval.dataset.transforms.2.RecResizeImg.padding=False",
            "Eval.dataset.transforms.2.RecResizeImg.interpolation=area",
            f"Global.character_dict_path={ROOT}/ppocr_rare/utils/dict/ic15_dict.txt",
            "Global.use_space_char=True",
            "Global.max_text_length=30",
            "Global.export_attention=True",
            "PostProcess.stop_at_eos=False",
        ],
    )
    description = describe(config)
    assert (description.image_shape, description.img_mode, description.padding) == ((3, 32, 160), "RGB", False)
    assert description.interpolation == "area"
    assert (len(description.characters), description.characters[-1]) == (37, " ")
    assert (description.max_text_length, description.stop_at_eos) == (30, False)
    assert description.outputs == ("probabilities", "attention", "memory", "points")
    assert description.state_size == 96


def word(ids, score=0.7):
    """[L, V]: these classes, then whatever the network says behind the end."""
    ids = [*ids, *[1] * (L - len(ids))]
    rows = np.full((L, V), (1 - score) / (V - 1))
    rows[range(L), ids] = score
    return rows


IMAGES = np.arange(2).reshape(2, 1, 1, 1)
EXPECTED = np.stack([word([1, EOS]), word([2, 2, 1, EOS])])


def backend_of(words):
    """A backend that knows the words of IMAGES by their number."""
    return lambda images: [np.stack([words[int(image.flat[0])] for image in images])]


def test_differences_count_up_to_the_end_of_each_word():
    found = EXPECTED.copy()
    found[0, 2:] = 0  # behind the end of the first word
    assert largest_difference(backend_of(found), IMAGES, EXPECTED, DESCRIPTION) == 0
    found[1, 3, 0] += 0.25  # the step that says eos is part of the word
    assert largest_difference(backend_of(found), IMAGES, EXPECTED, DESCRIPTION) == pytest.approx(0.25)


def test_without_a_stop_every_step_counts():
    found = EXPECTED.copy()
    found[0, 4, 1] += 0.5
    all_steps = ModelDescription(characters=("a", "b"), max_text_length=L, stop_at_eos=False)
    assert largest_difference(backend_of(found), IMAGES, EXPECTED, all_steps) == pytest.approx(0.5)
    assert largest_difference(backend_of(found), IMAGES, EXPECTED, DESCRIPTION) == 0


def test_each_image_is_tried_alone_too():
    def backend(images):
        shift = 0.125 if len(images) == 1 else 0.0
        return [EXPECTED[images[:, 0, 0, 0]] + shift]

    assert largest_difference(backend, IMAGES, EXPECTED, DESCRIPTION) == pytest.approx(0.125)


def test_a_word_that_is_cut_differs_without_end():
    assert largest_difference(backend_of(EXPECTED[:, :3]), IMAGES, EXPECTED, DESCRIPTION) == float("inf")


def test_a_model_that_differs_is_not_kept(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(exporter, "largest_difference", lambda *_: float("nan"))
    with pytest.raises(RareError, match="differs from the trained one by nan: nothing was kept"):
        export_model(load_config(CONFIG, SETTINGS), weights, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_an_export_stands_beside_a_training_and_replaces_an_export(model_dir, caplog):
    config = load_config(CONFIG, [*SETTINGS, f"Global.checkpoints={model_dir}"])
    kept = {path.name: path.read_bytes() for path in model_dir.iterdir()}
    weights = pretrained_weights(config)
    names = {path.name for path in export_model(config, weights, model_dir).files}
    (model_dir / "model.onnx").write_text("of the export before")
    (model_dir / "inference.pdiparams").write_text("damaged")
    export_model(config, weights, model_dir)
    assert {path.name for path in model_dir.iterdir()} == {*kept, *names}
    assert "model.onnx is gone, it was the earlier export's" in caplog.text
    assert {name: (model_dir / name).read_bytes() for name in kept} == kept
    assert (model_dir / "inference.pdiparams").stat().st_size > 1000


@pytest.mark.parametrize("description", [None, "Global: {model_name: other}"])
def test_another_model_under_our_names_is_refused(weights, tmp_path, description):
    (tmp_path / "inference.pdiparams").write_text("another model")
    if description:
        (tmp_path / "inference.yml").write_text(description)
    with pytest.raises(RareError, match=r"holds inference.pdiparams, which tools/export_model.py has not written"):
        export_model(load_config(CONFIG, SETTINGS), weights, tmp_path)
    assert (tmp_path / "inference.pdiparams").read_text() == "another model"


@pytest.mark.parametrize(
    ("version", "export_format", "is_legacy"),
    [("3.3.1", None, False), ("3.3.1", "json", False), ("2.6.2", None, True), ("2.6.2", "legacy", True)],
)
def test_the_format_that_this_paddle_writes(monkeypatch, version, export_format, is_legacy):
    monkeypatch.setattr(paddle, "__version__", version)
    assert exporter._is_legacy(export_format) is is_legacy


@pytest.mark.parametrize(
    ("version", "export_format", "message"),
    [("3.3.1", "legacy", "legacy needs Paddle 2.6"), ("2.6.2", "json", "json needs Paddle 3; Paddle 2.6.2 writes")],
)
def test_a_format_that_it_cannot_write(monkeypatch, version, export_format, message):
    monkeypatch.setattr(paddle, "__version__", version)
    with pytest.raises(ConfigError, match=message):
        exporter._is_legacy(export_format)
