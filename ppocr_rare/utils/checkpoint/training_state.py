"""What an interrupted training goes on from: files of one moment.

``PREFIX.pdparams`` holds the weights, ``PREFIX.pdopt`` the optimizer's state by the names of the model's parameters,
``PREFIX.states`` the place in the training; ``PREFIX.ema.pdparams`` the averaged weights, where there are any, a
checkpoint like any other. All are written aside first and renamed last, so that whatever ends the process, those of one
moment are there or can be made whole.
"""

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.moment import (
    ASIDE,
    SUMS,
    checksum,
    drop_aside,
    recover,
    rename_aside,
    require_one_moment,
)
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle, write_state
from ppocr_rare.utils.checkpoint.progress import Progress, read_progress
from ppocr_rare.utils.checkpoint.sanity import require_accumulator, require_schedule
from ppocr_rare.utils.checkpoint.save_load import PARAMS_SUFFIX, load_checkpoint

if TYPE_CHECKING:  # files are looked at without Paddle
    from paddle import nn
    from paddle.optimizer import Optimizer

OPTIMIZER_SUFFIX = ".pdopt"
PROGRESS_SUFFIX = ".states"
AVERAGE_SUFFIX = ".ema" + PARAMS_SUFFIX
# In the order of writing and renaming; the last one seals the others.
_SUFFIXES = (AVERAGE_SUFFIX, PARAMS_SUFFIX, OPTIMIZER_SUFFIX, PROGRESS_SUFFIX)
_SCHEDULE = "LR_Scheduler"  # Paddle's own name of it among the optimizer's entries
_ENTRY = re.compile(
    r"(?P<parameter>.+?)(_fp32_master_\d+)?_(?P<kind>moment1|moment2|moment2_max|beta1_pow_acc|beta2_pow_acc|velocity|momentum|mean_square"
    r"|mean_grad|_avg_squared_grad|_avg_squared_update)_\d+"
)

logger = logging.getLogger(__name__)


def save_training(
    prefix: str | os.PathLike, model: "nn.Layer", optimizer: "Optimizer",
    progress: Progress, average: Mapping[str, np.ndarray] | None = None,
) -> None:  # fmt: skip
    """Writes ``PREFIX.pdparams``, ``.pdopt``, ``.states`` and ``.ema.pdparams``: all or, if anything fails, none.

    Args:
        prefix: folder and name, ``output/rec/latest``.
        model: the network.
        optimizer: Paddle's, of the network's parameters.
        progress: the place in the training.
        average: averaged weights; None: there are none, and those of an earlier save go.

    Raises:
        CheckpointError: they cannot be written, or a weight is not finite; older ones are as they were.

    Differs: 9, 18.
    """
    recover(prefix, _SUFFIXES, PROGRESS_SUFFIX)  # or the seal of a save that was interrupted would stand for this one
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    if spoilt := [name for name, value in weights.items() if not np.isfinite(value).all()]:
        raise CheckpointError(
            f"step {progress.global_step} has made weights that are not finite ({', '.join(spoilt[:3])}): {prefix} is "
            "left as it was; a lower learning rate, or Optimizer.clip_norm_global, may help"
        )
    state = asdict(replace(progress, has_average=average is not None))
    contents: dict[str, Mapping] = {
        PARAMS_SUFFIX: weights,
        OPTIMIZER_SUFFIX: _optimizer_entries(model, optimizer),
        PROGRESS_SUFFIX: state,
    }
    if average is not None:
        contents[AVERAGE_SUFFIX] = average
    drop_aside(prefix, _SUFFIXES)  # of a save that was interrupted
    try:
        for suffix in _SUFFIXES:
            if suffix in contents:
                write_state(f"{prefix}{suffix}{ASIDE}", contents[suffix])
                state.setdefault(SUMS, {})[suffix] = checksum(f"{prefix}{suffix}{ASIDE}")
    except BaseException:  # a full disk: what lies aside would fill it further
        drop_aside(prefix, _SUFFIXES)
        raise
    rename_aside(prefix, _SUFFIXES)
    if average is None:
        Path(f"{prefix}{AVERAGE_SUFFIX}").unlink(missing_ok=True)


def load_training(
    prefix: str | os.PathLike, model: "nn.Layer", optimizer: "Optimizer", steps_per_epoch: int
) -> Progress:
    """Gives model and optimizer what ``save_training``, or PaddleOCR, has written, and returns the place.

    Args:
        prefix: folder and name.
        model: the network; all its weights must be there.
        optimizer: fresh, of the network's parameters.
        steps_per_epoch: PaddleOCR's files tell the epoch alone; the steps follow from it.

    Raises:
        CheckpointError: a file is missing, damaged, or for another model or optimizer.

    Differs: 9.
    """
    prefix = str(prefix).removesuffix(PARAMS_SUFFIX)
    recover(prefix, _SUFFIXES, PROGRESS_SUFFIX)
    states = read_pickle(f"{prefix}{PROGRESS_SUFFIX}")
    require_one_moment(prefix, states, PROGRESS_SUFFIX)
    progress = read_progress(states, f"{prefix}{PROGRESS_SUFFIX}", steps_per_epoch)
    master_weights = _set_optimizer(model, optimizer, f"{prefix}{OPTIMIZER_SUFFIX}")
    report = load_checkpoint(model, prefix)  # behind the optimizer: setting that moves the weights
    _set_master_weights(model, optimizer, master_weights)
    if report.missing or report.mismatched:
        raise CheckpointError(f"{report.path}: does not hold the whole model, so the training cannot go on from it")
    return progress


