import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Optional, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppocr_rare.schema import REQUIRED, Key, Mismatch, Schema, coerce, describe, did_you_mean, list_known, show


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        (3, int, 3),
        (400.0, int, 400),
        ("1e3", int, 1000),
        ("9007199254740993", int, 9007199254740993),  # 2**53 + 1, which no float holds
        (1, float, 1.0),
        ("1e-3", float, 0.001),  # PyYAML reads a number without a point as text
        ("-.5E+2", float, -50.0),
        (True, bool, True),
        ("abc", str, "abc"),
        (None, type(None), None),
        ([1, 2.0], list[int], [1, 2]),
        ((1, 2), list[int], [1, 2]),
        ([1, "x"], list, [1, "x"]),
        (["a"], Sequence[str], ["a"]),
        ([3, 32, 100], tuple[int, int, int], [3, 32, 100]),
        ([1, 2, 3, 4], tuple[int, ...], [1, 2, 3, 4]),
        ([], tuple[int, ...], []),
        ({"a": "1e-3"}, dict[str, float], {"a": 0.001}),
        ({"a": 1}, dict, {"a": 1}),
        ({"a": 1}, Mapping, {"a": 1}),
        ("large", Literal["large", "small"], "large"),
        (1, Literal[0.5, 1.0], 1.0),
        ("0.5", Literal[0.5, 1.0], 0.5),
        (None, Optional[int], None),  # noqa: UP045 - the old way to write it counts too
        (5, int | list[int], 5),
        ([0, 2000], int | list[int], [0, 2000]),
        ("25", Union[int, str], "25"),  # noqa: UP007
        (2, float | int, 2),
        ([{"a": 1}], Any, [{"a": 1}]),
    ],
)
def test_values_become_what_the_annotation_says(value, annotation, expected):
    result = coerce(value, annotation)
    assert result == expected
    assert type(result) is type(expected)


def test_numbers_in_lists_are_converted():
    assert [type(item) for item in coerce([1, 2], list[float])] == [float, float]


@pytest.mark.parametrize(
    ("value", "annotation", "message"),
    [
        (True, int, "expected a whole number, got True"),
        (True, float, "expected a number, got True"),
        (2.5, int, "expected a whole number, got 2.5"),
        ("2.5", int, "expected a whole number, got '2.5'"),
        ("9" * 5000, int, "expected a whole number, got '999"),
        ("yes", bool, "expected true or false, got 'yes'"),
        (1, bool, "expected true or false, got 1"),
        (0, bool, "expected true or false, got 0"),
        (5, str, "expected text, got 5"),
        (None, int, "expected a whole number, got nothing"),
        (None, str, "expected text, got nothing"),
        (math.inf, float, "expected a number, got inf"),
        (math.nan, float, "expected a number, got nan"),
        (10**400, float, "expected a number, got 1000"),
        ("nan", float, "expected a number, got 'nan'"),
        ("1_000", float, "expected a number, got '1_000'"),
        ("١", int, "expected a whole number, got '١'"),
        ("image", list[str], "expected a list of texts, got 'image'"),
        ({"a": 1}, list, "expected a list, got {'a': 1}"),
        ([3, 32], tuple[int, int, int], "expected a list of 3 whole numbers, got [3, 32]"),
        ([1], dict, "expected a mapping, got [1]"),
        ("huge", Literal["large", "small"], "expected 'large' or 'small', got 'huge'"),
        (True, Literal[1, 2], "expected 1 or 2, got True"),
        ("x", int | None, "expected a whole number or nothing, got 'x'"),
        ([1, "x"], int | list[int], "expected a whole number or a list of whole numbers, got [1, 'x']"),
    ],
)
def test_what_would_be_a_guess_is_refused(value, annotation, message):
    with pytest.raises(Mismatch) as caught:
        coerce(value, annotation)
    assert str(caught.value).startswith(message)


def test_a_fault_inside_a_value_says_where():
    with pytest.raises(Mismatch) as caught:
        coerce({"a": [[1, 2], [3, "x"]]}, dict[str, list[list[int]]])
    assert caught.value.where == ("a", 1, 1)
    assert str(caught.value) == "expected a whole number, got 'x'"


def test_an_annotation_that_yaml_cannot_fill_is_the_programmers_mistake():
    with pytest.raises(TypeError, match="cannot be set"):
        coerce("x", Path)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_being_text(number):
    assert coerce(repr(number), float) == number


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda part: st.lists(part, max_size=3)))
def test_any_value_either_fits_or_is_a_mismatch(value):
    for annotation in (int, float, bool, str, list[int], tuple[float, ...], Literal["a", 1], int | list[int], dict):
        try:
            result = coerce(value, annotation)
        except Mismatch:
            continue
        assert coerce(result, annotation) == result


def test_key_allows_nothing_only_where_that_is_the_default():
    assert Key(int, None).coerce(None) is None
    with pytest.raises(Mismatch):
        Key(int, 5).coerce(None)
    assert Key(int).default is REQUIRED


def test_key_has_a_smallest_value():
    assert Key(int, 1, 1).coerce(1) == 1
    with pytest.raises(Mismatch, match="expected at least 1, got 0"):
        Key(int, 1, 1).coerce(0)


def test_schema_explains_unknown_keys():
    schema = Schema({"hidden_size": Key(int), "layers": Key(int)}, runtime=frozenset({"in_channels"}))
    assert schema.explain_unknown("hiden_size") == "unknown key (did you mean 'hidden_size'?)"
    assert schema.explain_unknown("zzz") == "unknown key; known: hidden_size, layers"
    assert schema.explain_unknown("in_channels") == "is set by the program, not by the configuration"


def test_suggestions_do_not_mind_case():
    assert did_you_mean("tps", ["TPS", "Other"]) == " (did you mean 'TPS'?)"
    assert did_you_mean("zzz", ["TPS"]) == ""
    assert list_known([]) == "; known: none"


def test_values_are_shown_cut():
    assert show("x" * 500) == "'" + "x" * 76 + "..."


def test_describe_falls_back_on_a_value():
    assert describe(tuple[int, str]) == "a list of 2 values"
    assert describe(Any) == "a value"
