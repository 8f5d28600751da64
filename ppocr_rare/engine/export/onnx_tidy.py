"""Tidies what the converter writes: no nodes that do nothing, and outputs with names that say what they are."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ppocr_rare.errors import RareError


def tidy(path: Path, output_names: Sequence[str]) -> None:
    """Rewrites a converted model: the same arithmetic, the same bytes each time.

    Args:
        path: the ``.onnx`` file.
        output_names: what its outputs are to be called, in order.

    Raises:
        RareError: onnx is not installed, or the model has another number of outputs.
    """
    try:
        import onnx
    except ModuleNotFoundError as error:
        raise RareError("onnx is not installed: pip install 'ppocr_rare[convert]'") from error
    model = onnx.load(str(path))
    if len(model.graph.output) != len(output_names):
        raise RareError(f"{path} has {len(model.graph.output)} outputs instead of {', '.join(output_names)}")
    graphs = [*_graphs(model.graph)]
    _give_inputs_names_of_their_own(graphs)
    _rename(graphs, {value.name: name for value, name in zip(model.graph.output, output_names, strict=True)})
    _drop_identities(graphs)
    while _drop_unused(graphs):
        pass
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _graphs(graph: Any) -> Iterator:
    """A graph and those inside it, as the body of a loop is."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)


def _give_inputs_names_of_their_own(graphs: list) -> None:
    """The converter calls the inputs of a loop's body as the values outside that they begin with; ONNX forbids that."""
    taken = {value.name for value in (*graphs[0].input, *graphs[0].initializer)}
    taken |= {name for graph in graphs for node in graph.node for name in node.output}
    for number, body in enumerate(graphs[1:]):
        names = {value.name: f"body.{number}.{value.name}" for value in body.input if value.name in taken}
        _rename([*_graphs(body)], names)


def _rename(graphs: list, names: dict[str, str]) -> None:
    """Gives values other names wherever they are made, used or described."""
    for graph in graphs:
        for node in graph.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
        for value in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
            value.name = names.get(value.name, value.name)


def _drop_identities(graphs: list) -> None:
    """Readers of a copy read the original; where the copy is an output, the node that makes the original makes it."""
    originals = {}
    for graph in graphs:
        outputs = {value.name for value in graph.output}
        for node in [*graph.node]:
            if node.op_type == "Identity" and node.output[0] not in outputs:
                originals[node.output[0]] = node.input[0]
                graph.node.remove(node)
    for graph in graphs:
        for node in graph.node:
            node.input[:] = [_first(name, originals) for name in node.input]
    for graph in graphs:
        for node in [node for node in graph.node if node.op_type == "Identity"]:
            outputs = {value.name for value in graph.output}
            made_here = {name for other in graph.node for name in other.output} - outputs
            if node.input[0] in made_here:  # what comes from outside must be copied to be an output
                original, copy = node.input[0], node.output[0]
                graph.node.remove(node)
                _rename(graphs, {original: copy})


def _first(name: str, originals: dict[str, str]) -> str:
    while name in originals:
        name = originals[name]
    return name


def _drop_unused(graphs: list) -> bool:
    """Drops nodes and initializers that nothing reads; whether there were any nodes among them."""
    used = {name for graph in graphs for node in graph.node for name in node.input}
    used |= {value.name for graph in graphs for value in graph.output}
    has_dropped = False
    for graph in graphs:
        for node in [*graph.node]:
            if used.isdisjoint(node.output):
                graph.node.remove(node)
                has_dropped = True
        for values in (graph.initializer, graph.value_info):
            for value in [*values]:
                if value.name not in used:
                    values.remove(value)
    return has_dropped
