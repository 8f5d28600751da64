"""Writes one step of a trained decoder as a model of its own: what a search among many readings is made of."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import paddle
from paddle.static import InputSpec

from ppocr_rare.data.charset import Charset
from ppocr_rare.modeling.architectures.export_model import ExportStep
from ppocr_rare.modeling.heads.rec_att_head import AttentionHead


def save_step(head: AttentionHead, prefix: Path, num_columns: int) -> tuple[Path, Path]:
    """Writes the program of a step, ``PREFIX.json`` or ``.pdmodel``, and its parameters, and gives both paths.

    Args:
        head: in eval mode.
        prefix: path of the files without their endings.
        num_columns: T, of the encoder.
    """
    step = ExportStep(head)
    step.eval()
    cell = head.attention_cell
    specs = [
        InputSpec([None, num_columns, cell.in_channels + cell.hidden_size], "float32", "memory"),
        InputSpec([None, cell.hidden_size], "float32", "state"),
        InputSpec([None], "int64", "token"),
    ]
    static = paddle.jit.to_static(step, input_spec=specs, full_graph=True)
    paddle.jit.save(static, str(prefix))
    prefix.with_name(f"{prefix.name}.pdiparams.info").unlink(missing_ok=True)  # Paddle 2's notes on variables
    programs = (prefix.with_name(f"{prefix.name}.{ending}") for ending in ("json", "pdmodel"))
    return next(program for program in programs if program.is_file()), prefix.with_name(f"{prefix.name}.pdiparams")


def largest_step_difference(
    step: Callable[..., Sequence[np.ndarray]], state_size: int, charset: Charset, details: dict[str, np.ndarray]
) -> float:
    """How far the probabilities of single steps are from those of the whole model, up to the end of each word.

    Args:
        step: gives probabilities, state and attention of memory, state and token, see ``ExportStep``.
        state_size: hidden.
        charset: of the model.
        details: what the whole model gives for a batch: probabilities [B, L, V] and memory [B, T, C + hidden].
    """
    expected, memory = details["probabilities"], details["memory"]
    state = np.zeros((len(memory), state_size), np.float32)
    token = np.full(len(memory), charset.sos_id, np.int64)
    is_open = np.ones(len(memory), bool)
    difference = 0.0
    for index in range(expected.shape[1]):
        probabilities, state, _ = step(memory, state, token)
        if is_open.any():
            difference = max(difference, float(np.abs(probabilities - expected[:, index])[is_open].max()))
        token = expected[:, index].argmax(1).astype(np.int64)
        is_open &= token != charset.eos_id
    return difference
