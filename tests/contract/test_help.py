"""Every option of every command says what it does."""

import argparse
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = sorted([*(ROOT / "tools").glob("*.py"), *(ROOT / "tools" / "infer").glob("*.py")])
BENCHMARKS = sorted([*(ROOT / "benchmarks").glob("bench_*.py"), *(ROOT / "benchmarks").glob("compare_*.py")])


class _Parsed(Exception):
    """Carries the parser of a command to the test."""


def _parser_of(tool: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.ArgumentParser:
    def stop(parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        raise _Parsed(parser)

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop)
    monkeypatch.setattr(argparse.ArgumentParser, "parse_known_args", stop)
    monkeypatch.setattr(sys, "argv", [str(tool)])
    with pytest.raises(_Parsed) as caught:
        runpy.run_path(str(tool))["main"]()  # not as __main__, which sets up this process's log
    return caught.value.args[0]


@pytest.mark.parametrize("tool", TOOLS + BENCHMARKS, ids=lambda tool: tool.stem)
def test_every_option_has_a_text_and_what_can_be_omitted_its_default(
    tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = _parser_of(tool, monkeypatch)
    assert parser.description
    for action in parser._actions:
        name = action.option_strings[-1] if action.option_strings else action.dest
        assert action.help, name
        has_default = action.default not in (None, argparse.SUPPRESS, [], "")
        if has_default and action.nargs != 0 and not action.required:
            assert "default" in action.help, name
