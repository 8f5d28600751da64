"""The engines that run exported models: which one runs a ``.onnx`` file, and their start."""

import importlib.util
from pathlib import Path
from typing import Literal

from ppocr_rare.engine.read.backends import Backend, BackendOptions, Step
from ppocr_rare.errors import ConfigError

ExportedEngine = Literal["paddle", "onnx", "openvino"]


def is_installed(library: str) -> bool:
    """Whether a library can be imported, by its name."""
    return importlib.util.find_spec(library) is not None


def runtime_of_onnx(engine: ExportedEngine | None = None) -> ExportedEngine:
    """What runs ``.onnx`` files: as said, else ONNX Runtime, or OpenVINO where that alone is installed."""
    if engine == "onnx" or engine == "openvino":
        return engine
    return "openvino" if is_installed("openvino") and not is_installed("onnxruntime") else "onnx"


def start_backend(engine: ExportedEngine, files: list[Path], options: BackendOptions) -> Backend:
    """Starts an engine with a model.

    Args:
        engine: which.
        files: graph and parameters for Paddle, one ``.onnx`` file for the others.
        options: how to run it.

    Raises:
        CheckpointError: it cannot load them.
        ConfigError: it does not compute in the precision.
        RareError: it is not installed.
    """
    if options.precision == "bf16" and engine != "openvino":
        raise ConfigError(f"precision bf16: OpenVINO computes in it, engine {engine} does not")
    if engine == "onnx":
        from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend

        return OnnxBackend(files[0], options)
    if engine == "openvino":
        from ppocr_rare.engine.read.backends.openvino_runtime import OpenvinoBackend

        return OpenvinoBackend(files[0], options)
    from ppocr_rare.engine.read.backends.paddle_inference import PaddleBackend

    return PaddleBackend(files[0], files[1], options)


def start_step(engine: ExportedEngine, files: list[Path], options: BackendOptions) -> Step:
    """Starts an engine with a model's step; as ``start_backend``."""
    if engine == "onnx":
        from ppocr_rare.engine.read.backends.onnx_runtime import OnnxStep

        return OnnxStep(files[0], options)
    if engine == "openvino":
        from ppocr_rare.engine.read.backends.openvino_runtime import OpenvinoStep

        return OpenvinoStep(files[0], options)
    from ppocr_rare.engine.read.backends.paddle_inference import PaddleStep

    return PaddleStep(files[0], files[1], options)
