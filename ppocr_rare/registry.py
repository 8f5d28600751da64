"""Names in a configuration to classes. The constructor's signature says what a configuration may set.

Each folder registers its classes in its ``__init__.py``. A registry imports that folder when it is first asked for a
name, so this module and ``config.py`` depend on no component.
"""

import importlib
import inspect
import typing

from ppocr_rare.errors import ConfigError, RareError
from ppocr_rare.schema import REQUIRED, Key, Schema, did_you_mean, list_known

_VARIADIC = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Registry:
    """The classes of one kind, by name.

    Args:
        kind: what the classes are, in the words of a fault: ``"head"``.
        module: dotted name of the module that registers them; imported at the first look-up. None: nothing to import.
    """

    def __init__(self, kind: str, module: str | None = None):
        self.kind = kind
        self._module = module
        self._classes: dict[str, type] = {}

    def register(self, cls: type) -> type:
        """Adds a class under its own name and returns it.

        Raises:
            TypeError: the signature has ``*args``, ``**kwargs`` or positional-only parameters, which YAML cannot set.
            ValueError: another class has that name.
        """
        for parameter in _parameters(cls):
            if parameter.kind in _VARIADIC:
                raise TypeError(f"{cls.__name__}: '{parameter}' cannot be part of a registered class's signature")
        if self._classes.setdefault(cls.__name__, cls) is not cls:
            raise ValueError(f"two classes are registered as {self.kind} {cls.__name__}")
        return cls

    def names(self) -> list[str]:
        """Returns the names of all classes, sorted."""
        self._import_module()
        return sorted(self._classes)

    def get(self, name: str) -> type:
        """Returns the class of that name.

        Raises:
            ConfigError: there is none; the message suggests one and lists them all.
            RareError: the module needs a package that is not installed.
        """
        names = self.names()
        if name not in self._classes:
            raise ConfigError(f"unknown {self.kind} '{name}'{did_you_mean(name, names)}{list_known(names)}")
        return self._classes[name]

    def schema(self, name: str) -> Schema:
        """Returns what a configuration may set of the class of that name; raises as ``get`` does."""
        return schema(self.get(name))

    def _import_module(self) -> None:
        if self._module is None:
            return
        try:
            importlib.import_module(self._module)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] == __package__:
                raise  # a mistake of ours
            raise RareError(
                f"the Python package '{error.name}' is not installed, and {self._module} needs it "
                "(paddle comes with the extra 'cpu' or 'gpu' of this package)"
            ) from error
        self._module = None


def schema(cls: type[object]) -> Schema:
    """Returns what a configuration may set of a class.

    Positional-or-keyword parameters of the constructor are the keys: annotation is type, default is default.
    Keyword-only parameters are passed by the program. The class attribute ``INERT_KEYS`` names keys without effect.
    """
    parameters = _parameters(cls)
    hints = typing.get_type_hints(cls.__init__) if parameters else {}
    keys, runtime = {}, set()
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            runtime.add(parameter.name)
        else:
            default = REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
            keys[parameter.name] = Key(hints.get(parameter.name, typing.Any), default)
    return Schema(keys, frozenset(getattr(cls, "INERT_KEYS", ())), frozenset(runtime))


def _parameters(cls: type) -> list[inspect.Parameter]:
    """The constructor's parameters; none where it is a framework's, for a class without one of its own."""
    owner = next(base for base in cls.__mro__ if "__init__" in vars(base))
    if owner.__module__.partition(".")[0] != cls.__module__.partition(".")[0]:
        return []
    return list(inspect.signature(cls).parameters.values())


TRANSFORMS = Registry("transform", "ppocr_rare.modeling.transforms")
BACKBONES = Registry("backbone", "ppocr_rare.modeling.backbones")
NECKS = Registry("neck", "ppocr_rare.modeling.necks")
HEADS = Registry("head", "ppocr_rare.modeling.heads")
LOSSES = Registry("loss", "ppocr_rare.losses")
POSTPROCESSES = Registry("postprocess", "ppocr_rare.postprocess")
METRICS = Registry("metric", "ppocr_rare.metrics")
DATASETS = Registry("dataset", "ppocr_rare.data")
OPERATORS = Registry("operator", "ppocr_rare.data.imaug")
OPTIMIZERS = Registry("optimizer", "ppocr_rare.optimizer")
SCHEDULES = Registry("schedule", "ppocr_rare.optimizer")
REGULARIZERS = Registry("regularizer", "ppocr_rare.optimizer")
