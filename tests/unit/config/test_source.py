import os
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ppocr_rare.config.source import MAX_BYTES, apply_override, format_yaml, parse_yaml, read_yaml
from ppocr_rare.errors import ConfigError

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)
MERGE_BOMB = "a0: &a0 {k: v}\n" + "".join(
    f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}\n" for i in range(1, 12)
)
DEEP_BY_ALIAS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [[[*a{i - 1}]]]\n" for i in range(1, 400))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("a:", {"a": None}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),  # stays the text that it looks like
        ("a: =", {"a": "="}),
        ("a: 1e-3", {"a": "1e-3"}),
        ("a: [1, 2.5, yes, ~, x]", {"a": [1, 2.5, True, None, "x"]}),
        ("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3", {"base": {"x": 1, "y": 2}, "own": {"x": 1, "y": 3}}),
    ],
)
def test_yaml_gives_plain_values(text, expected):
    assert parse_yaml(text, "f.yml") == expected


def test_aliases_are_copies():
    value = parse_yaml("a: &a [1]\nb: *a", "f.yml")
    value["a"].append(2)
    assert value["b"] == [1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1,\nb: 2", "f.yml, line 2, column 5: expected "),
        ("a: 1\nb: 2\na: 3", "f.yml, line 3, column 1: the key 'a' is given twice"),
        ("a:\n  b: 1\n  b: 2", "f.yml, line 3, column 3: the key 'b' is given twice"),
        ("1: a", "f.yml, line 1, column 1: a key must be text"),
        ("on: a", "f.yml, line 1, column 1: a key must be text"),
        ("? [a]\n: b", "f.yml, line 1, column 3: a key must be text"),
        ("a: !!python/object/apply:os.system [echo]", "column 4: the tag '!!python/object/apply:os.system' is not"),
        ("a: !!python/name:os.system", "the tag '!!python/name:os.system' is not allowed"),
        ("a: !mine x", "the tag '!mine' is not allowed"),
        ("a: !!binary aGk=", "the tag '!!binary' is not allowed"),
        ("a: !!set {x}", "the tag '!!set' is not allowed"),
        ("a: !!bool maybe", "f.yml: a value that does not fit its tag"),
        ("a: !!int ''", "f.yml: a value that does not fit its tag"),
        ("a: !!float x", "f.yml: a value that does not fit its tag"),
        ("a: 0b_", "f.yml: a value that does not fit its tag"),
        ("a: " + "9" * 5000, "f.yml, line 1, column 4: a number of more than 100 digits"),
        ("a: 100000000000000000000", "f.yml, line 1, column 4: a number that needs more than 64 bits"),
        ("a: 12:30", "f.yml, line 1, column 4: colons make this a number in base 60; put it in quotes"),
        ("a: " + "9:" * 300 + "0.5", "f.yml, line 1, column 4: colons make this a number in base 60"),
        ('a: "\\UFFFFFFFF"', "f.yml: a value that does not fit its tag"),
        ('a: "./data\\0/"', "f.yml, line 1, column 4: a NUL or half a surrogate pair"),
        ('a: "\\ud800"', "f.yml, line 1, column 4: a NUL or half a surrogate pair"),
        ('"a\\0b": 1', "f.yml, line 1, column 1: a NUL or half a surrogate pair"),
        ("a: 1\n---\nb: 2", "f.yml, line 2, column 1: "),
        ("a: *b", "f.yml, line 1, column 4: found undefined alias"),
        ("a: &a [*a]", "f.yml, line 1, column 4: an alias inside of what it stands for"),
        ("a: 1\nb: x\x07y", "f.yml, line 2, column 5: a character that YAML does not allow"),
        ("\tx: 1", "f.yml, line 1, column 1: found character '\\t' that cannot start any token"),
        (BOMB, "more than 100000 values once its aliases are written out"),
        (MERGE_BOMB, "more than 100000 values once its aliases are written out"),
        (DEEP_BY_ALIAS, "nested more than 32 deep"),
        ("[" * 40 + "]" * 40, "nested more than 32 deep"),
        ("[" * 100_000, "f.yml: nested more than 32 deep"),
    ],
)
def test_what_no_configuration_needs_is_refused_at_once(text, message):
    start_s = time.process_time()
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "f.yml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.process_time() - start_s < 20  # of this process: others may be busy


