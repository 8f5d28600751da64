"""What is shown of names and labels: one line each, and nothing that a terminal obeys."""

import csv
import io
import json
import logging

from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.engine.evaluate.evaluator import Prediction
from ppocr_rare.engine.evaluate.report import PredictionWriter
from ppocr_rare.utils.printable import MessageFormatter, escape, escape_message, json_row, row
from ppocr_rare.utils.stats import Rejection

NASTY = "a\nb\x1b[31m\r\x07\x9b2J\u2028\u202e\tc"
SHOWN = r"a\nb\x1b[31m\r\x07\x9b2J\u2028\u202e\tc"


def test_control_characters_are_written_out():
    assert escape(NASTY) == SHOWN
    assert escape(NASTY, keep="\t") == SHOWN.replace("\\t", "\t")
    assert escape("Straße 12, 東京 é") == "Straße 12, 東京 é"
    assert row("x", NASTY) == f"x\t{SHOWN}"


@given(st.text())
def test_a_row_is_one_line_of_printable_cells(text):
    assert row(text, text).splitlines() in ([row(text, text)], [])
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in escape(text))


@given(st.text())
def test_a_row_of_json_reads_back(text):
    line = json_row({"path": text})
    assert json.loads(line) == {"path": text} and len(line.splitlines()) == 1


def test_a_message_keeps_the_lines_that_are_set_in():
    assert escape_message("f.yml: 2 faults\n  a: x\n  b: y") == "f.yml: 2 faults\n  a: x\n  b: y"
    assert escape_message(f"{NASTY}: missing") == f"{SHOWN}: missing"


def test_log_messages_stay_on_their_line():
    record = logging.LogRecord("ppocr_rare", logging.WARNING, "f", 1, "%s: left out", (NASTY,), None)
    assert MessageFormatter("%(levelname)s: %(message)s").format(record) == f"WARNING: {SHOWN}: left out"


def test_reports_show_names_on_one_line():
    assert len(str(Rejection(NASTY, NASTY, "missing file", NASTY)).splitlines()) == 1
    file = io.StringIO()
    PredictionWriter(file)(Prediction(NASTY, 0, NASTY, NASTY, NASTY, 1.0, True))
    assert len(file.getvalue().splitlines()) == 2
    assert list(csv.reader(io.StringIO(file.getvalue()), delimiter="\t"))[1][0] == SHOWN.replace("\\t", "\t")