def _trainable(model: "nn.Layer") -> dict:
    return {name: parameter for name, parameter in model.named_parameters() if not parameter.stop_gradient}


def _split_entries(entries: dict, path: str) -> list[tuple[str, str, object]]:
    """(parameter, kind, value) of each accumulator among a Paddle optimizer's entries."""
    result = []
    for name, value in entries.items():
        if name in (_SCHEDULE, "master_weights"):
            continue
        match = _ENTRY.fullmatch(name) if isinstance(name, str) else None
        if match is None:
            raise CheckpointError(f"{path}: {name!r} is no state of an optimizer that is known here")
        result.append((match["parameter"], match["kind"], value))
    return result


def _optimizer_entries(model: "nn.Layer", optimizer: "Optimizer") -> dict:
    """The optimizer's state under the names of the model's parameters: ``head.generator.weight_moment1_0``.

    Paddle's own names number the layers of a process; another process may count otherwise.
    """
    state = optimizer.state_dict()
    names = {parameter.name: name for name, parameter in model.named_parameters()}
    entries: dict[str, Any] = {
        f"{names[parameter]}_{kind}_0": np.asarray(value)
        for parameter, kind, value in _split_entries(state, "the optimizer")
    }
    entries["master_weights"] = {
        names[parameter]: np.asarray(value) for parameter, value in state.get("master_weights", {}).items()
    }
    entries[_SCHEDULE] = {name: value for name, value in state.get(_SCHEDULE, {}).items() if _is_plain(value)}
    return entries


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float, str)) or value is None


def _set_optimizer(model: "nn.Layer", optimizer: "Optimizer", path: str) -> dict:
    """Sets accumulators and schedule; returns the file's float32 copies of weights by Paddle's names of parameters."""
    entries = read_pickle(path)
    if not isinstance(entries, dict):
        raise CheckpointError(f"{path}: holds a {type(entries).__name__}, not the state of an optimizer")
    parameters = _trainable(model)
    states = _split_entries(entries, path)
    in_file = list(dict.fromkeys(parameter for parameter, _, _ in states))
    by_file_name = _match_parameters(in_file, parameters, states, path)
    for name, kind, value in states:
        require_accumulator(value, tuple(by_file_name[name].shape), name, kind, path)
    copies = _read_copies(entries, by_file_name, path)
    own_schedule = optimizer.state_dict().get(_SCHEDULE, {})
    schedule = entries.get(_SCHEDULE, own_schedule)  # PaddleOCR has none of a constant rate
    require_schedule(schedule, own_schedule, path)
    if in_file:
        # An empty update: before its first one, a Paddle optimizer has no entries that could be set.
        sum((by_file_name[name].astype("float32") * 0).sum() for name in in_file).backward()
        optimizer.step()
        optimizer.clear_grad()
    own_names = {
        (parameter, kind): name
        for name in optimizer.state_dict()
        if (match := _ENTRY.fullmatch(name))
        for parameter, kind in [(match["parameter"], match["kind"])]
    }
    values = {}
    for name, kind, value in states:
        own_name = own_names.get((by_file_name[name].name, kind))
        if own_name is None:
            raise CheckpointError(f"{path}: holds {kind}, which this optimizer does not have; is it for another one?")
        values[own_name] = value
    if absent := [f"{parameter}, {kind}" for (parameter, kind), name in own_names.items() if name not in values]:
        raise CheckpointError(f"{path}: {len(absent)} states of the optimizer are missing, {absent[0]} for one")
    values[_SCHEDULE] = {**own_schedule, **schedule}
    optimizer.set_state_dict(values)
    # Paddle takes these for the states of parameters that are updated later, too, and there may be others: those of
    # all that has not learnt yet while the rectifier alone does.
    optimizer._accumulators_holder = {}
    return copies


def _read_copies(entries: dict, by_file_name: dict, path: str) -> dict:
    copies = entries.get("master_weights", {})
    if not isinstance(copies, dict):
        raise CheckpointError(f"{path}: master_weights is not a table of arrays")
    known = {name: value for name, value in copies.items() if name in by_file_name}
    for name, value in known.items():
        require_accumulator(value, tuple(by_file_name[name].shape), name, "master_weights", path)
    return {by_file_name[name].name: value for name, value in known.items()}


def _set_master_weights(model: "nn.Layer", optimizer: "Optimizer", values: dict) -> None:
    """Gives the optimizer its float32 copies of float16 weights: the file's, or the weights where it has none.

    The copies that are there are filled: the accumulators go by their names.
    """
    parameters = {parameter.name: parameter for parameter in model.parameters()}
    for name, copy in optimizer.state_dict().get("master_weights", {}).items():
        copy.set_value(values[name] if name in values else parameters[name].astype("float32"))


def _match_parameters(in_file: list[str], parameters: dict, states: list, path: str) -> dict:
    """The model's parameter for each name in a file: by name in ours, by order in PaddleOCR's, whose names are its own.

    Both list parameters in the order of the network, and leave out those that get no gradient.
    """
    if all(name in parameters for name in in_file):
        return {name: parameters[name] for name in in_file}
    with_gradient = [p for name, p in parameters.items() if "grid_generator" not in name]
    shapes = {name: np.shape(value) for name, kind, value in states if not kind.endswith("_pow_acc")}
    fits = len(in_file) == len(with_gradient) and all(
        shapes.get(name) == tuple(p.shape) for name, p in zip(in_file, with_gradient, strict=True)
    )
    if not fits:
        raise CheckpointError(f"{path}: its {len(in_file)} parameters are not the {len(with_gradient)} of this model")
    return dict(zip(in_file, with_gradient, strict=True))
