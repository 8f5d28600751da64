import dataclasses

import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.decoding import automaton
from ppocr_rare.engine.read.decoding.automaton import Automaton, build_automaton, check_size, join_automata
from ppocr_rare.errors import ConfigError


def built(edges: list[tuple[int, int, int]], finals: list[int], num_states: int) -> Automaton:
    columns = np.array(edges, np.int64).reshape(-1, 3).T
    return build_automaton((columns[0], columns[1], columns[2]), np.isin(np.arange(num_states), finals), Charset("ab"))


def test_distance_is_that_of_the_nearest_final_state():
    table = built([(0, 1, 1), (1, 1, 2), (2, 1, 3), (0, 2, 4), (4, 1, 3), (2, 2, 0)], [3], 5)
    assert table.distance.tolist() == [2, 2, 1, 0, 1]
    assert table.transitions[0].tolist() == [0, 1, 4, -1] and table.transitions[3].tolist() == [3, -1, -1, -1]


def test_no_transition_leads_to_where_no_text_ends():
    table = built([(0, 1, 1), (0, 2, 2), (2, 1, 2)], [1], 3)
    assert table.distance.tolist() == [1, 0, -1]
    assert table.transitions[0].tolist() == [0, 1, -1, -1]


def test_it_cannot_be_changed():
    table = built([(0, 1, 1)], [1], 2)
    with pytest.raises(ValueError, match="read-only"):
        table.transitions[0, 1] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.start = 1


def test_joined_automata_are_what_they_were():
    one, other = built([(0, 1, 1)], [1], 2), built([(0, 2, 1), (1, 1, 2)], [0, 2], 3)
    joined, starts = join_automata([other, one, other])
    assert starts.tolist() == [0, 3, 0]
    assert joined.transitions.tolist() == [
        *other.transitions.tolist(),
        *[[3, 4, -1, -1], [4, -1, -1, -1]],
    ]
    assert joined.is_final.tolist() == [True, False, True, False, True]
    assert joined.distance.tolist() == [0, 1, 0, 1, 0]


def test_one_automaton_for_all_is_not_copied():
    table = built([(0, 1, 1)], [1], 2)
    joined, starts = join_automata([table] * 3)
    assert joined is table and starts.tolist() == [0, 0, 0]


def test_a_table_too_large_is_refused_before_it_is_made(monkeypatch):
    with pytest.raises(ConfigError, match="give fewer or shorter words, a simpler pattern"):
        check_size(200_000, 7_000)
    check_size(200_000, 600)
    monkeypatch.setattr(automaton, "MAX_BYTES", 2 * 4 * 4)
    one, other = built([(0, 1, 1)], [1], 2), built([(0, 1, 1)], [1], 2)
    with pytest.raises(ConfigError, match="4 states of 4 classes"):
        join_automata([one, other])
    with pytest.raises(ConfigError, match="3 states of 4 classes"):
        built([(0, 1, 1)], [1], 3)
