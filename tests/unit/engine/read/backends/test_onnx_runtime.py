"""ONNX Runtime with a model of one operator: 2 x, of any batch size."""

import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend
from ppocr_rare.errors import CheckpointError, RareError


def model_file(folder, shape=("N", 3, 32, 100)):
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "xy")
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "double", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    onnx.save(model, folder / "model.onnx")
    return folder / "model.onnx"


def ending_model_file(folder):
    """Gives as many of the first channels as the batch's largest value says: a batch ends with its longest word."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ("N", 3, 2, 2))
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ("N", "L", 2, 2))
    starts, axes, shape = (
        helper.make_tensor(name, TensorProto.INT64, [1], [value])
        for name, value in (("starts", 0), ("axes", 1), ("shape", 1))
    )
    nodes = [
        helper.make_node("ReduceMax", ["x"], ["max"], keepdims=0),
        helper.make_node("Cast", ["max"], ["whole"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["whole", "shape"], ["ends"]),
        helper.make_node("Slice", ["x", "starts", "ends", "axes"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "ending", [x], [y], [starts, axes, shape])
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


def test_who_calls_while_another_runs_gets_one_thread(tmp_path, monkeypatch):
    backend = OnnxBackend(model_file(tmp_path), BackendOptions(cpu_threads=2))
    sessions, inside, go_on = [], threading.Event(), threading.Event()

    def run(session, images):
        sessions.append(session.get_session_options().intra_op_num_threads)
        inside.set()
        assert len(sessions) > 1 or go_on.wait(10)
        return [images]

    monkeypatch.setattr(backend, "_run", run)
    images = np.zeros((1, 3, 32, 100), np.float32)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(backend, images)
        assert inside.wait(10)
        backend(images)
        go_on.set()
        first.result()
    backend(images)
    assert sessions == [2, 1, 2]


@pytest.mark.parametrize("cpu_threads", [1, 3])
def test_parts_of_a_large_batch_end_each_for_themselves(tmp_path, cpu_threads):
    backend = OnnxBackend(ending_model_file(tmp_path), BackendOptions(cpu_threads=cpu_threads))
    lengths = np.array([1.0] * 12 + [2.0] * 8)
    images = np.broadcast_to(lengths[:, None, None, None], (20, 3, 2, 2))
    for run in (backend, backend.run_beside):
        (found,) = run(images)
        assert found.shape == (20, 2, 2, 2)
        for row, length in zip(found, lengths, strict=True):
            assert (row[: int(length)] == length).all()


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
