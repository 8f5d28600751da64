"""Converts an exported model to ONNX, and tries what came out."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from ppocr_rare.data.synth.demo import DEMO_WORDS, render_demo_word
from ppocr_rare.engine.export.onnx_tidy import tidy
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend
from ppocr_rare.engine.read.backends.paddle_inference import PaddleBackend
from ppocr_rare.engine.read.description import ModelDescription, read_description, sha256
from ppocr_rare.engine.read.exported import ONNX, PARAMS, find_program
from ppocr_rare.engine.read.program_file import check_program
from ppocr_rare.errors import CheckpointError, RareError

TOLERANCE = 1e-4
MIN_OPSET = 16  # the first with GridSample

# The converter ends the process on some faults, and prints to the descriptors of the process: it gets one of its own.
_CONVERT = """
import sys, paddle2onnx
program, params, target, opset = sys.argv[1:]
options = dict(save_file=target, opset_version=int(opset), enable_onnx_checker=True)
if "optimize_tool" in paddle2onnx.export.__code__.co_varnames:
    options["optimize_tool"] = "None"  # the others install packages while they run
paddle2onnx.export(program, params, **options)
"""


def convert_to_onnx(folder: str | Path, opset_version: int = MIN_OPSET) -> float:
    """Writes ``model.onnx`` beside an exported model and its checksum into ``inference.yml``.

    Its outputs have the names that ``inference.yml`` gives them. The same export gives the same bytes.

    Args:
        folder: what ``export_model`` wrote.
        opset_version: at least 16.

    Returns:
        The largest difference of a probability between ONNX Runtime and Paddle Inference on the demo words.

    Raises:
        RareError: the converter is not installed or fails, or the difference is over ``TOLERANCE``; then no file is
            left.
    """
    folder = Path(folder)
    program, description = find_program(folder), _description_in(folder)
    description.check_files(folder, [program.name, PARAMS])
    target = folder / f".{ONNX}.partial"
    check_program(program)
    try:
        _run_converter(program, folder / PARAMS, target, opset_version)
        tidy(target, description.outputs)
        difference = _largest_difference(program, folder / PARAMS, target, description)
        if not difference <= TOLERANCE:
            raise RareError(f"the converted model differs from the exported one by {difference:.2e}: not kept")
        target.replace(folder / ONNX)
    finally:
        target.unlink(missing_ok=True)
    add_checksum(folder, ONNX)
    return difference


def add_checksum(folder: Path, name: str) -> None:
    """Notes a file in ``inference.yml``, so that it is known to belong to the model."""
    description = _description_in(folder)
    replace(description, checksums={**description.checksums, name: sha256(folder / name)}).write(folder)


def _description_in(folder: Path) -> ModelDescription:
    description = read_description(folder)
    if description is None:
        raise CheckpointError(f"{folder} holds no inference.yml: export the model with tools/export_model.py")
    return description


def _run_converter(program: Path, params: Path, target: Path, opset_version: int) -> None:
    command = [sys.executable, "-c", _CONVERT, str(program), str(params), str(target), str(opset_version)]
    done = subprocess.run(command, capture_output=True, text=True)
    if "No module named 'paddle2onnx'" in done.stderr:
        raise RareError("paddle2onnx is not installed: pip install 'ppocr_rare[onnx]'")
    if done.returncode or not target.is_file():
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise RareError(f"paddle2onnx cannot convert {program}: {lines[-1] if lines else 'it gives no reason'}")


def demo_inputs(description: ModelDescription) -> np.ndarray:
    """Network inputs [B, 3, H, W] of the demo words."""
    words = [render_demo_word(index) for index in range(len(DEMO_WORDS))]
    return np.stack([description.network_input(word) for word in words])


def _largest_difference(program: Path, params: Path, target: Path, description: ModelDescription) -> float:
    images = demo_inputs(description)
    exported = PaddleBackend(program, params, BackendOptions(enable_mkldnn=False))
    converted = OnnxBackend(target, BackendOptions())
    batches = [images, *images[:, None]]
    return max(
        float(np.abs(ours - theirs).max())
        for batch in batches
        for ours, theirs in zip(converted(batch), exported(batch), strict=True)
    )
