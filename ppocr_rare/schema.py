"""What a configuration value may be, and how a value read from YAML becomes one of that type."""

import collections.abc
import difflib
import math
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

REQUIRED: Any = object()  # the default of a key that has none

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_SINGULAR = {int: "a whole number", float: "a number", bool: "true or false", str: "text", type(None): "nothing"}
_PLURAL = {int: "whole numbers", float: "numbers", bool: "true or false values", str: "texts"}
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Key:
    """One key that a configuration may set.

    Args:
        annotation: type of the value, as in a signature.
        default: value when the key is not set; REQUIRED where it must be. A default of None allows an empty value.
        minimum: smallest number allowed; None for no limit.
    """

    annotation: Any
    default: Any = REQUIRED
    minimum: float | None = None

    def coerce(self, value: Any) -> Any:
        """Returns ``value`` as a value of this key; raises Mismatch where it cannot be one."""
        if value is None and self.default is None:
            return None
        result = coerce(value, self.annotation)
        if self.minimum is not None and isinstance(result, (int, float)) and result < self.minimum:
            raise Mismatch(f"expected at least {self.minimum}, got {show(value)}")
        return result


@dataclass(frozen=True)
class Schema:
    """The keys of one mapping of a configuration.

    Args:
        keys: what may be set.
        inert: accepted for the sake of PaddleOCR's files, and without effect.
        runtime: values that the program passes; a configuration may not set them.
    """

    keys: Mapping[str, Key]
    inert: frozenset[str] = field(default=frozenset())
    runtime: frozenset[str] = field(default=frozenset())

    def explain_unknown(self, name: str) -> str:
        """Says why ``name`` may not be set."""
        if name in self.runtime:
            return "is set by the program, not by the configuration"
        return f"unknown key{did_you_mean(name, self.keys) or list_known(self.keys)}"


class Mismatch(ValueError):
    """A value that is not of the type expected.

    Args:
        message: what was expected and what was given.
        where: indices or names that lead from the value to the part of it that is at fault.
    """

    def __init__(self, message: str, where: tuple[int | str, ...] = ()):
        super().__init__(message)
        self.where = where


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Returns a clause with the known name nearest to an unknown one; empty where none is near."""
    by_lower_case = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(str(name).lower(), by_lower_case, n=1)
    return f" (did you mean '{by_lower_case[near[0]]}'?)" if near else ""


def list_known(known: Iterable[str]) -> str:
    """Returns a clause with every known name."""
    return f"; known: {', '.join(sorted(known)) or 'none'}"


def show(value: Any) -> str:
    """Returns a value as a fault shows it, cut to a readable length."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."


def describe(annotation: Any) -> str:
    """Returns in words what a value of type ``annotation`` is."""
    origin, args = _split(annotation)
    if origin in _UNIONS:
        return " or ".join(describe(option) for option in args)
    if origin is typing.Literal:
        return " or ".join(repr(option) for option in args)
    if origin is tuple and args and args[-1] is not Ellipsis:
        kind = _PLURAL.get(args[0], "values") if len(set(args)) == 1 else "values"
        return f"a list of {len(args)} {kind}"
    if origin in _LISTS:
        return f"a list of {_PLURAL.get(args[0], 'values')}" if args else "a list"
    if origin in _MAPPINGS:
        return "a mapping"
    return _SINGULAR.get(origin, "a value")


def coerce(value: Any, annotation: Any) -> Any:
    """Returns ``value`` as a value of type ``annotation``; lists and tuples both come back as lists.

    What is only written differently is converted: ``1`` and the text ``"1e-3"`` (PyYAML reads that as text) where a
    float is meant, ``400.0`` where an int is. What would be a guess is refused: True for a number, 2.5 for an int, 1
    or "yes" for a bool, a number for text, infinity and not-a-number.

    Raises:
        Mismatch: the value is not of that type.
        TypeError: the annotation is none that a configuration could fill; a mistake of the class, not of the user.
    """
    origin, args = _split(annotation)
    if origin in _ANYTHING:
        return value
    if origin in _UNIONS:
        return _coerce_union(value, annotation)
    if origin is typing.Literal:
        return _coerce_literal(value, annotation)
    if origin in _LISTS:
        return _coerce_list(value, annotation, args)
    if origin in _MAPPINGS:
        return _coerce_mapping(value, annotation, args)
    if origin not in _SCALARS:
        raise TypeError(f"the annotation {annotation!r} cannot be set from a configuration")
    return _SCALARS[origin](value)


def _split(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(annotation) or annotation, typing.get_args(annotation)


def _mismatch(value: Any, annotation: Any) -> Mismatch:
    return Mismatch(f"expected {describe(annotation)}, got {show(value)}")


def _coerce_union(value: Any, annotation: Any) -> Any:
    converted = []
    for option in typing.get_args(annotation):
        try:
            result = coerce(value, option)
        except Mismatch:
            continue
        if type(result) is type(value) and result == value:
            return result  # needs no conversion: "25" stays text where text is allowed beside numbers
        converted.append(result)
    if not converted:
        raise _mismatch(value, annotation)
    return converted[0]


def _coerce_literal(value: Any, annotation: Any) -> Any:
    for option in typing.get_args(annotation):
        try:
            if coerce(value, type(option)) == option:
                return option
        except Mismatch:
            continue
    raise _mismatch(value, annotation)


def _coerce_list(value: Any, annotation: Any, args: tuple[Any, ...]) -> list:
    if not isinstance(value, (list, tuple)):
        raise _mismatch(value, annotation)
    is_fixed = typing.get_origin(annotation) is tuple and args[-1:] != (Ellipsis,)
    if is_fixed and len(value) != len(args):
        raise _mismatch(value, annotation)
    types_of_items = args if is_fixed else (args[0] if args else Any,) * len(value)
    return [_coerce_part(item, kind, i) for i, (item, kind) in enumerate(zip(value, types_of_items, strict=True))]


def _coerce_mapping(value: Any, annotation: Any, args: tuple[Any, ...]) -> dict:
    if not isinstance(value, Mapping):
        raise _mismatch(value, annotation)
    kind = args[1] if args else Any
    return {name: _coerce_part(item, kind, name) for name, item in value.items()}


def _coerce_part(value: Any, annotation: Any, where: int | str) -> Any:
    try:
        return coerce(value, annotation)
    except Mismatch as error:
        raise Mismatch(str(error), (where, *error.where)) from None


def _coerce_int(value: Any) -> int:
    number = _read_number(value, int)
    if isinstance(number, float) and not number.is_integer():
        raise _mismatch(value, int)
    return int(number)


def _coerce_float(value: Any) -> float:
    try:
        number = float(_read_number(value, float))
    except OverflowError:
        raise _mismatch(value, float) from None
    if not math.isfinite(number):
        raise _mismatch(value, float)
    return number


def _read_number(value: Any, annotation: type) -> int | float:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        try:
            return int(value)
        except ValueError:
            return float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise _mismatch(value, annotation)


def _only(annotation: type) -> Callable[[Any], Any]:
    def accept(value: Any) -> Any:
        if not isinstance(value, annotation):
            raise _mismatch(value, annotation)
        return value

    return accept


_ANYTHING = (Any, object)
_UNIONS = (typing.Union, types.UnionType)
_LISTS = (list, tuple, collections.abc.Sequence, collections.abc.Iterable)
_MAPPINGS = (dict, collections.abc.Mapping)
_SCALARS: dict[Any, Callable[[Any], Any]] = {
    int: _coerce_int,
    float: _coerce_float,
    bool: _only(bool),
    str: _only(str),
    type(None): _only(type(None)),
}
