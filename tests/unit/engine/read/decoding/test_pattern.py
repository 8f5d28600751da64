import re
import subprocess
import time
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ppocr_rare.data.charset import DEFAULT_CHARACTERS, Charset
from ppocr_rare.engine.read.decoding import pattern as pattern_module
from ppocr_rare.engine.read.decoding.pattern import Pattern
from ppocr_rare.errors import ConfigError, RareError

pytest.importorskip("interegular")

ALNUM = Charset(DEFAULT_CHARACTERS)


def texts(pattern: Pattern, max_length: int, num_most: int = 300) -> list[str]:
    """Texts of a pattern, the shortest first."""
    table, found, level = pattern.automaton, [], [(0, ())]
    for length in range(max_length + 1):
        found += [pattern.text(ids) for state, ids in level if table.is_final[state]]
        level = [
            (table.transitions[state, i], (*ids, i))
            for state, ids in level[:num_most]
            for i in np.flatnonzero(table.transitions[state] >= 0).tolist()
            if i > 0 and table.distance[table.transitions[state, i]] < max_length - length
        ]
    return found


def test_a_class_stands_for_both_cases_where_the_dictionary_has_one():
    plate = Pattern(r"[A-Z]{2}\d{3}", ALNUM, 25)
    assert plate.text(ALNUM.encode("kn123")) == "KN123"
    assert Pattern("[a-zA-Z]+", ALNUM, 25).text(ALNUM.encode("kn")) == "kn"
    with pytest.raises(ConfigError, match="matches no text"):
        Pattern("[A-Z]+", Charset("ä1"), 25)


def test_a_dictionary_of_both_cases_keeps_them_apart():
    both = Charset("aAbB")
    assert sorted(texts(Pattern("[A-B]a", both, 3), 3)) == ["Aa", "Ba"]


@pytest.mark.parametrize(
    "pattern, read, text",
    [
        (r"\d{4}-\d{2}", "202612", "2026-12"),
        (r"-?\d+(\.\d+)? ?€", "12", "12€"),
        (r"a[-/]b", "ab", "a-b"),
        (r"a\sb", "ab", "a b"),
        (r"(\w+@)?\w+\.com", "abcom", "ab.com"),
        (r"a-{3}b", "ab", "a---b"),
        (r"(a-|-b)c", "bc", "-bc"),
        (r"\(0\)1|01", "01", "01"),
        (r"^(?i:ab)C$", "abc", "abC"),
        (r"\$\d", "5", "$5"),
        (r"é\d", "5", "é5"),
        (r"[*+]a\++", "a", "*a+"),
    ],
)
def test_what_the_model_cannot_read_is_put_in_as_little_as_may_be(pattern, read, text):
    built = Pattern(pattern, ALNUM, 25)
    assert built.text(ALNUM.encode(read)) == text
    assert re.fullmatch(pattern, text)


def test_a_place_for_readable_characters_is_not_passed_over():
    charset = Charset("a1")
    for pattern in (r"\w{2}", "[a_]{2}", "(a|_)(a|_)"):
        found = texts(Pattern(pattern, charset, 4), 3)
        assert found and all(len(text) == 2 and "_" not in text for text in found)


def test_texts_beyond_ascii_match():
    charset = Charset("aéЖ٣")
    assert set(texts(Pattern(".", charset, 2), 1)) == {"a", "é", "Ж", "٣"}
    for pattern in (r"\w", r"\D", r"\W|a", r"[^\d]", "(?i)[^k]"):
        assert all(re.fullmatch(pattern, text) for text in texts(Pattern(pattern, charset, 2), 1))
    assert texts(Pattern("É", charset, 2), 1) == ["É"]


