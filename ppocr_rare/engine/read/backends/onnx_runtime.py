"""A converted model in ONNX Runtime; needs no Paddle."""

import functools
import logging
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.engine.read.backends import BackendOptions, opened
from ppocr_rare.engine.read.backends.parts import PART, run_parts
from ppocr_rare.errors import RareError
from ppocr_rare.utils.platforms import num_cores

QUIET = 3  # ONNX Runtime's log level: errors
CUDA = "CUDAExecutionProvider"
_OPENING = threading.Lock()

logger = logging.getLogger(__name__)


class OnnxBackend:
    """Runs a ``.onnx`` file.

    Args:
        path: the file.
        options: how to run it.

    Raises:
        CheckpointError: ONNX Runtime cannot load it.
        RareError: ONNX Runtime is not installed, or a provider is not known.
    """

    def __init__(self, path: Path, options: BackendOptions):
        if options.precision == "fp16":
            logger.warning("precision fp16 is for Paddle on GPUs: ONNX Runtime computes in fp32")
        self._session = _open_session(path, options, options.cpu_threads)
        has_cuda = CUDA in self._session.get_providers()
        self.num_at_once = 1 if has_cuda else options.cpu_threads or num_cores()
        self._open_beside = functools.cache(lambda: _open_session(path, options, 1))
        self._input = self._session.get_inputs()[0].name
        shape = tuple(self._session.get_inputs()[0].shape[1:])
        self.image_shape = shape if len(shape) == 3 and all(isinstance(size, int) for size in shape) else None

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        if self.num_at_once == 1 or len(images) <= PART:
            return self._run(self._session, images)
        return run_parts(self._run_part, images, self.num_at_once)

    def run_beside(self, images: np.ndarray) -> list[np.ndarray]:
        return run_parts(self._run_part, images)

    def _run_part(self, images: np.ndarray) -> list[np.ndarray]:
        with _OPENING:
            session = self._open_beside()
        return self._run(session, images)

    def _run(self, session: Any, images: np.ndarray) -> list[np.ndarray]:
        return session.run(None, {self._input: np.ascontiguousarray(images, dtype=np.float32)})


class OnnxStep:
    """Runs ``step.onnx``; a ``Step``. Threads may share it. Args and faults: of ``OnnxBackend``."""

    def __init__(self, path: Path, options: BackendOptions):
        self._session = _open_session(path, options, options.cpu_threads)

    def __call__(self, memory: np.ndarray, state: np.ndarray, token: np.ndarray) -> list[np.ndarray]:
        return self._session.run(None, {"memory": memory, "state": state, "token": token})


def _open_session(path: Path, options: BackendOptions, num_threads: int | None) -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise RareError("onnxruntime is not installed: pip install 'ppocr_rare[onnx]'") from error
    providers = _providers(options, onnxruntime.get_available_providers())
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = QUIET
    # By itself it counts the machine's cores, also those that this process may not use.
    settings.intra_op_num_threads = num_threads or (num_cores() if num_cores() < (os.cpu_count() or 1) else 0)
    return opened(str(path), lambda: onnxruntime.InferenceSession(str(path), settings, providers=providers))


def _providers(options: BackendOptions, available: list[str]) -> list[str]:
    wanted = list(options.onnx_providers)
    unknown = sorted(set(wanted) - set(available))
    if unknown:
        raise RareError(f"onnx_providers: {', '.join(unknown)} cannot be used here; there are: {', '.join(available)}")
    if not wanted and options.use_gpu:
        if CUDA in available:
            wanted = [CUDA]
        else:
            logger.warning("use_gpu is True, but ONNX Runtime has no %s here: using the CPU", CUDA)
    return [*wanted, *({"CPUExecutionProvider"} - set(wanted))]
