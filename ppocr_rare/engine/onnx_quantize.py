"""Quantises a converted model to 8 bits for CPUs, and says what that costs."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ppocr_rare.data.charset import DEFAULT_CHARACTERS
from ppocr_rare.data.synth import Font, Recipe, render_word, shipped_fonts
from ppocr_rare.engine.backends import BackendOptions
from ppocr_rare.engine.backends.onnx_runtime import OnnxBackend
from ppocr_rare.engine.description import ModelDescription, read_description
from ppocr_rare.engine.exported import ONNX, ONNX_INT8
from ppocr_rare.engine.onnx_export import add_checksum
from ppocr_rare.errors import CheckpointError, RareError
from ppocr_rare.postprocess import AttnLabelDecode
from ppocr_rare.utils.images import resize_norm_img

NUM_CALIBRATION, NUM_TRIED = 96, 256


@dataclass(frozen=True)
class QuantizeResult:
    """What 8 bits cost.

    Args:
        num_changed: rendered words that are read otherwise than with float32.
        num_words: how many were tried.
        fp32_bytes: size of ``model.onnx``.
        int8_bytes: size of ``model_int8.onnx``.
    """

    num_changed: int
    num_words: int
    fp32_bytes: int
    int8_bytes: int


def quantize(folder: str | Path) -> QuantizeResult:
    """Writes ``model_int8.onnx``: the convolutions in 8 bits, calibrated on rendered words, all else in float32.

    Args:
        folder: holds ``model.onnx`` and ``inference.yml``.

    Raises:
        RareError: what quantises is not installed, or there is no such model.
    """
    folder = Path(folder)
    description = read_description(folder)
    if description is None or not (folder / ONNX).is_file():
        raise CheckpointError(f"{folder} holds no {ONNX} with its inference.yml: make it with tools/export_onnx.py")
    with tempfile.TemporaryDirectory() as aside:
        target = Path(aside) / ONNX_INT8
        _quantize_convolutions(folder / ONNX, target, description)
        (folder / ONNX_INT8).write_bytes(target.read_bytes())
    add_checksum(folder, ONNX_INT8)
    texts = [_read(folder / name, description) for name in (ONNX, ONNX_INT8)]
    changed = sum(ours != theirs for ours, theirs in zip(*texts, strict=True))
    sizes = [(folder / name).stat().st_size for name in (ONNX, ONNX_INT8)]
    return QuantizeResult(changed, len(texts[0]), *sizes)


def _quantize_convolutions(source: Path, target: Path, description: ModelDescription) -> None:
    try:
        from onnxruntime import quantization
    except ImportError as error:
        raise RareError("onnx and onnxruntime are needed to quantise: pip install 'ppocr_rare[onnx]'") from error

    class Words(quantization.CalibrationDataReader):
        def __init__(self, name):
            self._batches = ({name: image[None]} for image in _word_images(NUM_CALIBRATION, 0, description))

        def get_next(self):
            return next(self._batches, None)

    prepared = target.with_name("prepared.onnx")
    quantization.quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantization.quantize_static(
        str(prepared), str(target), Words("x"), op_types_to_quantize=["Conv"], per_channel=True,
        quant_format=quantization.QuantFormat.QDQ,
    )  # fmt: skip


def _word_images(count: int, seed: int, description: ModelDescription) -> Iterator[np.ndarray]:
    """Network inputs [3, H, W] of random words in the shipped fonts."""
    rng = np.random.default_rng(seed)
    fonts = [Font(path) for path in shipped_fonts().values()]
    for index in range(count):
        text = "".join(rng.choice(list(DEFAULT_CHARACTERS), rng.integers(3, 11)))
        recipe = Recipe(rotation=rng.uniform(-8, 8), blur=rng.uniform(0, 1), noise=rng.uniform(0, 6), mottle=4)
        image = render_word(text, fonts[index % len(fonts)], recipe, rng)
        yield resize_norm_img(image, description.image_shape, description.padding)[0]


def _read(path: Path, description: ModelDescription) -> list[str]:
    backend = OnnxBackend(path, BackendOptions())
    decode = AttnLabelDecode(description.stop_at_eos, charset=description.charset)
    images = _word_images(NUM_TRIED, 1, description)
    return [decode.decode_words(backend(image[None])[0])[0].text for image in images]
