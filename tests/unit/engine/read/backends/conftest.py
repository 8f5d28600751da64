"""ONNX models of a few operators, for what runs them; ``engine`` is each of them, skipped where it is not installed."""

from types import SimpleNamespace

import onnx
import pytest
from onnx import TensorProto, helper


@pytest.fixture(params=["onnx_runtime", "openvino_runtime"])
def engine(request):
    """A runtime of ``.onnx`` files: its backend, its name, and the library that it is."""
    if request.param == "onnx_runtime":
        pytest.importorskip("onnxruntime")
        from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend

        return SimpleNamespace(Backend=OnnxBackend, name="ONNX Runtime", library="onnxruntime", extra="onnx")
    from ppocr_rare.engine.read.backends import openvino_runtime
    from ppocr_rare.engine.read.backends.engines import is_installed

    if not is_installed("openvino"):
        pytest.skip("OpenVINO is not installed")
    return SimpleNamespace(
        Backend=openvino_runtime.OpenvinoBackend, name="OpenVINO", library="openvino", extra="openvino"
    )


@pytest.fixture
def model_file(tmp_path):
    """``model_file(shape)``: 2 x, of any batch size."""

    def write(shape=("N", 3, 32, 100)):
        x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "xy")
        return _saved(helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "double", [x], [y]), tmp_path)

    return write


@pytest.fixture
def ending_model_file(tmp_path):
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
    return _saved(helper.make_graph(nodes, "ending", [x], [y], [starts, axes, shape]), tmp_path)


def _saved(graph, folder):
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8), folder / "model.onnx"
    )
    return folder / "model.onnx"
