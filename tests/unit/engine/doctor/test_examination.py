"""The runner: none of the checks hides another."""

import logging

import pytest
from material import CONFIG

from ppocr_rare.engine.doctor import Finding, examination, examine, verdict
from ppocr_rare.engine.doctor.findings import Skipped
from ppocr_rare.errors import ConfigError, DataError


def raising(error):
    def check(case):
        yield Finding("ok", "before", "found")
        raise error

    return check


def warning(case):
    logging.getLogger("ppocr_rare.some.module").warning("%d things are odd", 2)
    yield Finding("ok", "warner", "done")


@pytest.fixture
def run(monkeypatch):
    """``run(check, *overrides)``: level, subject and message of what comes behind the configuration's own finding."""

    def run(check, *overrides):
        monkeypatch.setattr(examination, "CHECKS", (("first", check), ("second", warning)))
        findings = [*examine(CONFIG, overrides)]
        return [
            (finding.level, finding.subject, finding.message) for finding in findings if finding.subject != "config"
        ]

    return run


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (DataError("no such folder"), "FAULT", "no such folder"),
        (Skipped("no model"), "note", "not checked: no model"),
        (MemoryError("trace\n\nout of memory\n"), "FAULT", "MemoryError: out of memory"),
        (KeyError(), "FAULT", "KeyError: "),
    ],
)
def test_errors_are_findings(run, error, level, message):
    assert run(raising(error)) == [
        ("ok", "before", "found"),
        (level, "first", message),
        ("ok", "warner", "done"),
        ("note", "second", "2 things are odd"),
    ]


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (DataError("no such folder"), "FAULT", "no such folder"),
        (ConfigError("lacks Loss"), "note", "not checked: mend the configuration first"),
        (KeyError("loader"), "note", "not checked: mend the configuration first"),
    ],
)
def test_what_a_faulty_configuration_causes_is_no_second_fault(run, error, level, message):
    assert run(raising(error), "Global.epoch_num=none")[1] == (level, "first", message)


def test_warnings_of_the_configuration(monkeypatch):
    monkeypatch.setattr(examination, "CHECKS", ())
    handlers = logging.getLogger("ppocr_rare").handlers[:]
    findings = [*examine(CONFIG, ["Architecture.Head.l2_decay=0.1"])]
    notes = [finding.message for finding in findings if finding.level == "note"]
    assert any("l2_decay" in note for note in notes)
    assert logging.getLogger("ppocr_rare").handlers == handlers


def test_verdict():
    good, odd, bad = (Finding(level, "x", "y") for level in ("ok", "note", "FAULT"))
    assert verdict([good]) == ("nothing stands against a start: 0 faults, 0 notes", 0)
    assert verdict([good, odd]) == ("nothing stands against a start: 0 faults, 1 note", 0)
    assert verdict([bad, good, odd, bad]) == ("training cannot start: 2 faults, 1 note", 1)
