"""A converted model in OpenVINO, on the CPU; needs no Paddle."""

import collections
import functools
import logging
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.engine.read.backends import BackendOptions, opened
from ppocr_rare.engine.read.backends.parts import PART, run_parts
from ppocr_rare.errors import ConfigError, RareError
from ppocr_rare.utils.platforms import num_cores

_OPENING = threading.RLock()  # held while OpenVINO is imported, and a network opened that threads ask for

logger = logging.getLogger(__name__)


class OpenvinoBackend:
    """Runs a ``.onnx`` file.

    Args:
        path: the file.
        options: how to run it.

    Raises:
        CheckpointError: OpenVINO cannot load it.
        ConfigError: the CPU does not compute in ``options.precision``.
        RareError: OpenVINO is not installed.
    """

    def __init__(self, path: Path, options: BackendOptions):
        if options.precision == "fp16":
            logger.warning("precision fp16 is for Paddle on GPUs: OpenVINO computes in fp32")
        if options.use_gpu:
            logger.warning("use_gpu is True, but OpenVINO reads on the CPU here")
        self.num_at_once = options.cpu_threads or num_cores()
        self._network = _Network(path, options)
        self._open_beside = functools.cache(lambda: _Network(path, options, self.num_at_once))
        self.image_shape = self._network.image_shape

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        if self.num_at_once == 1 or len(images) <= PART:
            return self._network.run([_floats(images)])
        return run_parts(self._run_part, images, self.num_at_once)

    def run_beside(self, images: np.ndarray) -> list[np.ndarray]:
        return run_parts(self._run_part, images)

    def _run_part(self, images: np.ndarray) -> list[np.ndarray]:
        with _OPENING:
            network = self._open_beside()
        return network.run([_floats(images)])


class OpenvinoStep:
    """Runs ``step.onnx``; a ``Step``. Threads may share it. Args and faults: of ``OpenvinoBackend``."""

    def __init__(self, path: Path, options: BackendOptions):
        self._network = _Network(path, options)

    def __call__(self, memory: np.ndarray, state: np.ndarray, token: np.ndarray) -> list[np.ndarray]:
        return self._network.run({"memory": memory, "state": state, "token": token})


def has_bfloat16() -> bool:
    """Whether this CPU computes in bfloat16; raises RareError where OpenVINO is not installed."""
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class _Network:
    """A file made ready for the CPU, which ``num_streams`` threads run beside each other; others wait.

    Args and faults: of ``OpenvinoBackend``; ``num_streams``: None: one thread runs it, with all the computing threads.
    """

    def __init__(self, path: Path, options: BackendOptions, num_streams: int | None = None):
        core = _core()
        settings = {
            # Left to itself OpenVINO takes bfloat16 where the CPU has instructions for it.
            "INFERENCE_PRECISION_HINT": "bf16" if options.precision == "bf16" else "f32",
            "INFERENCE_NUM_THREADS": num_streams or options.cpu_threads or num_cores(),
            "NUM_STREAMS": num_streams or 1,
            "ENABLE_CPU_PINNING": False,  # several processes would share the first cores, and leave the others idle
        }
        if options.precision == "bf16" and not has_bfloat16():
            raise ConfigError("precision bf16: this CPU does not compute in bfloat16; say fp32")
        self._compiled = opened(str(path), lambda: core.compile_model(_read(path), "CPU", settings))
        # A request holds what a run works on: a thread has one for itself, and leaves it to the next.
        self._idle: collections.deque[Any] = collections.deque()

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(3, H, W) of the input; None where it takes any."""
        sizes = list(self._compiled.inputs[0].get_partial_shape())[1:]
        if len(sizes) != 3 or any(size.is_dynamic for size in sizes):
            return None
        channels, height, width = (size.get_length() for size in sizes)
        return channels, height, width

    def run(self, inputs: list[np.ndarray] | dict[str, np.ndarray]) -> list[np.ndarray]:
        """The outputs, in order, of arrays in the order of the inputs or by their names."""
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        found = request.infer(inputs)
        outputs = [found[output] for output in self._compiled.outputs]
        self._idle.append(request)
        return outputs


@functools.cache
def _core() -> Any:
    return _openvino().Core()


def _openvino() -> Any:
    """The library. Whoever imports it tells Google Analytics so, unless the package that does this is not there."""
    sender = "openvino_telemetry"
    with _OPENING:
        is_kept_out = sender not in sys.modules
        if is_kept_out:
            sys.modules[sender] = None  # type: ignore[assignment]  # importing it fails, which OpenVINO is ready for
        try:
            import openvino
        except ModuleNotFoundError as error:
            raise RareError("openvino is not installed: pip install 'ppocr_rare[openvino]'") from error
        finally:
            if is_kept_out:
                del sys.modules[sender]
    return openvino


def _read(path: Path) -> Any:
    """The graph of a ``.onnx`` file. The core itself would try all formats that it knows on a damaged one."""
    reader = _openvino().frontend.FrontEndManager().load_by_framework("onnx")
    model = reader.convert(reader.load(str(path)))
    if not (model.inputs and model.outputs):
        raise ValueError("no ONNX model")
    return model


def _floats(images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(images, dtype=np.float32)
