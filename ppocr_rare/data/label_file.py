"""PaddleOCR's label files: a line per label, ``path<TAB>label``; a JSON list of paths may stand before one label."""

import codecs
import json
import os
from pathlib import Path

import numpy as np

from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.open_file import open_file

_NEWLINE = b"\n"
_LAST_BLANK = 32  # the space; every byte up to it is blank or a control character


class LabelFile:
    """The lines of a label file, held as one block of bytes and one array: millions of lines cost no Python objects.

    A byte-order mark and the CR of a CRLF line end are no part of a line; blank lines do not count.

    Args:
        path: the file, UTF-8.
        delimiter: stands between path and label.

    Raises:
        DataError: the file cannot be read or is not UTF-8, or the delimiter is empty.

    Source: PaddleOCR 2.8.1, ppocr/data/simple_dataset.py, SimpleDataSet: the label is the second column, and further
        columns are ignored.
    """

    def __init__(self, path: str | os.PathLike, delimiter: str = "\t"):
        if not delimiter:
            raise DataError(f"{path}: the delimiter between path and label is empty")
        self.path = Path(path)
        self.delimiter = delimiter
        try:
            with open_file(path) as file:
                self._data = file.read().removeprefix(codecs.BOM_UTF8)
        except OSError as error:
            raise DataError(f"cannot read the label file {path}: {error.strerror}") from error
        try:
            self._data.decode("utf-8")
        except UnicodeDecodeError as error:
            number = self._data.count(b"\n", 0, error.start) + 1
            raise DataError(f"the label file {path} is not UTF-8: line {number}: {error.reason}") from error
        self._starts = _find_lines(self._data)  # [lines], offsets of those that are not blank

    def __len__(self) -> int:
        return len(self._starts)

    def place(self, line: int) -> str:
        """Returns ``file:number`` of a line, its number counted from 1 over all lines, as an editor does."""
        return f"{self.path}:{self._data.count(_NEWLINE, 0, int(self._starts[line])) + 1}"

    def paths(self, line: int) -> list[str]:
        """Returns the image paths before a label, one as a rule; raises SampleError("missing column")."""
        return _parse_paths(self._columns(line)[0])

    def label(self, line: int) -> str:
        """Returns the label of a line; raises SampleError where there is none, or one for detection."""
        label = self._columns(line)[1]
        if label.startswith("[{") and '"transcription"' in label:
            raise SampleError(
                "words of a photograph, not one word", "cut them out with tools/crop_words.py, which reads this file"
            )
        return label

    def count_paths(self) -> np.ndarray:
        """Returns the number of paths of each line, int64 [lines]; 1 for a line without columns."""
        counts = np.ones(len(self), np.int64)
        first = np.frombuffer(self._data, np.uint8)[self._starts]
        for line in np.flatnonzero(first == ord("[")).tolist():
            counts[line] = len(_parse_paths(self._read(line).split(self.delimiter)[0]))
        return counts

    def _read(self, line: int) -> str:
        start = int(self._starts[line])
        end = self._data.find(_NEWLINE, start)
        return self._data[start : end if end >= 0 else None].removesuffix(b"\r").decode("utf-8")

    def _columns(self, line: int) -> list[str]:
        columns = self._read(line).split(self.delimiter)
        if len(columns) < 2:
            raise SampleError("missing column", f"no {self.delimiter!r} in the line")
        return columns


def _find_lines(data: bytes) -> np.ndarray:
    characters = np.frombuffer(data, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(characters == ord(_NEWLINE)) + 1]).astype(np.int64)
    starts = starts[starts < len(data)]
    if not len(starts):
        return starts
    num_visible = np.add.reduceat(characters > _LAST_BLANK, starts, dtype=np.int64)  # [lines]
    return starts[num_visible > 0]


def _parse_paths(column: str) -> list[str]:
    """Reads the first column: a JSON list of paths, or else one path, which may well begin with a bracket."""
    if column.startswith("["):
        try:
            paths = json.loads(column)
        except (ValueError, RecursionError):
            return [column]
        if paths and all(isinstance(path, str) for path in paths):
            return paths
    return [column]
