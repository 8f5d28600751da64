"""When something is due, counted out by hand."""

import pytest

from ppocr_rare.engine.train import decisions


@pytest.mark.parametrize(
    ("eval_batch_step", "due"),
    [([0, 4], [4, 8, 12]), (4, [4, 8, 12]), ((3, 4), [7, 11]), ([6, 1], [7, 8, 9, 10, 11, 12])],
)
def test_evaluation_is_due_behind_the_start_only(eval_batch_step, due):
    assert [step for step in range(1, 13) if decisions.should_eval(step, eval_batch_step)] == due


def test_other_intervals():
    assert [n for n in range(1, 8) if decisions.should_keep_epoch(n, 3)] == [3, 6]
    assert [n for n in range(1, 8) if decisions.should_save_step(n, 2)] == [2, 4, 6]
    assert [n for n in range(1, 8) if decisions.should_eval_epoch(n, 4)] == [4]
    assert not any(decisions.should_save_step(n, None) or decisions.should_eval_epoch(n, None) for n in range(1, 8))


def test_of_equals_the_earlier_stays_unless_the_second_measure_is_better():
    best = {"acc": 0.5, "norm_edit_dis": 0.8}
    assert decisions.is_better({"acc": 0.1}, {}, "acc")
    assert decisions.is_better({"acc": 0.6, "norm_edit_dis": 0.1}, best, "acc")
    assert not decisions.is_better({"acc": 0.4, "norm_edit_dis": 0.9}, best, "acc")
    assert not decisions.is_better(best, best, "acc")  # the earlier of equals stays
    assert decisions.is_better({"acc": 0.5, "norm_edit_dis": 0.9}, best, "acc")
    assert decisions.is_better({"acc": 0.6, "norm_edit_dis": 0.8}, best, "norm_edit_dis")


def test_patience():
    assert not decisions.should_stop_early(100, None)
    assert [n for n in range(5) if decisions.should_stop_early(n, 3)] == [3, 4]
