"""Gives a model the weights of a checkpoint, and makes a checkpoint of a model.

What the files hold and how they are read and written: `checkpoint_file.py`.
"""

import difflib
import logging
import os
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.pickle_file import read_state, write_state

if TYPE_CHECKING:  # ONNX Runtime reads without Paddle
    import paddle
    from paddle import nn

PARAMS_SUFFIX = ".pdparams"
MAX_NAMES_SHOWN = 10

_FLOAT_TYPES = ("float16", "bfloat16", "float32", "float64")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadReport:
    """What `load_checkpoint` did. `loaded`, `missing` and `mismatched` together name each entry of the model once.

    Attributes:
        path: the file.
        loaded: entries of the model that have the file's values now.
        missing: entries of the model that the file lacks; they keep their values.
        unexpected: entries of the file that the model lacks.
        mismatched: (entry, shape in the file, shape in the model); they keep their values.
    """

    path: Path
    loaded: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]


def load_checkpoint(
    model: "nn.Layer",
    prefix_or_file: str | os.PathLike,
    adapt: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]] | None = None,
) -> LoadReport:
    """Gives a model the weights of a checkpoint; logs a warning for whatever does not fit.

    While it does, no other thread may use the model.

    Args:
        model: a Paddle layer.
        prefix_or_file: `DIR/best_accuracy` or `DIR/best_accuracy.pdparams`.
        adapt: makes the file's state dict one for this model; None where it is one.

    Raises:
        CheckpointError: the file cannot be read, nothing in it fits the model, two names of one tensor contradict each
            other, or a value is not finite or of another kind (integer for float). The model is as it was.

    Source: PaddleOCR 2.8.1 ppocr/utils/save_load.py, load_model.
    Differs: 11, 18.
    """
    path = _find_file(prefix_or_file, PARAMS_SUFFIX)
    state = read_state(path)
    if adapt:
        state = adapt(state)
    tensors = model.state_dict()
    arrays: dict[str, np.ndarray] = {}
    mismatched = []
    for names in names_by_tensor(tensors):
        present = [name for name in names if name in state]
        if not present:
            continue
        tensor, first = tensors[names[0]], state[present[0]]
        for other in present[1:]:
            if first.dtype != state[other].dtype or not np.array_equal(first, state[other]):
                raise CheckpointError(f"{path}: {present[0]} and {other} are one tensor, but their values differ")
        if first.shape != tuple(tensor.shape):
            mismatched += [(name, first.shape, tuple(tensor.shape)) for name in names]
        else:
            arrays |= dict.fromkeys(names, _cast(first, tensor, f"{path}: {present[0]}"))
    if not arrays:
        raise CheckpointError(f"{path}: none of its {len(state)} entries fits the model; is it for another config?")
    with warnings.catch_warnings():  # Paddle's own, about what is missing: we report that ourselves
        warnings.simplefilter("ignore")
        model.set_state_dict(arrays)
    left_out = {name for name, _, _ in mismatched}
    report = LoadReport(
        path=path,
        loaded=tuple(name for name in tensors if name in arrays),
        missing=tuple(name for name in tensors if name not in arrays and name not in left_out),
        unexpected=tuple(name for name in state if name not in tensors),
        mismatched=tuple(mismatched),
    )
    _log(report, len(tensors))
    return report


def save_checkpoint(model: "nn.Layer", prefix: str | os.PathLike) -> Path:
    """Writes `PREFIX.pdparams` with every entry of the model's state dict, and returns its path.

    Raises:
        CheckpointError: the file cannot be written; an older one is as it was.
    """
    path = _with_suffix(prefix, PARAMS_SUFFIX)
    write_state(path, {name: tensor.numpy() for name, tensor in model.state_dict().items()})
    return path


