"""Conversion to ONNX: the shipped network, with both outputs."""

import numpy as np
import onnx
import onnxruntime
import paddle
import paddle.nn.functional as F
import pytest
from material import CONFIG, ROOT

from ppocr_rare import build_model, load_config
from ppocr_rare.engine.export.exporter import describe, export_model
from ppocr_rare.engine.export.onnx_export import convert_to_onnx, demo_inputs
from ppocr_rare.engine.read.description import read_description, sha256
from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.save_load import load_checkpoint, save_checkpoint

EOS = 37
SETTINGS = ["Global.use_gpu=False", "Global.max_text_length=8", "Global.export_attention=True"]


@pytest.fixture(scope="module")
def config():
    return load_config(CONFIG, SETTINGS)


@pytest.fixture(scope="module")
def network(config):
    """The shipped one: drawn weights multiply a difference in the seventh digit until other characters are read."""
    network = build_model(config)
    load_checkpoint(network, ROOT / "ppocr_rare" / "weights" / CONFIG.stem / "best_accuracy")
    network.eval()
    return network


@pytest.fixture(scope="module")
def folder(config, network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "model"
    export_model(config, save_checkpoint(network, folder.with_name("weights")), folder)
    assert convert_to_onnx(folder) < 1e-4
    return folder


@pytest.fixture(scope="module")
def images(config):
    return demo_inputs(describe(config))


def run(folder, images):
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    return session.run(["probabilities", "attention"], {"x": images})


def steps_of(network, images):
    """Probabilities [B, L, V] and attention weights [B, L, T] of the trained network, step by step, all L of them."""
    head = network.head
    prepared = head.attention_cell.prepare(network.encode(paddle.to_tensor(images)))
    state = paddle.zeros([len(images), head.attention_cell.hidden_size])
    token = paddle.full([len(images)], head.sos_id, dtype="int64")
    steps = []
    for _ in range(head.num_steps):
        gates = F.embedding(token, prepared.weights.token_gates)
        state, alpha = head.attention_cell(prepared, state, gates)
        logits = head.generator(state)
        token = logits.argmax(axis=1)
        steps.append((F.softmax(logits, axis=1).numpy(), alpha.numpy()))
    return [np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True)]


def test_both_outputs_are_the_trained_networks(network, folder, images):
    with paddle.no_grad():
        expected, alpha = steps_of(network, images)
    together = run(folder, images)
    lengths = set()
    for index, ids in enumerate(expected.argmax(2).tolist()):
        length = ids.index(EOS) + 1 if EOS in ids else len(ids)
        lengths.add(length)
        alone = run(folder, images[index : index + 1])
        for found, ours, theirs in zip(alone, together, (expected, alpha), strict=True):
            np.testing.assert_allclose(found[0, :length], theirs[index, :length], rtol=0, atol=1e-4)
            np.testing.assert_allclose(ours[index, :length], theirs[index, :length], rtol=0, atol=1e-4)
    assert len(lengths) > 1


def test_the_file_is_tidy(folder, capfd):
    run(folder, np.zeros((1, 3, 32, 100), np.float32))
    assert capfd.readouterr().err == ""
    graph = onnx.load(str(folder / "model.onnx")).graph
    assert [value.name for value in graph.input] == ["x"]
    assert "Identity" not in {node.op_type for node in graph.node}
    assert read_description(folder).checksums["model.onnx"] == sha256(folder / "model.onnx")


def test_the_same_export_gives_the_same_bytes(folder):
    before = (folder / "model.onnx").read_bytes()
    convert_to_onnx(folder)
    assert (folder / "model.onnx").read_bytes() == before


def test_a_folder_without_description(folder, tmp_path):
    for path in folder.glob("inference.[jp]*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(CheckpointError, match="holds no inference.yml: export the model with tools/export_model.py"):
        convert_to_onnx(tmp_path)
