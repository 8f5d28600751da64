import logging
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.data.charset import DEFAULT_CHARACTERS, Charset
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.errors import ConfigError

ALNUM = Charset(DEFAULT_CHARACTERS)


def spelled(lexicon: Lexicon) -> set[tuple[int, ...]]:
    """All that a lexicon lets pass."""
    table, found, waiting = lexicon.automaton, set(), [(lexicon.automaton.start, ())]
    while waiting:
        state, ids = waiting.pop()
        if table.is_final[state]:
            found.add(ids)
        following = np.flatnonzero(table.transitions[state] >= 0)[1:]  # but sos
        waiting += [(table.transitions[state, i], (*ids, i)) for i in following]
    return found


@given(st.lists(st.text("abAB1-é", min_size=1, max_size=6), min_size=1, max_size=20))
def test_it_lets_its_words_pass_and_no_others(words):
    charset = Charset("abB1")
    folded = [word.replace("A", "a") for word in words]
    ids = [tuple(charset.encode(word)) for word in folded]
    usable = {key: word for key, word in reversed(list(zip(ids, words, strict=True))) if 0 < len(key) < 5}
    if not usable:
        with pytest.raises(ConfigError, match="no word that the model can read"):
            Lexicon(words, charset, 5)
        return
    lexicon = Lexicon(words, charset, 5)
    assert spelled(lexicon) == set(usable)
    assert {key: lexicon.text(key) for key in usable} == usable
    assert lexicon.automaton.distance.min() == 0  # each state leads to a word


def test_the_first_of_words_that_are_the_same_is_read():
    lexicon = Lexicon(["co", "Coop", "CO-OP", "coop"], ALNUM, 25)
    assert lexicon.text(ALNUM.encode("coop")) == "Coop"


def test_what_is_passed_over_and_left_out_is_named_once(caplog):
    with caplog.at_level(logging.WARNING):
        Lexicon(["a-b", "c'd-", "--", "x" * 25, "y" * 24], ALNUM, 25)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "characters of the lexicon that the model does not know are passed over, 5 in 3 words: \"'\", '-'",
        "1 words of the lexicon are left out: they have no character that the model knows: '--'",
        f"1 words of the lexicon are left out: they have more than the 24 characters it can read: {'x' * 25!r}",
    ]


def test_many_faults_are_counted_and_a_few_shown(caplog):
    Lexicon(["a", *["x" * length for length in range(30, 40)]], ALNUM, 25)
    assert "10 words" in caplog.text and caplog.text.count("xxx'") == 5 and "and 5 more" in caplog.text


@pytest.mark.parametrize(
    "words, fault",
    [
        ([], "empty"),
        (["-", ""], "no word that the model can read"),
        (["abcde"], "no word that the model can read"),
        (["a", None], "not a text: None"),
        ("abc", "give a list of words"),
    ],
)
def test_words_that_cannot_be_used(words, fault):
    with pytest.raises(ConfigError, match=fault):
        Lexicon(words, ALNUM, 5)


def test_a_long_word_among_many_takes_no_memory(caplog):
    lexicon = Lexicon(["a" * 1_000_000, *map(str, range(1000))], ALNUM, 25)
    assert len(lexicon.automaton.is_final) == 1001  # one for each number, and the root
    assert len(caplog.text) < 300


def test_a_hundred_thousand_words_take_no_time():
    letters = np.random.default_rng(0).integers(0, 26, (100_000, 9)) + ord("a")
    words = ["".join(map(chr, row)) for row in letters.tolist()]
    start = time.process_time()
    lexicon = Lexicon(words, ALNUM, 25)
    assert time.process_time() - start < 3.0  # about 0.3
    assert lexicon.text(ALNUM.encode(words[77_777])) == words[77_777]
