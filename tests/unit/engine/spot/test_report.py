"""Lines about photographs."""

import json

from ppocr_rare.engine.read.evidence import Character
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.spot.report import LINES, error_line
from ppocr_rare.engine.spot.spotter import SpottedWord

BOX = ((1.0, 2.0), (31.04, 2.0), (31.0, 12.0), (1.0, 12.0))
POINTS = [[1.0, 2.0], [31.0, 2.0], [31.0, 12.0], [1.0, 12.0]]
LETTER = Character("é", 0.5, "e", 0.4, (0, 1), BOX)
WORDS = [SpottedWord(BOX, RecognizedWord("é", 0.75, (0.75,), characters=(LETTER,)))]


def test_text_is_what_paddleocr_writes():
    path, _, found = LINES["text"]("a\nb.jpg", WORDS).partition("\t")
    assert path == "a\\nb.jpg" and json.loads(found) == [{"transcription": "é", "points": POINTS}]
    assert LINES["text"]("a", []) == "a\t[]"


def test_json_says_all():
    said = json.loads(LINES["json"]("a.jpg", WORDS))
    letter = {"char": "é", "score": 0.5, "box": POINTS}
    assert said == {
        "path": "a.jpg",
        "words": [{"text": "é", "score": 0.75, "polygon": POINTS, "characters": [letter]}],
    }
    assert json.loads(error_line("json", "a", "bad")) == {"path": "a", "error": "bad"}


def test_tsv_has_a_line_for_each_word():
    flat = "1.0,2.0,31.0,2.0,31.0,12.0,1.0,12.0"
    assert LINES["tsv"]("a.jpg", WORDS * 2) == f"a.jpg\té\t0.7500\t{flat}\na.jpg\té\t0.7500\t{flat}"
    assert LINES["tsv"]("a.jpg", []) == "a.jpg\t\t\t"
    assert error_line("tsv", "a", "b\tad") == "a\terror: b\\tad"
