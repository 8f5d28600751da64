"""The configuration: read from YAML, overridden from the command line, checked whole, then frozen."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ppocr_rare.config.check import Checker
from ppocr_rare.config.draft import Draft
from ppocr_rare.config.rules import RULES
from ppocr_rare.config.source import apply_override, format_yaml, read_yaml
from ppocr_rare.errors import ConfigError
from ppocr_rare.schema import show
from ppocr_rare.utils.atomic import write_atomically

MAX_SHOWN = 20  # faults of one configuration

logger = logging.getLogger(__name__)


class Section(Mapping):
    """A mapping that cannot be changed; neither can the mappings in it, and its lists are tuples.

    Args:
        values: what it holds; copied.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]):
        self._values = {name: _freeze(value) for name, value in values.items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.to_dict()})"

    def to_dict(self) -> dict[str, Any]:
        """Returns a copy of plain dicts and lists, to change at will."""
        return {name: _thaw(value) for name, value in self._values.items()}


class Config(Section):
    """A checked configuration. It never changes: threads may share it, and it pickles.

    Global and the loaders hold a value for every key that there is; in the other sections, the classes' own defaults
    stand for what is not set. Keys without effect are gone. Sections that the file lacks are absent, but for Global.
    """

    __slots__ = ()

    def require(self, *sections: str) -> None:
        """Raises ConfigError where one of the sections is absent."""
        missing = [section for section in sections if self.get(section) is None]
        if missing:
            raise ConfigError(f"the configuration lacks {', '.join(missing)}, which is needed here")

    def dump(self, path: str | os.PathLike) -> None:
        """Writes YAML that ``load_config`` reads back as an equal configuration."""
        write_atomically(path, [format_yaml(self.to_dict()).encode("utf-8")])


def load_config(path: str | os.PathLike, overrides: str | Iterable[str] = ()) -> Config:
    """Returns the configuration of a YAML file. Threads may call this, and share what it returns.

    Args:
        path: the file.
        overrides: one or several ``"a.b.c=value"``, as typed after ``-o``; ``config.source.apply_override`` says what
            is allowed.

    Raises:
        ConfigError: the file cannot be read or is not YAML, or there are faults in it: then the message has a line for
            each of them, with its YAML path.
    """
    return make_config(read_yaml(path), overrides, source=str(path))


def make_config(data: Any, overrides: str | Iterable[str] = (), source: str = "configuration") -> Config:
    """Returns the configuration of plain data; see ``load_config``.

    Args:
        data: nested mappings and lists, as YAML gives them; left as it is.
        overrides: as for ``load_config``.
        source: what to call the data in a fault.
    """
    if not isinstance(data, Mapping):
        raise ConfigError(f"{source}: expected sections (Global, Architecture, ...), got {show(data)}")
    data = _thaw(data)
    typed, faults = [], []
    for override in [overrides] if isinstance(overrides, str) else overrides:
        try:
            typed.append(apply_override(data, override))
        except ConfigError as error:
            faults.append(str(error))
    checker = Checker(typed)
    checked = checker.check(data)
    draft = Draft(checked, checker.faults)
    found = checker.faults + [fault for rule in RULES for fault in rule(draft)]
    faults += [f"{_origin(path, typed)}{path}: {message}" for path, message in found]
    if faults:
        is_typed = len(faults) == 1 and faults[0].startswith("-o ")
        header = "" if is_typed else f"{source}: " if len(faults) == 1 else f"{source}: {len(faults)} faults\n  "
        others = [f"and {len(faults) - MAX_SHOWN} others"] if len(faults) > MAX_SHOWN else []
        raise ConfigError(header + "\n  ".join(faults[:MAX_SHOWN] + others))
    for warning in checker.warnings:
        logger.warning("%s: %s", source, warning)
    return Config(checked)


def _origin(path: str, typed: list[tuple[str, str]]) -> str:
    """What a fault is blamed on beside the file: ``-o`` where its value, or what holds it, was typed."""
    return "-o " if any(f"{path}.".startswith(f"{name}.") for name, _ in typed) else ""


def _freeze(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Section(value)
    return tuple(_freeze(item) for item in value) if isinstance(value, (list, tuple)) else value


def _thaw(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _thaw(item) for name, item in value.items()}
    return [_thaw(item) for item in value] if isinstance(value, (list, tuple)) else value
