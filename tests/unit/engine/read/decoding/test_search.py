import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.decoding.automaton import build_automaton
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.decoding.search import BeamSearch
from ppocr_rare.errors import DataError

NUM_STEPS = 4


@pytest.fixture(scope="module")
def anything(letters):
    classes = np.arange(1, letters.eos_id)
    return build_automaton((classes * 0, classes, classes * 0), np.ones(1, bool), letters)


def run(automaton, step, memory, hidden, width, top_k=1):
    search = BeamSearch(automaton, 0, NUM_STEPS, width, top_k)
    found = search(step, memory, hidden, np.zeros(len(memory), np.int64))
    return [list(paths) for paths in found]


def all_paths(step, memory, hidden, automaton):
    """Every path of one image that the automaton lets pass: its classes and score."""
    eos, found = automaton.transitions.shape[1] - 1, []

    def go_on(state, token, ids, place, score):
        if len(ids) == NUM_STEPS:
            found.extend([(score, ids)] if automaton.is_final[place] else [])
            return
        probabilities, state, _ = step(memory, state, np.array([token]))
        logs = score + np.log(np.clip(probabilities[0].astype(np.float64), np.finfo(np.float32).tiny, 1))
        if probabilities.argmax() == 0 and automaton.distance[place] < NUM_STEPS - len(ids):
            return go_on(state, 0, (*ids, 0), place, logs[0])
        if automaton.is_final[place]:
            found.append((logs[eos], ids))
        for class_id in np.flatnonzero(automaton.transitions[place] >= 0)[1:].tolist():
            go_on(state, class_id, (*ids, class_id), automaton.transitions[place, class_id], logs[class_id])

    go_on(np.zeros((1, hidden), np.float32), 0, (), 0, 0.0)
    return sorted(found, key=lambda path: -path[0])


seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=60)
@given(seed=seeds, is_coarse=st.booleans())
def test_the_narrowest_beam_is_greedy(make_step, make_memory, hidden, letters, anything, seed, is_coarse):
    step, memory = make_step(seed, len(letters), is_coarse), make_memory(seed, 5)
    found = run(anything, step, memory, hidden, width=1)
    state, token = np.zeros((5, hidden), np.float32), np.zeros(5, np.int64)
    greedy = [[] for _ in range(5)]
    for _ in range(NUM_STEPS):
        probabilities, state, _ = step(memory, state, token)
        token = probabilities.argmax(1)
        for image in range(5):
            if letters.eos_id not in greedy[image]:
                greedy[image].append(int(token[image]))
    assert [paths[0].ids.tolist() for paths in found] == [
        [class_id for class_id in ids if class_id != letters.eos_id] for ids in greedy
    ]


@settings(deadline=None, max_examples=60)
@given(seed=seeds, is_coarse=st.booleans(), words=st.lists(st.text("abc1", min_size=1, max_size=3), max_size=8))
def test_the_best_never_falls_as_the_beam_grows(
    make_step, make_memory, hidden, letters, anything, seed, is_coarse, words
):
    step, memory = make_step(seed, len(letters), is_coarse), make_memory(seed, 4)
    automaton = Lexicon(words, letters, NUM_STEPS).automaton if words else anything
    best = [
        [paths[0].log_probability for paths in run(automaton, step, memory, hidden, width, top_k)]
        for width, top_k in [(1, 1), (2, 3), (3, 1), (4, 2), (5, 1), (9, 9), (30, 1)]
    ]
    assert (np.diff(np.array(best), axis=0) >= 0).all()


def test_a_wider_beam_does_not_lose_what_a_narrower_one_found(letters, anything):
    # The two best pairs of letters begin with b, and neither comes to a good end; that of greedy search does.
    a, b, end = 1, 2, letters.eos_id
    following = {
        (0, 0): {a: 0.5, b: 0.4},
        (0, a): {1: 0.34, 2: 0.33, 3: 0.33},
        (0, b): {1: 0.5, 2: 0.5},
        (a, a): {end: 1.0},
    }

    def step(memory, state, token):
        probabilities = np.full((len(token), len(letters)), 0.01, np.float32)
        for row, (before, last) in enumerate(zip(state[:, 0].astype(int), token, strict=True)):
            for class_id, probability in following.get((before, last), {}).items():
                probabilities[row, class_id] = probability
        return [probabilities, token[:, None].astype(np.float32), memory[:, :, 0]]

    found = [run(anything, step, np.ones((1, 3, 5), np.float32), 1, width)[0][0] for width in (1, 2, 3)]
    assert [path.ids.tolist() for path in found] == [[a, a]] * 3
    assert found[0].log_probability == pytest.approx(np.log(0.5 * 0.34))


@settings(deadline=None, max_examples=12)
@given(seed=seeds, words=st.lists(st.text("abc1", min_size=1, max_size=3), max_size=12))
def test_a_wide_beam_finds_all(make_step, make_memory, hidden, seed, words):
    charset = Charset("abc1"[:2]) if not words else Charset("abc1")
    classes = np.arange(1, charset.eos_id)
    free = build_automaton((classes * 0, classes, classes * 0), np.ones(1, bool), charset)
    automaton = Lexicon(words, charset, NUM_STEPS).automaton if words else free
    step, memory = make_step(seed, len(charset)), make_memory(seed, 2)
    found = run(automaton, step, memory, hidden, width=300, top_k=1000)
    for image in range(2):
        expected = all_paths(step, memory[image : image + 1], hidden, automaton)
        assert [path.log_probability for path in found[image]] == pytest.approx([score for score, _ in expected])
        assert {tuple(path.ids) for path in found[image]} == {ids for _, ids in expected}


