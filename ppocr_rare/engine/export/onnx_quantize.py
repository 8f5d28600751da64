"""Quantises a converted model to 8 bits for CPUs, and judges what that costs before it is kept."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.data.synth import Font, Recipe, render_word, shipped_fonts
from ppocr_rare.engine.export.onnx_export import add_checksum
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend
from ppocr_rare.engine.read.description import ModelDescription, read_description
from ppocr_rare.engine.read.exported import ONNX, ONNX_INT8
from ppocr_rare.errors import CheckpointError, RareError
from ppocr_rare.postprocess import AttnLabelDecode

NUM_CALIBRATION, NUM_TRIED = 96, 256
MAX_LOSS = 0.1  # of the accuracy, above which the model is not kept

@dataclass(frozen=True)
class QuantizeResult:
    """What 8 bits cost, on rendered words of the model's characters.

    Args:
        fp32_accuracy: share of the words that ``model.onnx`` reads right.
        int8_accuracy: the same of ``model_int8.onnx``.
        num_changed: words that the two read differently.
        num_words: how many were tried.
        fp32_bytes: size of ``model.onnx``.
        int8_bytes: size of ``model_int8.onnx``.
    """

    fp32_accuracy: float
    int8_accuracy: float
    num_changed: int
    num_words: int
    fp32_bytes: int
    int8_bytes: int


def quantize(folder: str | Path) -> QuantizeResult:
    """Writes ``model_int8.onnx``: most convolutions in 8 bits, calibrated on rendered words, all else in float32.

    Args:
        folder: holds ``model.onnx`` and ``inference.yml``.

    Raises:
        RareError: what quantises is not installed, there is no such model, no shipped font has its characters, or more
            than ``MAX_LOSS`` of the accuracy is lost; then nothing was written.
    """
    folder = Path(folder)
    description = read_description(folder)
    if description is None or not (folder / ONNX).is_file():
        raise CheckpointError(f"{folder} holds no {ONNX} with its inference.yml: make it with tools/export_onnx.py")
    with tempfile.TemporaryDirectory() as aside:
        target = Path(aside) / ONNX_INT8
        _quantize_convolutions(folder / ONNX, target, description)
        result = _judge(folder / ONNX, target, description)
        loss = result.fp32_accuracy - result.int8_accuracy
        if loss > MAX_LOSS:
            raise RareError(
                f"8 bits read {result.int8_accuracy:.1%} of {result.num_words} rendered words, float32 reads "
                f"{result.fp32_accuracy:.1%}: not kept"
            )
        (folder / ONNX_INT8).write_bytes(target.read_bytes())
    add_checksum(folder, ONNX_INT8)
    return result


def _judge(fp32: Path, int8: Path, description: ModelDescription) -> QuantizeResult:
    images, texts = _words(NUM_TRIED, 1, description)
    read = [_read(path, images, description) for path in (fp32, int8)]
    fp32_accuracy, int8_accuracy = (sum(map(str.__eq__, found, texts)) / len(texts) for found in read)
    changed = sum(map(str.__ne__, *read))
    return QuantizeResult(fp32_accuracy, int8_accuracy, changed, len(texts), fp32.stat().st_size, int8.stat().st_size)


def _quantize_convolutions(source: Path, target: Path, description: ModelDescription) -> None:
    try:
        import onnx
        from onnxruntime import quantization
    except ImportError as error:
        raise RareError(
            f"onnx and onnxruntime are needed to quantise ({error}): pip install 'ppocr_rare[convert]'"
        ) from error

    class Words(quantization.CalibrationDataReader):
        def __init__(self, name: str):
            self._batches = ({name: image[None]} for image in _words(NUM_CALIBRATION, 0, description)[0])

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self._batches, None)

    prepared = target.with_name("prepared.onnx")
    quantization.quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantization.quantize_static(
        str(prepared),
        str(target),
        Words("x"),
        op_types_to_quantize=["Conv"],
        nodes_to_exclude=_delicate_convolutions(onnx.load(str(prepared)).graph),
        per_channel=True,
        reduce_range=True,  # without VNNI, sums of products of full 8 bits overflow
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        quant_format=quantization.QuantFormat.QDQ,
    )


def _delicate_convolutions(graph: Any) -> list[str]:
    """Names of those that stay in float32.

    The localization network, whose rounding moves every pixel; squeeze and excitation, which scales whole channels; and
    depthwise convolutions, which are no quicker in 8 bits.
    """
    made_by = {name: node for node in graph.node for name in node.output}
    grids = [node.input[1] for node in graph.node if node.op_type == "GridSample"]
    keep = {node.name for node in _before(grids, made_by)}
    for node in graph.node:
        if node.op_type != "Conv":
            continue
        groups = next((attribute.i for attribute in node.attribute if attribute.name == "group"), 1)
        first = _previous(node, made_by)
        second = _previous(first, made_by) if first is not None and first.op_type == "Conv" else None
        is_gate = any(before is not None and before.op_type == "GlobalAveragePool" for before in (first, second))
        if groups > 1 or is_gate:
            keep.add(node.name)
    return sorted(name for name in keep if name)


def _before(names: Sequence[str], made_by: dict) -> list:
    """The nodes that values are made by, and those before them."""
    waiting, nodes = list(names), {}
    while waiting:
        node = made_by.get(waiting.pop())
        if node is not None and id(node) not in nodes:
            nodes[id(node)] = node
            waiting += node.input
    return list(nodes.values())


def _previous(node: Any, made_by: dict) -> Any:
    """The convolution or pooling before a node, whatever is done element by element between them; None: another."""
    node = made_by.get(node.input[0])
    while node is not None and node.op_type in ("Relu", "Add"):
        node = made_by.get(node.input[0])
    return node if node is not None and node.op_type in ("Conv", "GlobalAveragePool") else None


def _words(count: int, seed: int, description: ModelDescription) -> tuple[list[np.ndarray], list[str]]:
    """Network inputs [3, H, W] of random words of the model's characters in the shipped fonts, and what they say."""
    rng = np.random.default_rng(seed)
    fonts = [Font(path) for path in shipped_fonts().values()]
    known = [[c for c in description.characters if c.strip() and not font.missing(c)] for font in fonts]
    usable = [(font, characters) for font, characters in zip(fonts, known, strict=True) if characters]
    if not usable:
        raise RareError("no shipped font has a character of this model: there is nothing to calibrate with")
    images, texts = [], []
    for index in range(count):
        font, characters = usable[index % len(usable)]
        texts.append("".join(rng.choice(characters, rng.integers(3, 11))))
        recipe = Recipe(rotation=rng.uniform(-8, 8), blur=rng.uniform(0, 1), noise=rng.uniform(0, 6), mottle=4)
        image = render_word(texts[-1], font, recipe, rng)
        images.append(description.network_input(image))
    return images, texts


def _read(path: Path, images: Sequence[np.ndarray], description: ModelDescription) -> list[str]:
    backend = OnnxBackend(path, BackendOptions())
    decode = AttnLabelDecode(description.stop_at_eos, charset=description.charset)
    return [decode.decode_words(backend(image[None])[0])[0].text for image in images]
