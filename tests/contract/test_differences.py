"""doc/differences.md: every row is there, names its state, and names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "doc" / "differences.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+ \|", line)
]
NAMED = sorted(set(re.findall(r"`(tests/[^`]+\.py::\w+)`", PAGE)))
STATES = ("holds", "in part", "not yet")


@cache
def names_in(path):
    """The tests at the top of a file, which is read but not imported."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_rows_are_1_to_21():
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 22)]
    assert {len(row) for row in ROWS} == {5}


def test_each_row_says_whether_it_holds_and_what_pins_it():
    for number, _, _, pinned_by, state in ROWS:
        assert state.startswith(STATES), f"row {number}: {state}"
        assert "::" in pinned_by or state.startswith("not yet"), f"row {number} holds, but names no test"


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_exists(name):
    path, _, test = name.partition("::")
    assert (ROOT / path).is_file()
    assert test in names_in(path)


def test_nothing_that_looks_like_a_test_is_passed_over():
    assert len(NAMED) > 40
    cells = [cell for line in PAGE.splitlines() if line.startswith("|") for cell in line.split(" | ")]
    odd = [part for cell in cells for part in re.findall(r"`([^`]*::[^`]*)`", cell) if part not in NAMED]
    assert odd == []


def test_docstrings_refer_to_rows():
    """``Differs: 7, 21.`` in a docstring names rows."""
    numbers = {row[0] for row in ROWS}
    strays = []
    for path in sorted((ROOT / "ppocr_rare").rglob("*.py")):
        for reference in re.findall(r"^ *Differs: ([\d, ]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            strays += [f"{path.relative_to(ROOT)}: {number}" for number in set(reference.split(", ")) - numbers]
    assert strays == []
