"""ONNX Runtime with a model of one operator: 2 x, of any batch size."""

import logging
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from ppocr_rare.engine.backends import BackendOptions
from ppocr_rare.engine.backends.onnx_runtime import OnnxBackend
from ppocr_rare.errors import CheckpointError, RareError


def model_file(folder, shape=("N", 3, 32, 100)):
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "xy")
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "double", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    onnx.save(model, folder / "model.onnx")
    return folder / "model.onnx"


def test_it_runs_batches_of_any_size_and_kind_of_number(tmp_path):
    backend = OnnxBackend(model_file(tmp_path), BackendOptions(cpu_threads=1))
    assert backend.image_shape == (3, 32, 100)
    for size in (1, 4):
        images = np.random.default_rng(0).random((size, 3, 32, 100))  # float64
        (found,) = backend(images[:, :, :, ::-1])
        np.testing.assert_allclose(found, 2 * images[:, :, :, ::-1], rtol=1e-6)


def test_several_threads_run_beside_each_other(tmp_path):
    backend = OnnxBackend(model_file(tmp_path), BackendOptions(cpu_threads=3))
    assert backend.num_at_once == 3
    batches = [np.full((1, 3, 32, 100), number, np.float32) for number in range(12)]
    with ThreadPoolExecutor(3) as pool:
        found = [output[0].max() for output in pool.map(backend.run_beside, batches)]
    assert found == [2 * number for number in range(12)]


def test_half_precision_is_not_its_business_and_says_so(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        OnnxBackend(model_file(tmp_path), BackendOptions(precision="fp16"))
    assert "ONNX Runtime computes in fp32" in caplog.text


def test_a_model_of_any_image_size(tmp_path):
    backend = OnnxBackend(model_file(tmp_path, ("N", 3, "H", "W")), BackendOptions())
    assert backend.image_shape is None
    assert backend(np.ones((1, 3, 8, 9)))[0].shape == (1, 3, 8, 9)


@pytest.mark.parametrize("content", [b"", b"text", b"\x08\x08", None])
def test_what_is_no_model_is_one_line(tmp_path, content):
    file = model_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-20] if content is None else content)
    with pytest.raises(CheckpointError, match=r"model.onnx cannot be loaded: .+") as raised:
        OnnxBackend(file, BackendOptions())
    assert "\n" not in str(raised.value)


def test_providers_that_are_not_there_are_named(tmp_path):
    with pytest.raises(RareError, match="onnx_providers: NoProvider cannot be used here; there are: .*CPUExecution"):
        OnnxBackend(model_file(tmp_path), BackendOptions(onnx_providers=("NoProvider",)))
    OnnxBackend(model_file(tmp_path), BackendOptions(onnx_providers=("CPUExecutionProvider",)))


def test_a_gpu_that_is_not_there_is_a_warning(tmp_path, monkeypatch, caplog):
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        OnnxBackend(model_file(tmp_path), BackendOptions(use_gpu=True))
    assert [record.message for record in caplog.records] == [
        "use_gpu is True, but ONNX Runtime has no CUDAExecutionProvider here: using the CPU"
    ]


def test_without_onnxruntime(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RareError, match=r"onnxruntime is not installed: pip install 'ppocr_rare\[onnx\]'"):
        OnnxBackend(tmp_path / "model.onnx", BackendOptions())
