from __future__ import annotations  # the signatures below are text, as in modules that do this

import subprocess
import sys
import types
from typing import Literal

import pytest

from ppocr_rare import registry
from ppocr_rare.errors import ConfigError, RareError
from ppocr_rare.registry import Registry, schema
from ppocr_rare.schema import REQUIRED


class Wide:
    INERT_KEYS = frozenset({"l2_decay"})

    def __init__(self, hidden_size: int, mode: Literal["a", "b"] = "a", untyped=None, *, in_channels: int):
        pass


class Bare:
    pass


class Heir(Wide):
    pass


class FrameworkHeir(types.SimpleNamespace):
    pass


def test_register_returns_the_class_and_get_finds_it():
    heads = Registry("head")
    assert heads.register(Wide) is Wide
    assert heads.get("Wide") is Wide
    assert heads.names() == ["Wide"]


def test_an_unknown_name_brings_a_suggestion_and_all_names():
    heads = Registry("head")
    heads.register(Wide)
    heads.register(Bare)
    with pytest.raises(ConfigError) as caught:
        heads.get("wide_")
    assert str(caught.value) == "unknown head 'wide_' (did you mean 'Wide'?); known: Bare, Wide"
    with pytest.raises(ConfigError, match=r"^unknown head 'zzz'; known: Bare, Wide$"):
        heads.get("zzz")


def test_one_name_cannot_stand_for_two_classes():
    heads = Registry("head")
    heads.register(Bare)
    heads.register(Bare)
    with pytest.raises(ValueError, match="two classes are registered as head Bare"):
        heads.register(type("Bare", (), {}))


def variadic(self, size: int, **kwargs):
    pass


def starred(self, *sizes: int):
    pass


def positional(self, size: int, /):
    pass


@pytest.mark.parametrize("constructor", [variadic, starred, positional])
def test_signatures_that_no_configuration_can_fill_are_refused(constructor):
    with pytest.raises(TypeError, match="cannot be part of"):
        Registry("head").register(type("Loose", (), {"__init__": constructor, "__module__": __name__}))


def test_the_module_is_imported_at_the_first_look_up(tmp_path, monkeypatch):
    (tmp_path / "lazy_heads.py").write_text("from ppocr_rare import fake_registry\nfake_registry.register(dict)\n")
    monkeypatch.syspath_prepend(tmp_path)
    heads = Registry("head", "lazy_heads")
    monkeypatch.setattr("ppocr_rare.fake_registry", heads, raising=False)
    monkeypatch.setattr(heads, "register", lambda cls: heads._classes.setdefault(cls.__name__, cls))
    assert "lazy_heads" not in sys.modules
    assert heads.get("dict") is dict
    assert "lazy_heads" in sys.modules


def test_a_package_that_is_not_installed_is_named(tmp_path, monkeypatch):
    (tmp_path / "heads_on_sand.py").write_text("import no_such_framework.nn\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RareError, match="'no_such_framework' is not installed, and heads_on_sand needs it"):
        Registry("head", "heads_on_sand").names()


def test_a_module_of_ours_that_is_missing_keeps_its_traceback():
    with pytest.raises(ModuleNotFoundError):
        Registry("head", "ppocr_rare.no_such_module").names()


def test_schema_is_the_signature():
    result = schema(Wide)
    assert list(result.keys) == ["hidden_size", "mode", "untyped"]
    assert result.keys["hidden_size"].annotation is int
    assert result.keys["hidden_size"].default is REQUIRED
    assert result.keys["mode"].annotation == Literal["a", "b"]
    assert result.keys["mode"].default == "a"
    assert result.keys["untyped"].coerce([1, "x"]) == [1, "x"]
    assert result.inert == {"l2_decay"}
    assert result.runtime == {"in_channels"}
    assert schema(Heir) == result


@pytest.mark.parametrize("cls", [Bare, FrameworkHeir])
def test_a_constructor_that_is_not_ours_has_no_keys(cls):
    result = schema(cls)
    assert (dict(result.keys), result.inert, result.runtime) == ({}, frozenset(), frozenset())


def test_registry_gives_schemas_by_name():
    heads = Registry("head")
    heads.register(Wide)
    assert heads.schema("Wide") == schema(Wide)


def test_the_registries_import_nothing():
    code = "import sys, ppocr_rare.config; sys.exit(any(name in sys.modules for name in ('paddle', 'cv2', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_there_is_one_registry_for_each_kind():
    kinds = {value.kind for value in vars(registry).values() if isinstance(value, Registry)}
    assert kinds == {
        "transform",
        "backbone",
        "neck",
        "head",
        "loss",
        "postprocess",
        "metric",
        "dataset",
        "operator",
        "optimizer",
        "schedule",
        "regularizer",
    }
