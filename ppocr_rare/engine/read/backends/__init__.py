"""What runs a network: dygraph, Paddle Inference, ONNX Runtime or OpenVINO. Each is imported where it is asked for.

A backend is called with network inputs [B, 3, H, W], float32, and returns its outputs, the probabilities [B, L, V]
first. ``image_shape`` is the (3, H, W) that it takes, or None where it takes any. ``num_at_once`` threads may call
``run_beside`` at a time: the same in one thread each, which is quicker for many batches where it is above 1.
Threads may share a backend: where it can run one batch at a time alone, the others wait.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from ppocr_rare.errors import CheckpointError

# Lines of the engines' messages that say nothing: where it was noticed, not what.
_NOT_THE_GIST = re.compile(r"-*$|In user code:$|Exception from |Check '|FrontEnd API failed|While validating ")

Precision = Literal["fp32", "fp16", "bf16", "int8"]


class Backend(Protocol):
    """A network that is ready to run."""

    image_shape: tuple[int, int, int] | None
    num_at_once: int

    def __call__(self, images: np.ndarray) -> list[np.ndarray]: ...

    def run_beside(self, images: np.ndarray) -> list[np.ndarray]: ...


class Step(Protocol):
    """One step of the decoder: memory [N, T, C + hidden], state [N, hidden] and token, int64 [N], to a list of
    probabilities [N, V], the next state and attention [N, T]."""

    def __call__(self, memory: np.ndarray, state: np.ndarray, token: np.ndarray) -> list[np.ndarray]: ...


@dataclass(frozen=True)
class BackendOptions:
    """How to run an exported model.

    Args:
        use_gpu: on the GPU; a build without one warns and uses the CPU.
        gpu_id: which GPU.
        gpu_mem: GPU memory to begin with, in MiB.
        precision: "fp16" computes in half precision on a GPU, "bf16" in bfloat16 on a CPU, with OpenVINO; "int8"
            chooses the quantised ONNX file.
        cpu_threads: threads of one run; None: one a core.
        enable_mkldnn: oneDNN's kernels on the CPU; None: where the model is known to go with them.
        ir_optim: Paddle Inference's graph optimisations.
        new_ir: Paddle Inference's new intermediate representation; None: its default.
        use_tensorrt: TensorRT, on a GPU.
        min_subgraph_size: smallest part of the graph that TensorRT gets.
        max_batch_size: largest batch, for TensorRT.
        onnx_providers: names of ONNX Runtime's execution providers; empty: by ``use_gpu``.
    """

    use_gpu: bool = False
    gpu_id: int = 0
    gpu_mem: int = 500
    precision: Precision = "fp32"
    cpu_threads: int | None = None
    enable_mkldnn: bool | None = None
    ir_optim: bool = True
    new_ir: bool | None = None
    use_tensorrt: bool = False
    min_subgraph_size: int = 15
    max_batch_size: int = 32
    onnx_providers: tuple[str, ...] = ()


def opened(what: str, build: Callable) -> Any:
    """What ``build`` returns; a failure inside an engine is one line that names the file.

    Raises:
        CheckpointError: the engine cannot load it.
    """
    try:
        return build()
    except Exception as error:
        raise CheckpointError(f"{what} cannot be loaded: {_gist(str(error))}") from error


def _gist(message: str) -> str:
    """The line of an engine's message that says what is wrong: Paddle's stands behind its C++ frames."""
    _, _, summary = message.rpartition("Error Message Summary:")
    lines = [line.strip() for line in (summary or message).splitlines()]
    said = (line for line in lines if not _NOT_THE_GIST.match(line))
    return next(said, "the engine gives no reason")[:300]
