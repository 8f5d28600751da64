"""What was read in photographs, as lines for people and for programs."""

import json
from collections.abc import Callable, Sequence

from ppocr_rare.engine.read.evidence import Box
from ppocr_rare.engine.spot.spotter import SpottedWord
from ppocr_rare.utils.printable import escape, json_row, row

_DIGITS = 1  # of coordinates; a tenth of a pixel is less than what they are known to


def text_line(path: str, words: Sequence[SpottedWord]) -> str:
    """PaddleOCR's line: the path, a tab, and a list of texts with their points.

    Source: PaddleOCR 2.8.1, tools/infer/predict_system.py, main: ``system_results.txt``.
    """
    found = [{"transcription": word.text, "points": _rounded(word.polygon)} for word in words]
    return f"{escape(path)}\t{escape(json.dumps(found, ensure_ascii=False))}"


def json_line(path: str, words: Sequence[SpottedWord]) -> str:
    """``{"path": …, "words": [{"text", "score", "polygon", "characters": [{"char", "score", "box"}]}]}``.

    With other readings, where a search was asked for, as ``"readings": [{"text", "score"}]``.
    """
    return json_row({"path": path, "words": [_as_dict(word) for word in words]})


def tsv_lines(path: str, words: Sequence[SpottedWord]) -> str:
    """A line for each word: path, text, score, those of other readings where a search was asked for, x1,y1,…,x4,y4.

    A photograph without a word has a line without a text.
    """
    if not words:
        return row(path, "", "", "")
    return "\n".join(row(path, *word.word.cells(), _flat(word.polygon)) for word in words)


LINES: dict[str, Callable[[str, Sequence[SpottedWord]], str]]
LINES = {"text": text_line, "json": json_line, "tsv": tsv_lines}


def error_line(output_format: str, path: str, error: str) -> str:
    """What stands for a photograph that cannot be read."""
    if output_format == "json":
        return json_row({"path": path, "error": error})
    return row(path, f"error: {error}")


def _as_dict(word: SpottedWord) -> dict[str, object]:
    characters = [
        {"char": one.char, "score": round(one.score, 4), "box": _rounded(one.box)} for one in word.word.characters
    ]
    said = {"text": word.text, "score": round(word.score, 4), "polygon": _rounded(word.polygon)}
    readings = [{"text": one.text, "score": round(one.score, 4)} for one in word.word.readings]
    return said | {name: value for name, value in (("characters", characters), ("readings", readings)) if value}


def _flat(box: Box) -> str:
    return ",".join(str(value) for point in _rounded(box) for value in point)


def _rounded(box: Box) -> list[list[float]]:
    return [[round(x, _DIGITS), round(y, _DIGITS)] for x, y in box]