@settings(deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@`?,#<~=.0e_ \n\t\\\u2028\ufeff", max_size=40))
@example("!!map [a]")
@example("!!seq {a: b}")
@example("<<: 5")
@example("a: <<")
@example("!!str [a]")
@example("!!null x")
@example("a: 0x_")
def test_no_text_makes_a_traceback(text):
    try:
        parse_yaml(text, "f.yml")
    except ConfigError as error:
        assert str(error).startswith("f.yml")


text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | text,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(text, part, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(plain)
@example(["\x85", "\u2028", "\ufeff", " a", "a\n b", "2020-01-01", "=", "<<", "on", "1e-3", "0x1", "\U0001f600"])
@example({"a " * 100: "b " * 100})
def test_what_is_written_reads_back_equal(value):
    assert parse_yaml(format_yaml(value), "f.yml") == value


def test_text_of_any_language_stays_readable():
    assert format_yaml({"path": "字典/ключ.txt", "shape": [3, 32]}) == "path: 字典/ключ.txt\nshape: [3, 32]\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: \xff", "line 1: not UTF-8 text"),
        (b"a: 1\nb: \xe9t\xe9\n", "line 2: not UTF-8 text"),
        (b"#" * (MAX_BYTES + 1), "larger than 262144 bytes"),
    ],
)
def test_files_that_are_no_yaml(tmp_path, content, message):
    path = tmp_path / "ü.yml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.yml", "No such file"),
        (".", "Is a directory"),
        ("a\0b", "a character that no path may have"),
        ("x" * 5000, "name too long"),
        ("pipe", "not an ord"),
    ],
)
def test_paths_that_are_no_files(tmp_path, name, message):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match=message):
        read_yaml(f"{tmp_path}/{name}")


def test_a_byte_order_mark_and_crlf_are_no_content(tmp_path):
    path = tmp_path / "f.yml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert read_yaml(path) == {"a": 1, "b": "x"}


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("a.b=2", {"a": {"b": 2}, "l": [{"Op": None}, {"Other": {"s": [3, 32, 100]}}]}),
        ("a.b=", {"a": {"b": None}, "l": [{"Op": None}, {"Other": {"s": [3, 32, 100]}}]}),
        ("a.b=x=y", {"a": {"b": "x=y"}, "l": [{"Op": None}, {"Other": {"s": [3, 32, 100]}}]}),
        ("a.c.d={e: 1}", {"a": {"b": 1, "c": {"d": {"e": 1}}}, "l": [{"Op": None}, {"Other": {"s": [3, 32, 100]}}]}),
        ("l.1.Other.s.2=160", {"a": {"b": 1}, "l": [{"Op": None}, {"Other": {"s": [3, 32, 160]}}]}),
        ("l.1.Other.s=[1, 2]", {"a": {"b": 1}, "l": [{"Op": None}, {"Other": {"s": [1, 2]}}]}),
        ("l.0.Op.x=1", {"a": {"b": 1}, "l": [{"Op": {"x": 1}}, {"Other": {"s": [3, 32, 100]}}]}),
        ("l.0={New: {}}", {"a": {"b": 1}, "l": [{"New": {}}, {"Other": {"s": [3, 32, 100]}}]}),
        ("l=[]", {"a": {"b": 1}, "l": []}),
    ],
)
def test_overrides_set_one_value(override, expected):
    data = {"a": {"b": 1}, "l": [{"Op": None}, {"Other": {"s": [3, 32, 100]}}]}
    assert apply_override(data, override) == tuple(override.split("=", 1))
    assert data == expected


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("a.b", "-o a.b: expected path.to.key=value"),
        ("=1", "-o =1: expected path.to.key=value"),
        ("a..b=1", "-o a..b=1: expected path.to.key=value"),
        ("a.b=[1", "-o a.b, line 1, column 3: "),
        ("a.b=!!python/name:os.system", "the tag '!!python/name:os.system' is not allowed"),
        ("a.b.c=1", "-o a.b.c: a.b is 1, which holds no keys"),
        ("l.2.Op=1", "-o l.2.Op: l is a list of 2, and '2' is no index of it"),
        ("l.-1=1", "-o l.-1: l is a list of 2, and '-1' is no index of it"),
        ("l.first=1", "-o l.first: l is a list of 2, and 'first' is no index of it"),
        ("l.1.Othr.s=1", "-o l.1.Othr.s: l.1 has no 'Othr' (did you mean 'Other'?)"),
    ],
)
def test_overrides_that_fit_nowhere(override, message):
    data = {"a": {"b": 1}, "l": [{"Op": None}, {"Other": {"s": [3, 32, 100]}}]}
    with pytest.raises(ConfigError) as caught:
        apply_override(data, override)
    assert message in str(caught.value)
