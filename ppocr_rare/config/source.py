"""Configuration values as text: YAML, read and written, and ``-o a.b.c=value`` on a command line."""

import os
import re
from typing import Any

import yaml

from ppocr_rare.errors import ConfigError
from ppocr_rare.schema import did_you_mean, list_known, show
from ppocr_rare.utils.open_file import open_file

MAX_BYTES = 1 << 18
MAX_DEPTH = 32
MAX_NODES = 100_000  # counted as if every alias were written out

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_ALLOWED_TAGS = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map", "merge")}


class _Loader(yaml.SafeLoader):
    """YAML without the types that no configuration needs: a date, for one, stays the text that it looks like."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag in _ALLOWED_TAGS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        value = super().construct_scalar(node)
        if node.tag in (f"{_TAG}int", f"{_TAG}float"):
            if ":" in node.value:
                raise _fault(node, "colons make this a number in base 60; put it in quotes if it is text")
            if node.tag == f"{_TAG}int" and len(node.value) > 100:
                raise _fault(node, "a number of more than 100 digits")  # Python itself refuses those of 4300
        elif _NO_TEXT.search(value):
            raise _fault(node, "a NUL or half a surrogate pair, which no name and no path can hold")
        return value

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        value = super().construct_yaml_int(node)
        if not -(2**63) <= value < 2**63:
            raise _fault(node, "a number that needs more than 64 bits")
        return value


_Loader.add_constructor(f"{_TAG}int", _Loader.construct_yaml_int)


class _Dumper(yaml.SafeDumper):
    """YAML that reads back as it was: outside of double quotes, PyYAML folds some of Unicode's line breaks away."""

    def represent_text(self, text: str) -> yaml.Node:
        return self.represent_scalar(f"{_TAG}str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _Dumper.represent_text)


def parse_yaml(text: str, source: str) -> Any:
    """Returns the value of one YAML document: mappings, lists, text, numbers, truth values and None alone.

    Args:
        text: the document.
        source: what to call it in a fault.

    Raises:
        ConfigError: not YAML, a key given twice, a key that is not text, a tag, or a document that is too deep or grows
            too large when its aliases are written out. The message names source, line and column.
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _check_node(node, {})
        return _unshare(loader.construct_document(node))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"{source}{place}: {problem}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise ConfigError(f"{source}, line {line}, column {column}: a character that YAML does not allow") from error
    except RecursionError:
        raise ConfigError(f"{source}: nested more than {MAX_DEPTH} deep") from None
    except (ValueError, LookupError, OverflowError) as error:  # PyYAML's answer to `!!bool maybe`, `"\UFFFFFFFF"`
        raise ConfigError(f"{source}: a value that does not fit its tag ({error})") from error


def format_yaml(value: Any) -> str:
    """Returns plain values as YAML text that ``parse_yaml`` reads back equal; short lists stand on one line."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def read_yaml(path: str | os.PathLike) -> Any:
    """Returns the value of a YAML file; raises ConfigError as ``parse_yaml`` does, or where the file cannot be read."""
    try:
        with open_file(path) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_BYTES} bytes, which no configuration is")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8 text") from error
    return parse_yaml(text, str(path))


def apply_override(data: dict, override: str) -> tuple[str, str]:
    """Sets one value in plain configuration data, in place; returns the path that was set and the value as typed.

    Mappings on the way that are missing or empty are made; whether their keys are known is for the check to say.

    Args:
        data: nested dicts and lists.
        override: ``path=value``, split at the first ``=``; names and list indices in the path are joined by dots. The
            value is YAML, and an empty one is None.

    Raises:
        ConfigError: no ``=``, a value that is not YAML, an index that the list lacks, a path through a plain value.
    """
    path, equals, text = override.partition("=")
    path = path.strip()
    steps = path.split(".")
    if not equals or not all(steps):
        raise ConfigError(f"-o {override}: expected path.to.key=value")
    value = parse_yaml(text, f"-o {path}")
    try:
        _set(data, steps, value)
    except LookupError as error:
        raise ConfigError(f"-o {path}: {error.args[0]}") from None
    return path, text.strip()


def _set(data: dict, steps: list[str], value: Any) -> None:
    parent: Any = data
    for depth, step in enumerate(steps[:-1]):
        at = ".".join(steps[: depth + 1])
        key = _find_step(parent, step, ".".join(steps[:depth]))
        if isinstance(parent, dict) and parent.get(key) is None:
            parent[key] = {}
        child = parent[key]
        # A mapping in a list is an operator with its name as the one key: a second key would be a second operator.
        if isinstance(parent, list) and isinstance(child, dict) and steps[depth + 1] not in child:
            hint = did_you_mean(steps[depth + 1], child) or list_known(child)
            raise LookupError(f"{at} has no '{steps[depth + 1]}'{hint}")
        parent = child
    parent[_find_step(parent, steps[-1], ".".join(steps[:-1]))] = value


def _find_step(parent: Any, step: str, at: str) -> str | int:
    """Returns ``step`` as the key or the index that it is in ``parent``, which lies ``at`` a path."""
    if isinstance(parent, dict):
        return step
    if not isinstance(parent, list):
        raise LookupError(f"{at} is {show(parent)}, which holds no keys")
    if not (step.isascii() and step.isdigit() and int(step) < len(parent)):
        raise LookupError(f"{at} is a list of {len(parent)}, and '{step}' is no index of it (the first is 0)")
    return int(step)


def _fault(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _check_node(node: yaml.Node, seen: dict[yaml.Node, tuple[int, int] | None]) -> tuple[int, int]:
    """Refuses what must not be constructed; returns the number of nodes and of levels, every alias written out.

    Args:
        node: where to start.
        seen: results so far; None marks a node that is being counted, so that one that holds itself is noticed.
    """
    if node in seen:
        counted = seen[node]
        if counted is None:
            raise _fault(node, "an alias inside of what it stands for")
        return counted
    if node.tag not in _ALLOWED_TAGS:
        tag = show(node.tag.replace(_TAG, "!!"))
        raise _fault(node, f"the tag {tag} is not allowed")
    seen[node] = None
    parts = []
    if isinstance(node, yaml.MappingNode):
        _check_keys(node)
        parts = [_check_node(value, seen) for _, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [_check_node(item, seen) for item in node.value]
    size = 1 + sum(size for size, _ in parts)
    levels = 1 + max((levels for _, levels in parts), default=0)
    if size > MAX_NODES:
        raise _fault(node, f"more than {MAX_NODES} values once its aliases are written out")
    if levels > MAX_DEPTH:
        raise _fault(node, f"nested more than {MAX_DEPTH} deep")
    seen[node] = size, levels
    return size, levels


def _unshare(value: Any) -> Any:
    """Copies what aliases share, so that a change in one place stays there."""
    if isinstance(value, dict):
        return {name: _unshare(item) for name, item in value.items()}
    return [_unshare(item) for item in value] if isinstance(value, list) else value


def _check_keys(node: yaml.MappingNode) -> None:
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag not in (f"{_TAG}str", _MERGE):
            raise _fault(key, "a key must be text; put it in quotes")
        if key.value in seen:
            raise _fault(key, f"the key '{key.value}' is given twice")
        seen.add(key.value)