@settings(deadline=None, max_examples=20)
@given(seed=seeds)
def test_what_was_found_is_what_the_steps_said(make_step, make_memory, hidden, letters, anything, seed):
    step, memory = make_step(seed, len(letters)), make_memory(seed, 3)
    for image, paths in enumerate(run(anything, step, memory, hidden, width=3, top_k=3)):
        for path in paths:
            state, score = np.zeros((1, hidden), np.float32), 0.0
            tokens = [0, *path.ids.tolist()]
            for place, token in enumerate(tokens):
                if place == NUM_STEPS:
                    break
                probabilities, state, attention = step(memory[image : image + 1], state, np.array([token]))
                if place < len(path.ids):
                    assert path.probabilities[place] == pytest.approx(probabilities[0], abs=1e-6)
                    assert path.attention[place] == pytest.approx(attention[0], abs=1e-6)
                score += float(np.log(probabilities[0, tokens[place + 1] if place < len(path.ids) else letters.eos_id]))
            assert path.log_probability == pytest.approx(score, abs=1e-4)
            assert path.probabilities.dtype == path.attention.dtype == np.float32
            assert path.attention.shape == (len(path.ids), memory.shape[1])


def constant_step(*probabilities):
    """A step that says the same whatever comes before."""
    row = np.array(probabilities, np.float32)
    return lambda memory, state, token: [np.tile(row, (len(token), 1)), state, np.ones((len(token), 3), np.float32)]


def test_ended_images_leave_the_batch(make_memory, hidden, anything, letters):
    rows = []

    def step(memory, state, token):
        rows.append(len(token))
        is_first = memory[:, 0, 0] > 0
        probabilities = np.full((len(token), len(letters)), 0.01, np.float32)
        probabilities[is_first, letters.eos_id] = probabilities[~is_first, 1] = 0.95
        return [probabilities, state, memory[:, :, 0]]

    memory = np.ones((6, 3, 5), np.float32)
    memory[2] = -1
    found = run(anything, step, memory, hidden, width=1)
    assert rows == [6, 1, 1, 1]
    assert [len(paths[0].ids) for paths in found] == [0, 0, NUM_STEPS, 0, 0, 0]


def test_hypotheses_that_fell_behind_are_dropped(make_step, make_memory, hidden, letters, anything):
    step = make_step(0, len(letters))
    step.output[:, letters.eos_id] = 0
    run(anything, lambda *args: [constant_step(0.0, 0.02, 0.02, 0.01, 0.0, 0.95)(*args)[0], *step(*args)[1:]],
        make_memory(0, 7), hidden, width=5)  # fmt: skip
    assert step.rows == [7]


def test_probabilities_of_0_do_not_lose_the_last_way(hidden, letters):
    lexicon = Lexicon(["cab"], letters, NUM_STEPS)
    found = run(lexicon.automaton, constant_step(0, 1, 0, 0, 0, 0), np.ones((2, 3, 5), np.float32), hidden, width=2)
    assert [lexicon.text(paths[0].ids.tolist()) for paths in found] == ["cab", "cab"]
    assert found[0][0].log_probability == pytest.approx(3 * np.log(np.finfo(np.float32).tiny))


def test_no_state_is_entered_that_has_no_way_out_in_time(hidden):
    charset = Charset("ab")
    edges = np.array([(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 1, 4), (4, 1, 5), (0, 2, 6)]).T
    automaton = build_automaton((edges[0], edges[1], edges[2]), np.isin(np.arange(7), [5, 6]), charset)
    found = run(automaton, constant_step(0, 0.9, 0.05, 0.05), np.ones((1, 3, 5), np.float32), hidden, width=1)
    assert found[0][0].ids.tolist() == [2]


def test_sos_may_come_first_and_is_said_where_it_is_likeliest(hidden, letters):
    lexicon = Lexicon(["ab"], letters, NUM_STEPS)

    def step(memory, state, token):
        is_first = state[:, :1] == 0
        probabilities = np.where(is_first, [0.9, 0.02, 0.02, 0.02, 0.02, 0.02], [0.2, 0.3, 0.3, 0.1, 0.05, 0.05])
        return [probabilities.astype(np.float32), state + 1, memory[:, :, 0]]

    for width in (1, 10):
        ((path,),) = run(lexicon.automaton, step, np.ones((1, 3, 5), np.float32), hidden, width, top_k=3)
        assert path.ids.tolist() == [0, 1, 2]
        assert path.log_probability == pytest.approx(np.log(0.9) + 2 * np.log(0.3) + np.log(0.05), abs=1e-5)


def test_sos_without_end_does_not_lose_the_way(hidden, letters):
    lexicon = Lexicon(["cab"], letters, NUM_STEPS)
    found = run(lexicon.automaton, constant_step(0.9, 0, 0, 0, 0, 0.1), np.ones((1, 3, 5), np.float32), hidden, width=1)
    assert found[0][0].ids.tolist() == [0, 3, 1, 2]


def test_a_final_state_may_be_reached_with_the_last_step(hidden):
    charset = Charset("ab")
    edges = np.array([(place, 1, place + 1) for place in range(NUM_STEPS)]).T
    automaton = build_automaton((edges[0], edges[1], edges[2]), np.arange(NUM_STEPS + 1) == NUM_STEPS, charset)
    found = run(automaton, constant_step(0, 0.5, 0.3, 0.2), np.ones((1, 3, 5), np.float32), hidden, width=2)
    assert found[0][0].ids.tolist() == [1] * NUM_STEPS
    assert found[0][0].log_probability == pytest.approx(NUM_STEPS * np.log(0.5))


def test_another_dictionary_is_told(hidden, anything):
    with pytest.raises(DataError, match="not the dictionary that the model was trained with"):
        run(anything, constant_step(0.5, 0.5), np.ones((1, 3, 5), np.float32), hidden, width=1)
