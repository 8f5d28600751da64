"""The log is for machines, and holds nothing of what clients send."""

import io
import json
import logging
import sys

import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.serve.logs import LOGGERS, log_as_json


@pytest.fixture
def log(monkeypatch):
    """What is written to stderr."""
    monkeypatch.setattr("sys.stderr", io.StringIO())
    names = [*LOGGERS, "ppocr_rare.engine.read.decoding.lexicon"]
    before = {name: (logger.handlers[:], logger.level, logger.propagate) for name in names if (logger := named(name))}
    log_as_json()
    yield sys.stderr
    for name, (handlers, level, propagate) in before.items():
        named(name).handlers[:], named(name).propagate = handlers, propagate
        named(name).setLevel(level)


def named(name):
    return logging.getLogger(name)


def test_a_line_is_an_object(log):
    named("ppocr_rare.serve.any").info("a\nline", extra={"fields": {"status": 200}})
    line = json.loads(log.getvalue())
    assert (line["message"], line["level"], line["status"]) == ("a\nline", "info", 200)


def test_the_words_of_a_lexicon_are_not_logged(log):
    Lexicon(["joint", "jo!nt", "\u00fc\u00fc", "x" * 60], Charset.from_file(None), 25)
    assert log.getvalue() == ""
