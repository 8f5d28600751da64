"""Tidying a converted model: a loop in the converter's manner, with copies, leftovers and names used twice."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from ppocr_rare.engine.export.onnx_tidy import tidy
from ppocr_rare.errors import RareError


def value(name, kind=TensorProto.FLOAT, shape=(2,)):
    return helper.make_tensor_value_info(name, kind, shape)


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


def loop_body():
    """state = 2 state + one, kept on as long as the count is below 3; "state" is the name of a value outside, too."""
    inputs = [value("number", TensorProto.INT64, ()), value("go", TensorProto.BOOL, ()), value("state")]
    nodes = [
        node("Constant", "", "leftover", value=numpy_helper.from_array(np.zeros(2, np.float32))),
        node("Identity", "state", "copy"),
        node("Add", "copy state", "twice"),
        node("Add", "twice one", "sum"),
        node("Identity", "sum", "next_state"),
        node("Less", "number two", "is_below"),
        node("Identity", "is_below", "next_go"),
        node("Identity", "start", "given"),  # of the graph outside: it must stay
    ]
    outputs = [value("next_go", TensorProto.BOOL, ()), value("next_state"), value("given")]
    return helper.make_graph(nodes, "body", inputs, outputs)


@pytest.fixture
def path(tmp_path):
    """x -> 8 (2 x) + 7, and what the loop was given: copies of 2 x."""
    nodes = [
        node("Add", "x x", "sum_of_x"),
        node("Identity", "sum_of_x", "start"),
        node("Identity", "start", "state"),
        node("Loop", "limit true state", "loop_state loop_given", body=loop_body()),
        node("Identity", "loop_state", "fetch_0"),
        node("Identity", "loop_given", "fetch_1"),
        node("Neg", "x", "unread"),
        node("Neg", "unread", "unread_too"),
    ]
    values = {"one": np.ones(2, np.float32), "two": np.int64(2), "limit": np.int64(9), "true": np.bool_(True)}
    values["unused"] = np.ones(5, np.float32)
    initializers = [numpy_helper.from_array(np.asarray(array), name) for name, array in values.items()]
    outputs = [value("fetch_0"), value("fetch_1", shape=("steps", 2))]
    graph = helper.make_graph(nodes, "graph", [value("x")], outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    onnx.save(model, tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def run(path):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return names, session.run(None, {"x": np.array([1, -3], np.float32)})


def test_it_computes_the_same_under_other_names(path, capfd):
    _, before = run(path)
    assert "should be removed from the model" in capfd.readouterr().err
    tidy(path, ["probabilities", "attention"])
    names, after = run(path)
    assert names == ["probabilities", "attention"]
    np.testing.assert_array_equal(after[0], [8 * 2 * 1 + 7, 8 * 2 * -3 + 7])
    assert after[1].shape == (3, 2)
    for ours, theirs in zip(after, before, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert capfd.readouterr().err == ""  # ONNX Runtime has nothing to say at its default level


def test_what_is_left(path):
    tidy(path, ["probabilities", "attention"])
    graph = onnx.load(str(path)).graph
    assert [node.op_type for node in graph.node] == ["Add", "Loop"]
    assert sorted(value.name for value in graph.initializer) == ["limit", "one", "true", "two"]
    (body,) = (attribute.g for attribute in graph.node[1].attribute if attribute.name == "body")
    assert [node.op_type for node in body.node] == ["Add", "Add", "Less", "Identity"]
    outside = {name for node in graph.node for name in node.output} | {"x"}
    assert outside.isdisjoint(value.name for value in body.input)


def test_bytes_are_the_same_each_time(path):
    content = path.read_bytes()
    tidy(path, ["probabilities", "attention"])
    first = path.read_bytes()
    tidy(path, ["probabilities", "attention"])
    assert path.read_bytes() == first  # what is tidy stays
    path.write_bytes(content)
    tidy(path, ["probabilities", "attention"])
    assert path.read_bytes() == first


def test_a_model_of_other_outputs(path):
    content = path.read_bytes()
    with pytest.raises(RareError, match="has 2 outputs instead of probabilities"):
        tidy(path, ["probabilities"])
    assert path.read_bytes() == content
