"""Converts an exported model to ONNX, and tries what came out."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ppocr_rare.data.synth.demo import DEMO_WORDS, render_demo_word
from ppocr_rare.engine.export.onnx_tidy import tidy
from ppocr_rare.engine.export.step_export import largest_step_difference
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend, OnnxStep
from ppocr_rare.engine.read.backends.paddle_inference import PaddleBackend
from ppocr_rare.engine.read.description import ModelDescription, read_description, sha256
from ppocr_rare.engine.read.exported import ONNX, PARAMS, STEP_ONNX, STEP_PARAMS, find_program, find_step
from ppocr_rare.engine.read.program_file import check_program
from ppocr_rare.errors import CheckpointError, RareError

TOLERANCE = 1e-4
STEP_OUTPUTS = ("probabilities", "next_state", "attention")
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
    """Writes ``model.onnx`` beside an exported model, ``step.onnx`` of its step, and their checksums.

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
    with _converted(program, folder / PARAMS, folder / ONNX, description.outputs, opset_version) as target:
        difference = _largest_difference(program, folder / PARAMS, target, description)
        _check_difference("model", difference)
    step = find_step(folder)
    if step is not None:
        description.check_files(folder, [step.name, STEP_PARAMS])
        with _converted(step, folder / STEP_PARAMS, folder / STEP_ONNX, STEP_OUTPUTS, opset_version) as target:
            whole = OnnxBackend(folder / ONNX, BackendOptions())(demo_inputs(description))
            details = dict(zip(description.outputs, whole, strict=True))
            steps = OnnxStep(target, BackendOptions())
            off = largest_step_difference(steps, description.state_size, description.charset, details)
            _check_difference("step", off)
    return difference


@contextlib.contextmanager
def _converted(program: Path, params: Path, target: Path, outputs: Sequence[str], opset: int) -> Iterator[Path]:
    """A converted program, under another name until the block that tries it has ended well."""
    check_program(program)
    partial = target.with_name(f".{target.name}.partial")
    try:
        _run_converter(program, params, partial, opset)
        tidy(partial, outputs)
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    add_checksum(target.parent, target.name)


def _check_difference(what: str, difference: float) -> None:
    if not difference <= TOLERANCE:
        raise RareError(f"the converted {what} differs from the exported one by {difference:.2e}: not kept")


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
        raise RareError("paddle2onnx is not installed: pip install 'ppocr_rare[convert]'")
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
        for name, ours, theirs in zip(description.outputs, converted(batch), exported(batch), strict=True)
        if name != "memory"  # of any size; the step, which reads it, is tried
    )