def _with_suffix(prefix: str | os.PathLike, suffix: str) -> Path:
    """`DIR/latest` -> `DIR/latest.pdparams`; a name that has the suffix stays. Dots in the name are no suffixes."""
    path = Path(prefix)
    return path if path.name.endswith(suffix) else path.with_name(path.name + suffix) if path.name else path


def _find_file(prefix_or_file: str | os.PathLike, suffix: str) -> Path:
    """The file of that prefix or name; if there is none, the error names those that are there."""
    path = _with_suffix(prefix_or_file, suffix)
    if os.path.isfile(path):  # unlike Path's own, os.path's questions are answered no where a path is impossible
        return path
    given = Path(prefix_or_file)
    is_folder = os.path.isdir(given)
    if os.path.exists(given) and not is_folder:
        return given
    folder = given if is_folder else path.parent
    if not os.path.isdir(folder):
        raise CheckpointError(f"{path}: no such checkpoint: there is no folder {folder}")
    prefixes = sorted(file.name.removesuffix(suffix) for file in folder.glob(f"*{suffix}"))
    nearest = difflib.get_close_matches(path.name.removesuffix(suffix), prefixes, n=MAX_NAMES_SHOWN, cutoff=0.0)
    if not nearest:
        raise CheckpointError(f"{given}: no such checkpoint: the folder {folder} holds no {suffix} file")
    if is_folder:
        raise CheckpointError(f"{given} is a folder: write the path of a checkpoint in it, as {folder / nearest[0]}")
    raise CheckpointError(f"{given}: no such checkpoint; the folder {folder} holds {', '.join(nearest)}")


def names_by_tensor(tensors: dict) -> list[list[str]]:
    """The entries, those of one tensor together: Paddle lists each weight of an LSTM under two names."""
    groups: dict[int, list[str]] = {}
    for name, tensor in tensors.items():
        groups.setdefault(id(tensor), []).append(name)
    return list(groups.values())


def _cast(array: np.ndarray, tensor: "paddle.Tensor", where: str) -> np.ndarray:
    """The array in the tensor's number type, if that is of the same kind; bfloat16 is held as uint16 on both sides."""
    target = str(tensor.dtype).rpartition(".")[2]  # "paddle.float32" -> "float32"
    if target not in _FLOAT_TYPES:
        if array.dtype.name != target:
            raise CheckpointError(f"{where}: holds {array.dtype}, but the model needs {target}")
        return array
    array = widen_bfloat16(array)
    if array.dtype.kind != "f":
        raise CheckpointError(f"{where}: holds {array.dtype}, but the model needs {target}")
    with np.errstate(over="ignore"):
        array = array.astype("float32" if target == "bfloat16" else target)
    if not np.isfinite(array).all():
        raise CheckpointError(f"{where}: holds values that are not finite in {target}; such a model reads nothing")
    return _to_bfloat16(array) if target == "bfloat16" else array


def widen_bfloat16(array: np.ndarray) -> np.ndarray:
    """The float32 numbers of bfloat16 ones, which files hold as uint16; any other array as it is."""
    return (array.astype(np.uint32) << 16).view(np.float32) if array.dtype == np.uint16 else array


def _to_bfloat16(array: np.ndarray) -> np.ndarray:
    """The upper halves of float32 numbers, rounded to the nearest, ties to even."""
    bits = array.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def _log(report: LoadReport, num_entries: int) -> None:
    logger.info("%s: loaded %d of %d entries", report.path, len(report.loaded), num_entries)
    shapes = [f"{name} (file {list(there)}, model {list(here)})" for name, there, here in report.mismatched]
    for fault, names in (
        ("entries of the model are missing and keep their values", report.missing),
        ("entries of the file are not in the model and are left out", report.unexpected),
        ("entries have another shape and keep their values", shapes),
    ):
        if names:
            logger.warning("%s: %d %s: %s", report.path, len(names), fault, _some(names))


def _some(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - MAX_NAMES_SHOWN
    return ", ".join(names[:MAX_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
