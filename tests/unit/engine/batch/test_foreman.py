"""Shards are read whatever becomes of the workers, and a row that ends them costs itself alone."""

from collections import deque

import pytest

from ppocr_rare.engine.batch import foreman
from ppocr_rare.engine.batch.foreman import MAX_DEATHS, MAX_FAILURES, Foreman
from ppocr_rare.engine.batch.messages import Died, Done, Failed, Reading, Ready, Said
from ppocr_rare.engine.batch.parts import Tally
from ppocr_rare.engine.batch.shards import Shard, Span
from ppocr_rare.engine.batch.worker import FLIGHT_ROWS, _ranges
from ppocr_rare.errors import RareError


def shard_of(name, num_rows):
    return Shard(name, (Span(name, 0, 0, 0, 0, 0, num_rows),))


class ActedCrew:
    """Workers that read as real ones do, and die at certain rows of certain shards.

    Args:
        size: how many.
        poison: rows that end whoever reads them, by shard.
        killed: how often somebody kills the worker of a shard, whatever it reads.
        answers: what is said of a shard instead of reading it, once each.
    """

    def __init__(self, size=2, poison=None, killed=None, answers=None):
        self.size = size
        self.poison, self.killed, self.answers = poison or {}, dict(killed or {}), answers or {}
        self.said = deque((number, Ready()) for number in range(size))
        self.num_started, self.num_read, self.errors = size, 0, {}
        self.silent = False

    def begin(self, number, task):
        self.said.extend((number, message) for message in self._read(task))

    def messages(self, timeout_s):
        return [self.said.popleft()] if self.said else []

    def replace(self, number):
        self.num_started += 1
        self.said = deque(one for one in self.said if one[0] != number)
        self.said.append((number, Ready()))

    def _read(self, task):
        name = task.shard.name
        if self.answers.get(name):
            yield self.answers[name].pop(0)
            return
        if self.silent:
            return
        read = len(task.poisoned)
        for start, stop in _ranges(task):
            while start < stop:
                end = min(start + FLIGHT_ROWS, stop)
                yield Reading((start, end), read)
                self.num_read += end - start
                if self.killed.get(name):
                    self.killed[name] -= 1
                    yield Died("exit code -9")
                    return
                if any(start <= row < end for row in self.poison.get(name, ())):
                    yield Died("exit code -11")
                    return
                read += end - start
                start = end
        self.errors[name] = task.poisoned
        yield Done(Tally(task.shard.num_rows))


def run(crew, *shards, **options):
    shown = []
    outcome = Foreman(crew, iter(shards), shown.append, **options).run()
    return outcome, shown


def test_all_shards_are_read_once():
    crew = ActedCrew()
    outcome, shown = run(crew, *(shard_of(f"s{number}", 3000) for number in range(7)))
    assert (outcome.tally.rows, outcome.failures, crew.num_started) == (21_000, [], 2)
    assert crew.num_read == 21_000 == shown[-1] and sorted(shown) == shown


def test_nothing_to_read():
    assert run(ActedCrew())[0].tally.rows == 0


@pytest.mark.parametrize("row", [0, 1, 511, 1023, 1024, 2500, 4999])
def test_a_poisoned_row_is_found_and_costs_itself_alone(row):
    crew = ActedCrew(poison={"bad": [row]})
    outcome, _ = run(crew, shard_of("good", 5000), shard_of("bad", 5000))
    assert (outcome.tally.rows, outcome.failures) == (10_000, [])
    assert crew.errors == {"good": (), "bad": (row,)}
    assert crew.num_started - 2 <= 13  # once in the flight, ten times halved, twice alone
    assert crew.num_read < 10_000 + 2 * 5000 + 4 * FLIGHT_ROWS  # not the whole shard each time


def test_several_poisoned_rows():
    crew = ActedCrew(size=1, poison={"bad": [3, 4, 4000]})
    outcome, _ = run(crew, shard_of("bad", 5000))
    assert outcome.tally.rows == 5000 and crew.errors["bad"] == (3, 4, 4000)


def test_a_shard_of_poison_ends_all_the_same():
    crew = ActedCrew(poison={"bad": range(5000)})
    outcome, _ = run(crew, shard_of("bad", 5000), shard_of("good", 10))
    assert outcome.tally.rows == 5010 and crew.errors["bad"] == tuple(range(5000))
    assert crew.num_started <= MAX_DEATHS + 5000 // FLIGHT_ROWS + 10


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_worker_that_is_killed_from_outside_leaves_no_row_behind(times):
    crew = ActedCrew(killed={"a": times})
    outcome, _ = run(crew, shard_of("a", 5000), shard_of("b", 5000))
    assert (outcome.tally.rows, crew.errors, crew.num_started) == (10_000, {"a": (), "b": ()}, 2 + times)


def test_an_idle_worker_may_die():
    crew = ActedCrew(size=2)
    crew.said.append((1, Died("exit code -9")))
    assert run(crew, shard_of("a", 10))[0].tally.rows == 10


def test_workers_that_die_before_they_can_read_end_the_run():
    crew = ActedCrew(size=2)
    crew.said = deque([(0, Died("exit code 1"))] * 9)
    crew.replace = lambda number: None
    with pytest.raises(RareError, match=r"die before they can read \(exit code 1\): too little memory\? Say fewer"):
        run(crew, shard_of("a", 10))


def test_a_failure_is_tried_again_and_then_left_out():
    answers = {"once": [Failed("no way")], "ever": [Failed("no way")] * 9, "silent": [Died("exit code 1")] * 9}
    crew = ActedCrew(answers=answers)
    outcome, _ = run(crew, *(shard_of(name, 10) for name in ("a", *answers)))
    assert outcome.tally.rows == 20
    assert sorted((shard.name, reason) for shard, reason in outcome.failures) == [
        ("ever", "no way"), ("silent", "its workers die (exit code 1)"),
    ]  # fmt: skip
    assert len(answers["ever"]) == 9 - MAX_FAILURES == len(answers["silent"])


def test_what_cannot_be_mended_ends_the_run_at_once():
    crew = ActedCrew(answers={"a": [Failed("the disk is full", is_final=True)]})
    with pytest.raises(RareError, match="the disk is full"):
        run(crew, shard_of("a", 10), shard_of("b", 10))


def test_a_way_that_is_gone_ends_the_run_before_all_shards_are_given_up():
    answers = {f"s{number}": [Failed("no way")] * 9 for number in range(100)}
    crew = ActedCrew(answers=answers)
    with pytest.raises(RareError, match="no way"):
        run(crew, *(shard_of(name, 10) for name in answers))
    assert sum(map(len, answers.values())) >= 900 - 2 * 10 - 2


def test_a_worker_that_hangs_is_replaced(monkeypatch):
    crew, clock = ActedCrew(size=1), iter(range(0, 10**6, 4))
    monkeypatch.setattr(foreman.time, "monotonic", lambda: next(clock))
    crew.silent = True
    replace = crew.replace

    def mend(number):
        crew.silent = False
        replace(number)

    crew.replace = mend
    outcome, _ = run(crew, shard_of("a", 10), stuck_s=60)
    assert outcome.tally.rows == 10 and crew.num_started == 2


def test_what_workers_say_is_logged_once(caplog):
    said = Said("ppocr_rare.engine", 30, "most images have no crop's shape")
    crew = ActedCrew()
    crew.said.extend([(0, said), (1, said)])
    with caplog.at_level("WARNING", "ppocr_rare"):
        run(crew, shard_of("a", 10))
    assert [record.getMessage() for record in caplog.records] == [said.text]
