"""Whether what the files of a training say can be true: keys, shapes, types, ranges, before any of it is used."""

import sys
from collections.abc import Collection, Mapping
from typing import Any, TypeGuard

import numpy as np

from ppocr_rare.errors import CheckpointError

_MOST_STEPS = 10**12
_COUNTS = ("epoch", "batch", "global_step", "evaluations_since_best")
_SWITCHES = ("has_average", "is_evaluation_due")
_NOT_NEGATIVE = ("moment2", "moment2_max", "mean_square", "_avg_squared_grad", "_avg_squared_update")


def require_progress(states: Mapping[str, Any], known: Collection[str], path: str) -> None:
    """Looks at the entries of ``.states`` that this package has written.

    Args:
        states: entries by name.
        known: the names that there may be.
        path: of the file, for the message.

    Raises:
        CheckpointError: names the first entry that cannot be.
    """
    if unknown := [name for name in states if name not in known]:
        raise CheckpointError(f"{path}: holds {unknown[0]!r}, which is nothing that a training saves here")
    for name in _COUNTS:
        require_count(states.get(name, 0), name, path)
    for name in _SWITCHES:
        _require(isinstance(states.get(name, False), bool), f"{name} is not true or false", path)
    for name in ("best", "scaler"):
        numbers = states.get(name, {})
        _require(isinstance(numbers, dict), f"{name} is not a table of numbers", path)
        for key, value in numbers.items():
            is_single = isinstance(value, bool) or _is_number(value) or (_is_array(value) and value.size == 1)
            is_sound = isinstance(key, str) and is_single and _is_finite(value)
            _require(is_sound, f"{name}: {key!r} is not a number", path)
    recent = states.get("recent", {})
    _require(isinstance(recent, dict), "recent is not a table of numbers", path)
    for key, values in recent.items():
        is_sound = isinstance(key, str) and isinstance(values, list) and all(_is_number(value) for value in values)
        _require(is_sound, f"recent: {key!r} is not a list of numbers", path)


def require_count(value: object, name: str, path: str) -> None:
    """Raises CheckpointError unless a value can be the number of steps, batches or epochs of a training."""
    is_sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_STEPS
    _require(is_sound, f"{name} is not a count", path)


def require_accumulator(value: object, shape: tuple[int, ...], name: str, kind: str, path: str) -> None:
    """Looks at one state of an optimizer.

    Args:
        value: what the file holds.
        shape: of the parameter that it belongs to.
        name: of the parameter, for the message.
        kind: Paddle's name of the state: ``moment1``, ``beta1_pow_acc``.
        path: of the file, for the message.

    Raises:
        CheckpointError: it is no array of that shape, not finite, or out of the range of its kind.
    """
    name = f"{name}, {kind}"
    is_power = kind.endswith("_pow_acc")
    if not _is_array(value) or value.dtype.kind != "f":
        raise _fault(f"{name} is not an array of floats", path)
    fits = value.size == 1 if is_power else value.shape == shape
    _require(fits, f"{name} has the shape {value.shape}, not {(1,) if is_power else shape}", path)
    _require(_is_finite(value), f"{name} is not finite", path)
    if is_power:
        _require(bool(value.min() >= 0 and value.max() <= 1), f"{name} is not between 0 and 1", path)
    elif kind in _NOT_NEGATIVE:
        _require(bool((value >= 0).all()), f"{name} is negative", path)


def require_schedule(schedule: object, own: Mapping[str, Any], path: str) -> None:
    """Looks at the state of a schedule of learning rates.

    Args:
        schedule: what the file holds.
        own: the state of the schedule that is to take it, whose numbers stay numbers.
        path: of the file, for the message.

    Raises:
        CheckpointError: names the first entry that cannot be.
    """
    if not isinstance(schedule, dict):
        raise _fault("the schedule of the rate is not a table", path)
    for name, value in schedule.items():
        if name == "last_epoch":
            is_step = isinstance(value, int) and not isinstance(value, bool) and -1 <= value <= _MOST_STEPS
            _require(is_step, "the schedule's last_epoch is not a step", path)
        elif type(value) in (int, float) or _is_number(own.get(name)):
            is_sound = _is_number(value) and (name != "last_lr" or value >= 0)
            _require(is_sound, f"the schedule's {name} is not a number that it can be", path)


def _is_number(value: object) -> bool:
    largest = sys.float_info.max  # not math.isfinite: Python's whole numbers may be larger
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -largest <= value <= largest


def _is_array(value: object) -> TypeGuard[np.ndarray]:
    return isinstance(value, np.ndarray)


def _is_finite(value: object) -> bool:
    value = np.asarray(value)
    return value.dtype.kind in "fiub" and bool(np.isfinite(value).all())


def _require(holds: bool, complaint: str, path: str) -> None:
    if not holds:
        raise _fault(complaint, path)


def _fault(complaint: str, path: str) -> CheckpointError:
    return CheckpointError(f"{path}: {complaint}; the file was altered or is another program's")
