"""The check of a whole configuration: every section against its schema, every fault collected."""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ppocr_rare import registry
from ppocr_rare.config.tables import ARCHITECTURE, DATASET_COMMON, GLOBAL, LOADER, OPTIMIZER_COMMON, WITHOUT_EFFECT
from ppocr_rare.errors import ConfigError
from ppocr_rare.registry import Registry
from ppocr_rare.schema import REQUIRED, Key, Mismatch, Schema, describe, did_you_mean, list_known, show

NO_KEYS: Mapping[str, Key] = {}


class Checker:
    """Checks plain configuration data and collects what is wrong with it.

    Args:
        typed: (path, value as text) of what was set on the command line. What was typed must be known; an unknown key
            of Global in a file may be meant for another part of PaddleOCR, and is ignored with a warning.

    Attributes:
        faults: (YAML path, message) of each fault, in the order of the data.
        warnings: lines to be logged.
    """

    def __init__(self, typed: Iterable[tuple[str, str]] = ()):
        self.typed = dict(typed)
        self.faults: list[tuple[str, str]] = []
        self.warnings: list[str] = []
        self._sections: dict[str, Callable[[str, Any], Any]] = {
            "Global": self._check_global,
            "Optimizer": self._check_optimizer,
            "Architecture": self._check_architecture,
            "Loss": lambda path, value: self._check_component(path, value, registry.LOSSES),
            "PostProcess": lambda path, value: self._check_component(path, value, registry.POSTPROCESSES),
            "Metric": lambda path, value: self._check_component(path, value, registry.METRICS),
            "Train": self._check_samples,
            "Eval": self._check_samples,
            "wandb": lambda path, value: self._check_value(path, value, Key(dict, None)),
            "profiler_options": lambda path, value: self._check_value(path, value, Key(str, None)),
        }

    def check(self, data: Mapping) -> dict:
        """Returns the data with values coerced, defaults of Global and the loaders filled in, faulty keys left out."""
        result = {}
        for name, value in {"Global": {}, **data}.items():
            if name in self._sections:
                result[name] = self._sections[name](name, value)
            else:
                self.fault(name, f"unknown section{did_you_mean(name, self._sections) or list_known(self._sections)}")
        return result

    def fault(self, path: str, message: str) -> None:
        """Notes a fault."""
        self.faults.append((path, message))

    def _check_global(self, path: str, value: Any) -> dict:
        values = {}
        for name, item in (self._need_mapping(path, value) or {}).items():
            if name in GLOBAL.keys or self._is_typed(f"{path}.{name}"):
                values[name] = item
            else:
                self.warnings.append(f"{path}.{name}: unknown key, ignored{did_you_mean(name, GLOBAL.keys)}")
        for name in WITHOUT_EFFECT:
            if values.get(name):
                self.warnings.append(f"{path}.{name}: accepted, but it has no effect")
        return self._check_keys(path, values, GLOBAL, is_filled=True)

    def _is_typed(self, path: str) -> bool:
        """Says whether the path, something above it or something below it was typed."""
        pairs = [(f"{path}.", f"{typed}.") for typed in self.typed]
        return any(at.startswith(typed) or typed.startswith(at) for at, typed in pairs)

    def _check_optimizer(self, path: str, value: Any) -> dict:
        values = self._need_mapping(path, value)
        if values is None:
            return {}
        own = {name: item for name, item in values.items() if name not in ("lr", "regularizer")}
        result = self._check_component(path, own, registry.OPTIMIZERS, OPTIMIZER_COMMON)
        schedule, regularizer = values.get("lr"), values.get("regularizer")
        if isinstance(schedule, Mapping):
            schedule = {"name": "Const", **schedule}
        if isinstance(regularizer, Mapping) and isinstance(regularizer.get("name"), str):
            regularizer = {**regularizer, "name": regularizer["name"].removesuffix("Decay")}  # L2Decay is L2
        result["lr"] = self._check_component(f"{path}.lr", schedule, registry.SCHEDULES)
        if regularizer is not None:
            result["regularizer"] = self._check_component(f"{path}.regularizer", regularizer, registry.REGULARIZERS)
        return result

    def _check_architecture(self, path: str, value: Any) -> dict:
        values = self._need_mapping(path, value)
        if values is None:
            return {}
        stages = {
            "Transform": registry.TRANSFORMS,
            "Backbone": registry.BACKBONES,
            "Neck": registry.NECKS,
            "Head": registry.HEADS,
        }
        # The stages stand in the schema for the sake of suggestions; each is checked on its own.
        schema = Schema({**ARCHITECTURE.keys, **dict.fromkeys(stages, Key(Any, None))})
        result = self._check_keys(path, values, schema)
        for stage, catalogue in stages.items():
            if stage == "Transform" and values.get(stage) is None:
                result[stage] = None
            else:
                result[stage] = self._check_component(f"{path}.{stage}", values.get(stage), catalogue)
        return result

    def _check_samples(self, path: str, value: Any) -> dict:
        """Checks Train or Eval."""
        values = self._need_mapping(path, value)
        if values is None:
            return {}
        result = self._check_keys(path, values, Schema({"dataset": Key(dict), "loader": Key(dict)}))
        if "dataset" in result:
            result["dataset"] = self._check_dataset(f"{path}.dataset", result["dataset"])
        if "loader" in result:
            result["loader"] = self._check_keys(f"{path}.loader", result["loader"], LOADER, is_filled=True)
        return result

    def _check_dataset(self, path: str, values: Mapping) -> dict:
        own = {name: item for name, item in values.items() if name != "transforms"}
        result = self._check_component(path, own, registry.DATASETS, DATASET_COMMON)
        path = f"{path}.transforms"
        operators = self._check_value(path, values.get("transforms"), Key(list))
        if operators == []:
            self.fault(path, "expected operators, got an empty list")
        operators = enumerate(operators or [])
        result["transforms"] = [self._check_operator(f"{path}.{index}", item) for index, item in operators]
        return result

    def _check_operator(self, path: str, value: Any) -> dict:
        """Checks ``{name: arguments or None}``; empty where the operator is unknown."""
        if not isinstance(value, Mapping) or len(value) != 1:
            self.fault(path, f"expected one operator, written 'Name:' with its arguments below, got {show(value)}")
            return {}
        ((name, args),) = value.items()
        schema = self._find_schema(path, name, registry.OPERATORS)
        if schema is None:
            return {}
        path = f"{path}.{name}"
        values = {} if args is None else self._need_mapping(path, args)
        return {name: None if values is None else self._check_keys(path, values, schema) or None}

    def _check_component(self, path: str, value: Any, catalogue: Registry, common: Mapping[str, Key] = NO_KEYS) -> dict:
        """Checks ``{name: ..., argument: ...}`` against the signature of the class of that name.

        Where the name was typed, what the file says to another class is left out, with a warning.

        Args:
            path: where it stands.
            value: what stands there.
            catalogue: the classes that it may name.
            common: keys allowed whatever the class; they come before the class's own.
        """
        values = self._need_mapping(path, value, f"a mapping with the name of a {catalogue.kind}")
        if values is None:
            return {}
        name = values.get("name")
        if not isinstance(name, str):
            known = list_known(catalogue.names())
            self.fault(f"{path}.name", f"expected the name of a {catalogue.kind}, got {show(name)}{known}")
            return {}
        schema = self._find_schema(f"{path}.name", name, catalogue)
        if schema is None:
            return {}
        schema = Schema({**schema.keys, **common}, schema.inert, schema.runtime)
        args = {key: item for key, item in values.items() if key != "name"}
        if f"{path}.name" in self.typed:
            foreign = [key for key in args if key not in schema.keys and not self._is_typed(f"{path}.{key}")]
            if foreign:
                self.warnings.append(f"{path}: {name} was asked for instead; it has no {', '.join(foreign)}: left out")
            args = {key: item for key, item in args.items() if key not in foreign}
        return {"name": name, **self._check_keys(path, args, schema)}

    def _find_schema(self, path: str, name: str, catalogue: Registry) -> Schema | None:
        try:
            return catalogue.schema(name)
        except ConfigError as error:
            self.fault(path, str(error))
            return None

    def _check_keys(self, path: str, values: Mapping, schema: Schema, is_filled: bool = False) -> dict:
        """Returns the sound values of a mapping; with ``is_filled``, defaults in the place of those not set."""
        result = {}
        for name, value in values.items():
            at = f"{path}.{name}"
            if name in schema.keys:
                count = len(self.faults)
                value = self._check_value(at, value, schema.keys[name])
                if len(self.faults) == count:
                    result[name] = value
            elif name in schema.inert:
                self.warnings.append(f"{at}: accepted, but it has no effect")
            else:
                self.fault(at, schema.explain_unknown(name))
        for name, key in schema.keys.items():
            if name not in values and key.default is REQUIRED:
                self.fault(f"{path}.{name}", f"is missing; expected {describe(key.annotation)}")
            elif name not in values and is_filled:
                result[name] = key.default
        return result

    def _check_value(self, path: str, value: Any, key: Key) -> Any:
        try:
            return key.coerce(value)
        except Mismatch as error:
            # A path typed as 007 or "on" is meant as it stands, whatever YAML makes of it.
            with contextlib.suppress(Mismatch, KeyError):
                return key.coerce(self.typed[path])
            self.fault(".".join([path, *map(str, error.where)]), str(error))
            return None

    def _need_mapping(self, path: str, value: Any, expected: str = "a mapping of keys") -> Mapping | None:
        if isinstance(value, Mapping):
            return value
        self.fault(path, f"expected {expected}, got {show(value)}")
        return None
