"""The classes of a small head, whose every number says which class it was for."""

import numpy as np
import pytest

from ppocr_rare.utils.checkpoint.transfer import CLASS_ENTRIES, ClassTransfer, transfer_classes

HIDDEN, CONTEXT = 3, 4
WEIGHT, BIAS, INPUT = CLASS_ENTRIES


def head(characters, sign):
    """Entries of a head: the class of entry e of a dictionary has ``sign * ord(e)``, sos 1 and eos 2, the rest 7."""
    classes = np.array([1, *map(ord, characters), 2], np.float32) * sign
    context = np.full((3 * HIDDEN, CONTEXT), 7 * sign, np.float32)
    return {
        WEIGHT: np.tile(classes, (HIDDEN, 1)),
        BIAS: classes,
        INPUT: np.concatenate([context, np.tile(classes, (3 * HIDDEN, 1))], axis=1),
    }


def test_each_character_takes_its_numbers_along():
    trained, fresh = {**head("abc", 1), "neck.weight": np.ones(2)}, head("céa", -1)
    copies = [{name: array.copy() for name, array in state.items()} for state in (trained, fresh)]
    state, report = transfer_classes(trained, "abc", "céa", fresh)
    expected = np.array([1, ord("c"), -ord("é"), ord("a"), 2], np.float32)
    np.testing.assert_array_equal(state[WEIGHT], np.tile(expected, (HIDDEN, 1)))
    np.testing.assert_array_equal(state[BIAS], expected)
    np.testing.assert_array_equal(state[INPUT], np.tile([7, 7, 7, 7, *expected], (3 * HIDDEN, 1)))
    assert state["neck.weight"] is trained["neck.weight"]
    assert report == ClassTransfer(num_classes=5, num_kept=4, new=("é",), gone=("b",))
    for given, copy in zip((trained, fresh), copies, strict=True):
        assert all(np.array_equal(given[name], copy[name]) for name in copy)


def test_equal_dictionaries_change_nothing():
    trained = head("abc", 1)
    state, report = transfer_classes(trained, "abc", "abc", head("abc", -1))
    assert all(np.array_equal(state[name], trained[name]) for name in CLASS_ENTRIES)
    assert str(report) == "5 of 5 classes kept"


def test_of_equal_entries_the_last_is_the_one_that_was_trained():
    trained = head("aba", 1)
    trained[BIAS] = np.arange(5, dtype=np.float32)
    state, _ = transfer_classes(trained, "aba", "ba", head("ba", -1))
    assert state[BIAS].tolist() == [0, 2, 3, 4]


def test_the_report_is_one_line():
    assert str(ClassTransfer(5, 4, ("é",), ("b", "'"))) == "4 of 5 classes kept; new: 'é'; gone: 'b', \"'\""
    many = str(ClassTransfer(90, 4, tuple(map(chr, range(0x4E00, 0x4E00 + 30))), ()))
    assert many.endswith(" and 10 more") and many.count("'") == 40


def test_bfloat16_numbers_are_widened():
    trained = head("ab", 1)
    halves = {name: (array.view(np.uint32) >> 16).astype(np.uint16) for name, array in trained.items()}
    state, _ = transfer_classes(halves, "ab", "b", head("b", -1))
    assert state[BIAS].dtype == np.float32 and state[BIAS].tolist() == [1, ord("b"), 2]


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop(BIAS),
        lambda state: state.update({WEIGHT: state[WEIGHT][1:]}),
        lambda state: state.update({INPUT: state[INPUT][:, 1:]}),
        lambda state: state.update({INPUT: state[INPUT][:, :1]}),
        lambda state: state.update({BIAS: state[BIAS].astype(np.int64)}),
    ],
)
def test_a_head_that_differs_in_more_than_its_classes_is_left_as_it_is(change):
    trained = head("ab", 1)
    change(trained)
    state, report = transfer_classes(trained, "ab", "bc", head("bc", -1))
    assert report is None
    assert set(state) == set(trained) and all(state[name] is trained[name] for name in trained)


def test_new_capitals_and_accents_start_as_the_letters_that_they_are_alike():
    state, report = transfer_classes(head("ae", 1), "ae", "aAéÉ%", head("aAéÉ%", -1), borrows=True)
    a, e = ord("a"), ord("e")
    assert state[BIAS].tolist() == [1, a, a, e, e, -ord("%"), 2]
    assert report == ClassTransfer(7, 3, ("%",), ("e",), (("A", "a"), ("é", "e"), ("É", "e")))
    assert "starting as one alike: 'A from a', 'é from e', 'É from e'" in str(report)