ATOMS = st.sampled_from(
    ["a", "B", "1", "-", "_", ".", " ", r"\d", r"\w", r"\W", "[a-c]", "[^b]", "[-_1]", r"\-", r"[^\d\W]", "(?:b|)"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}", "*?"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        inner.map(lambda part: f"(?i:{part})"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PATTERNS)
def test_what_it_reads_is_what_python_matches(in_this_process, pattern):
    charset, length = Charset("aBc1"), 3  # characters
    matched = [text for n in range(length + 1) for text in map("".join, product("aBc1", repeat=n))]
    matched = [text for text in matched if re.fullmatch(pattern, text)]
    try:
        built = Pattern(pattern, charset, length + 1)
    except ConfigError as error:
        assert "matches no text" in str(error) and set(matched) <= {""}
        return
    assert [text for text in texts(built, length) if not re.fullmatch(pattern, text)] == []
    assert [text for text in matched if not accepts(built, charset.encode(text))] == []


def accepts(pattern: Pattern, ids: list[int]) -> bool:
    state = 0
    for class_id in ids:
        state = pattern.automaton.transitions[state, class_id]
        if state < 0:
            return False
    return bool(pattern.automaton.is_final[state])


@pytest.fixture
def in_this_process():
    """Builds without a process of its own: a hundred patterns would take as many starts of Python."""
    from ppocr_rare.engine.read.decoding import pattern_child

    def build(task, pattern):
        try:
            return pattern_child._build(**{key: task[key] for key in ("pattern", "classes", "max_steps", "max_states")})
        except pattern_child._FaultyPattern as error:
            raise ConfigError(str(error)) from error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pattern_module, "_run_child", build)
        yield


@pytest.mark.parametrize(
    "pattern, fault",
    [
        ("(", "not a regular expression: missing \\)"),
        (r"(a)\1", "not supported: Group references"),
        ("(?P<x>a)(?P=x)", "not supported"),
        ("a(?=b)b", "not supported: \\(\\?="),
        ("(?<!a)b", "not supported: \\(\\?<!"),
        (r"\bab", "not supported"),
        ("a^b", "not supported"),
        ("a++", "not supported: \\+\\+|not a regular expression"),
        ("[]a]", "not supported: \\[\\]a\\]"),
        ("(?i:(?-i:a)b)", "not supported: \\(\\?-"),
        ("[é-ü]1", "matches no text"),
        ("-", "matches no text"),
        ("", "matches no text"),
        ("a{}", "not supported: \\{\\}"),
        ("(?x)a b", "not supported"),
        ("(?#why)a", "not supported"),
        ("é+", "matches no text"),
        ("a{5}", "matches no text of at most 4 characters"),
        ("[^\\s\\S]", "matches no text"),
    ],
)
def test_patterns_that_cannot_be_used_are_one_line(in_this_process, pattern, fault):
    with pytest.raises(ConfigError, match=fault) as raised:
        Pattern(pattern, ALNUM, 5)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("pattern", ["(a|b)*a(a|b){25}", "(((a{1,30}){1,30}){1,30}){1,30}"])
def test_a_catastrophe_ends_in_time(monkeypatch, pattern):
    monkeypatch.setattr(pattern_module, "TIME_LIMIT_S", 1.0)
    start = time.monotonic()
    with pytest.raises(ConfigError, match="takes more than 1 s|too much memory") as raised:
        Pattern(pattern, ALNUM, 25)
    assert time.monotonic() - start < 4.0 and "\n" not in str(raised.value)


def test_too_many_states(monkeypatch):
    monkeypatch.setattr(pattern_module, "MAX_STATES", 100)
    with pytest.raises(ConfigError, match="more than 100 states: make it simpler"):
        Pattern("(a|b)*a(a|b){7}", ALNUM, 25)


def test_too_much_memory(monkeypatch):
    pytest.importorskip("resource")
    monkeypatch.setattr(pattern_module, "_MAX_BYTES", 64 << 20)
    with pytest.raises(ConfigError, match="memory|cannot be built") as raised:
        Pattern("[\U00000100-\U000affff]{30}", ALNUM, 25)
    assert "\n" not in str(raised.value)


def test_a_process_that_fails_is_one_line(monkeypatch):
    done = subprocess.CompletedProcess([], 1, "", "Traceback\nValueError: why\n")
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: done)
    with pytest.raises(ConfigError, match="^pattern 'a': it cannot be built: ValueError: why$"):
        Pattern("a", ALNUM, 25)


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(pattern_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RareError, match=re.escape("pip install 'ppocr_rare[pattern]'")):
        Pattern("a", ALNUM, 25)


def test_text_of_a_pattern_is_not_run():
    assert Pattern("__import__[(]'os'[)]|a", ALNUM, 25).text(ALNUM.encode("a")) == "a"
