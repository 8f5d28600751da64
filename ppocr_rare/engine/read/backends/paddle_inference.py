"""An exported model in Paddle Inference."""

import logging
import os
import threading
from pathlib import Path

import numpy as np
import paddle
from paddle import inference

from ppocr_rare.engine.read.backends import BackendOptions, opened
from ppocr_rare.engine.read.params_file import check_params
from ppocr_rare.engine.read.program_file import check_program, input_shape
from ppocr_rare.errors import CheckpointError

logger = logging.getLogger(__name__)


class PaddleProgram:
    """A program with its parameters, which one thread runs at a time.

    Args:
        program: the graph.
        params: its parameters, ``.pdiparams``.
        options: how to run it.

    Raises:
        CheckpointError: Paddle Inference cannot load it.
    """

    def __init__(self, program: Path, params: Path, options: BackendOptions):
        _check_files(program, params)
        self._predictor = opened(
            f"{program} with {params.name}",
            lambda: inference.create_predictor(_configure(program, params, options)),
        )
        self._lock = threading.Lock()  # the predictor has one place for what goes in and one for what comes out
        self.inputs = {name: self._predictor.get_input_handle(name) for name in self._predictor.get_input_names()}
        self._outputs = [self._predictor.get_output_handle(name) for name in self._predictor.get_output_names()]

    def run(self, **arrays: np.ndarray) -> list[np.ndarray]:
        """The outputs, in order, of arrays by the names of the inputs."""
        with self._lock:
            for name, array in arrays.items():
                self.inputs[name].copy_from_cpu(np.ascontiguousarray(array))
            self._predictor.run()
            return [output.copy_to_cpu() for output in self._outputs]


class PaddleBackend:
    """Runs ``inference.json`` or ``inference.pdmodel`` with its parameters, one batch at a time.

    Args and faults: of ``PaddleProgram``.
    """

    num_at_once = 1

    def __init__(self, program: Path, params: Path, options: BackendOptions):
        self._program = PaddleProgram(program, params, options)
        self._input, handle = next(iter(self._program.inputs.items()))
        # Of a .json the predictor itself knows no shape before its first run.
        shape = input_shape(program) if program.suffix == ".json" else tuple(handle.shape()[1:])
        self.image_shape = shape if len(shape) == 3 and min(shape) > 0 else None

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        return self._program.run(**{self._input: images.astype(np.float32, copy=False)})

    run_beside = __call__


class PaddleStep:
    """Runs ``step.json`` or ``step.pdmodel``; a ``Step``. Args and faults: of ``PaddleProgram``."""

    def __init__(self, program: Path, params: Path, options: BackendOptions):
        self._program = PaddleProgram(program, params, options)

    def __call__(self, memory: np.ndarray, state: np.ndarray, token: np.ndarray) -> list[np.ndarray]:
        return self._program.run(memory=memory, state=state, token=token)


def _check_files(program: Path, params: Path) -> None:
    """Keeps from Paddle what would write files or end the process instead of being refused."""
    if program.suffix == ".json" and paddle.__version__.startswith("2."):
        raise CheckpointError(
            f"{program} needs Paddle 3; this is Paddle {paddle.__version__}. What Paddle 2.6 exports runs in both"
        )
    check_program(program)
    check_params(params)


def _configure(program: Path, params: Path, options: BackendOptions) -> inference.Config:
    config = inference.Config(str(program), str(params))
    config.disable_glog_info()
    config.switch_ir_optim(options.ir_optim)
    if program.suffix == ".pdmodel":  # for .json Paddle 3.3 asks for a pass of the old format and stops
        config.enable_memory_optim()
    if _has_gpu(options.use_gpu):
        _use_gpu(config, options)
    else:
        config.disable_gpu()
        if options.precision != "fp32":
            logger.warning("precision %s is for GPUs in Paddle Inference: the CPU computes in fp32", options.precision)
        config.set_cpu_math_library_num_threads(options.cpu_threads or os.cpu_count() or 1)
        if options.enable_mkldnn is False:
            config.disable_mkldnn()
        else:
            config.enable_mkldnn()
    if options.new_ir is not None:
        config.enable_new_ir(options.new_ir)
    return config


def _has_gpu(wanted: bool) -> bool:
    if wanted and not (paddle.is_compiled_with_cuda() and paddle.device.cuda.device_count()):
        logger.warning("use_gpu is True, but no GPU can be used: using the CPU")
        return False
    return wanted


def _use_gpu(config: inference.Config, options: BackendOptions) -> None:
    precision = {"fp16": inference.PrecisionType.Half, "int8": inference.PrecisionType.Int8}.get(
        options.precision, inference.PrecisionType.Float32
    )
    config.enable_use_gpu(options.gpu_mem, options.gpu_id, precision)
    if options.use_tensorrt:
        config.enable_tensorrt_engine(
            workspace_size=1 << 30,
            max_batch_size=options.max_batch_size,
            min_subgraph_size=options.min_subgraph_size,
            precision_mode=precision,
        )
