"""What is told on the way and at the end."""

import logging
from collections import Counter

import pytest

from ppocr_rare.engine.batch import progress as module
from ppocr_rare.engine.batch.progress import Progress, Summary


def summary(**changes):
    facts = {
        "rows": 1000, "rows_of_this_run": 600, "errors": Counter(), "broken_files": {}, "failed_shards": (0, ""),
        "seconds": 3.0, "workers": 2, "price_per_core_hour": None,
    }  # fmt: skip
    return Summary(**{**facts, **changes})


def test_a_whole_run():
    whole = summary()
    assert whole.exit_code == 0 and whole.cost_per_million is None
    assert whole.lines() == ["rows: 1000, of which 600 in this run", "200 images/s with 2 workers, 100 each"]


def test_the_cost():
    """600 rows took two cores three seconds: a million take 10,000 core seconds, 2.78 core hours."""
    priced = summary(price_per_core_hour=0.036)
    assert priced.cost_per_million == pytest.approx(0.1)
    assert priced.lines()[-1] == "a million rows cost 0.10 at 0.036 a core-hour"
    assert priced.facts()["cost_per_million"] == priced.cost_per_million


def test_errors_and_broken_files_are_told_and_are_1():
    told = summary(errors=Counter({"no image": 2, "not an image": 5}), broken_files={f"{n}": "cut" for n in range(7)})
    assert told.exit_code == 1
    assert told.lines()[1:4] == ["rows with an error: 7", "  not an image: 5", "  no image: 2"]
    assert told.lines()[4] == "files that could not be read: 7"
    assert told.lines()[5:10] == [f"  {number}: cut" for number in range(5)]


def test_lacking_shards_are_2():
    told = summary(failed_shards=(3, "no way"), errors=Counter({"no image": 1}))
    assert told.exit_code == 2
    assert told.lines()[-1] == "shards that are lacking: 3 (no way); the same command tries them again"


def test_nothing_was_left_to_do():
    nothing = summary(rows_of_this_run=0, workers=0, price_per_core_hour=1.0)
    assert nothing.lines() == ["rows: 1000, of which 0 in this run"]


def test_without_a_terminal_the_log_tells_now_and_then(caplog, monkeypatch):
    clock = iter([0.0, 1.0, 40.0, 41.0, 80.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    with caplog.at_level(logging.INFO, "ppocr_rare"), Progress(10_000, 2000) as show:
        for read in (0, 4000, 4100, 4800):
            show(read)
    assert [record.getMessage() for record in caplog.records] == [
        "6000 of 10000 words (60%), 100/s, 00:40 left",
        "6800 of 10000 words (68%), 60/s, 00:53 left",
    ]
