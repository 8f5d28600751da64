"""Quantising: what stays in float32, which words judge it, and that a model which lost too much is not kept."""

import onnx
import pytest
from onnx import helper

from ppocr_rare.engine.export import onnx_quantize
from ppocr_rare.engine.export.onnx_quantize import quantize
from ppocr_rare.engine.read.description import ModelDescription
from ppocr_rare.errors import CheckpointError, RareError


def conv(name, source, groups=1):
    return helper.make_node("Conv", [source, "weight"], [name], name=name, group=groups)


def test_what_stays_in_float32():
    nodes = [
        conv("localization", "x"),
        helper.make_node("Relu", ["localization"], ["grid"], name="grid"),
        helper.make_node("GridSample", ["x", "grid"], ["rectified"], name="sample"),
        conv("dense", "rectified"),
        conv("depthwise", "dense", groups=8),
        helper.make_node("GlobalAveragePool", ["depthwise"], ["pooled"], name="pool"),
        conv("squeeze", "pooled"),
        helper.make_node("Relu", ["squeeze"], ["squeezed"], name="relu"),
        conv("excite", "squeezed"),
        helper.make_node("Mul", ["depthwise", "excite"], ["scaled"], name="scale"),
        conv("project", "scaled"),
        conv("behind", "project"),
    ]
    kept = onnx_quantize._delicate_convolutions(helper.make_graph(nodes, "network", [], []))
    assert [name for name in kept if name != "grid"] == ["depthwise", "excite", "localization", "squeeze"]


def test_words_are_of_the_models_characters():
    images, texts = onnx_quantize._words(6, 0, ModelDescription(characters=("7", "ß", "語")))
    assert set("".join(texts)) <= {"7", "ß"} and all(image.shape == (3, 32, 100) for image in images)
    with pytest.raises(RareError, match="no shipped font has a character of this model"):
        onnx_quantize._words(1, 0, ModelDescription(characters=("語",)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """With a model that is quantised by copying it."""
    ModelDescription().write(tmp_path)
    onnx.save(helper.make_model(helper.make_graph([], "none", [], [])), tmp_path / "model.onnx")
    monkeypatch.setattr(
        onnx_quantize, "_quantize_convolutions", lambda source, target, _: target.write_bytes(source.read_bytes())
    )
    return tmp_path


@pytest.mark.parametrize(("num_wrong", "is_kept"), [(10, True), (200, False)])
def test_a_model_that_lost_too_much_is_not_kept(folder, monkeypatch, num_wrong, is_kept):
    texts = ["word"] * 256
    misread = ["other"] * num_wrong + texts[num_wrong:]
    monkeypatch.setattr(onnx_quantize, "_words", lambda *_: ([], texts))
    monkeypatch.setattr(onnx_quantize, "_read", lambda path, *_: misread if "int8" in path.name else texts)
    if is_kept:
        result = quantize(folder)
        assert (result.fp32_accuracy, result.int8_accuracy, result.num_changed) == (1, 1 - 10 / 256, 10)
    else:
        with pytest.raises(RareError, match=r"8 bits read 21.9% of 256 rendered words, float32 reads 100.0%: not kept"):
            quantize(folder)
    assert (folder / "model_int8.onnx").is_file() is is_kept


def test_without_a_model(tmp_path):
    with pytest.raises(CheckpointError, match=r"holds no model.onnx with its inference.yml"):
        quantize(tmp_path)
