"""What reads a shard, in a process of its own: here or, as an actor, on another machine."""

import contextlib
import logging
import os
import warnings
from collections.abc import Generator, Iterator, Sequence

import cv2
import pyarrow

from ppocr_rare.engine.batch.messages import Done, Failed, Job, Message, Reading, Ready, Said, Task
from ppocr_rare.engine.batch.parts import encode_part, part_name
from ppocr_rare.engine.batch.places import FAULTS, first_line
from ppocr_rare.engine.batch.rows import Content, Row, RowReader
from ppocr_rare.engine.batch.shards import Range, Shard
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.errors import DataError, RareError, SampleError

# Rows that are read in one go, and bytes of their image files: what a worker holds is bounded by them.
FLIGHT_ROWS, FLIGHT_BYTES = 1024, 64 << 20

_package, _logger = logging.getLogger("ppocr_rare"), logging.getLogger(__name__)


class _Gatherer(logging.Handler):
    """Keeps messages until they are fetched."""

    def __init__(self) -> None:
        super().__init__()
        self._said: list[Said] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(Said(record.name, record.levelno, record.getMessage()))

    def taken(self) -> list[Said]:
        """What has been said since the last call."""
        said, self._said = self._said, []
        return said


class Worker:
    """Reads shards with one thread.

    Args:
        job: what all workers are told.
        level: of log messages that are passed on.
    """

    def __init__(self, job: Job, level: int = logging.INFO):
        self._job, self._rows = job, RowReader(job.source)
        self._recognizer: TextRecognizer | None = None
        os.environ["OMP_NUM_THREADS"] = "1"  # Paddle's, where it is what reads
        cv2.setNumThreads(0)
        pyarrow.set_cpu_count(1)
        warnings.filterwarnings("ignore", category=UserWarning)  # as in ``utils.cli.setup_logging``
        self._gatherer = _Gatherer()
        _package.handlers[:] = [self._gatherer]
        _package.setLevel(level)
        _package.propagate = False

    def start(self) -> Iterator[Message]:
        """Opens the model."""
        try:
            self._recognizer = self._job.model.opened(self._job.reading)
            end: Message = Ready()
        except RareError as error:
            end = Failed(str(error), is_final=True)
        yield from self._gatherer.taken()
        yield end

    def read(self, task: Task) -> Iterator[Message]:
        """Reads a shard and writes its part; says where it is."""
        try:
            yield from self._read(task)
        except RareError as error:
            yield Failed(str(error))
        except Exception as error:  # a fault of ours, which is to cost this shard alone
            yield Failed(f"{type(error).__name__}: {first_line(error)}")

    def _read(self, task: Task) -> Iterator[Message]:
        shard = task.shard
        read: dict[int, tuple[str, RecognizedWord]] = {}
        poison = _without_word(SampleError("ended its worker", "this row, or one beside it, time and again"))
        for rows in _runs(task.poisoned):
            read.update({number: (key, poison) for number, key in self._rows.keys(shard, rows)})
        for start, stop in _ranges(task):
            with contextlib.closing(self._rows.rows(shard, (start, stop))) as stream:
                while start < stop:
                    yield Reading((start, min(start + FLIGHT_ROWS, stop)), len(read))
                    flight = _flight(stream)
                    if not flight:
                        raise DataError(f"shard {shard.name} has fewer rows than were counted")
                    words = self._words([row.data for row in flight])
                    read.update({row.number: (row.key, word) for row, word in zip(flight, words, strict=True)})
                    start += len(flight)
                    yield from self._gatherer.taken()
        yield self._written(shard, [read[number] for number in range(shard.num_rows)])

    def _written(self, shard: Shard, rows: Sequence[tuple[str, RecognizedWord]]) -> Message:
        content, tally = encode_part(rows)
        try:
            (self._job.output / part_name(shard.name)).write(content)
        except FAULTS as error:
            reason = getattr(error, "strerror", None) or first_line(error)
            cure = "mend that and give the same command again, it goes on where it stopped"
            # A full disk stays full; a store may answer the next time.
            return Failed(f"{self._job.output} cannot be written: {reason}; {cure}", self._job.output.is_local)
        return Done(tally)

    def _words(self, contents: list[Content]) -> list[RecognizedWord]:
        """A word for each image."""
        files = [content for content in contents if isinstance(content, bytes)]
        try:
            words = iter(list(self._iterate(files)))
        except Exception:  # one of them is to cost itself alone
            words = iter([self._word_alone(file) for file in files])
        return [next(words) if isinstance(content, bytes) else _without_word(content) for content in contents]

    def _word_alone(self, file: bytes) -> RecognizedWord:
        try:
            (word,) = self._iterate([file])
        except Exception as error:
            _logger.warning("an image could not be read: %s: %s", type(error).__name__, first_line(error))
            return _without_word(SampleError("fault in reading", f"{type(error).__name__}: {first_line(error)}"))
        return word

    def _iterate(self, files: list[bytes]) -> Iterator[RecognizedWord]:
        if self._recognizer is None:
            raise RuntimeError("start() opens the model")
        return self._recognizer.iterate(files)


def _ranges(task: Task) -> list[Range]:
    """The rows of a task, those under suspicion first, the poisoned left out."""
    first: list[Range] = []
    if task.suspect:
        start, stop = task.suspect
        middle = (start + stop + 1) // 2
        first = [(start, middle), (middle, stop)]
    edges, begin = [], 0
    for start, stop in sorted([*first, *_runs(task.poisoned)]):
        edges.append((begin, start))
        begin = stop
    rest = [*edges, (begin, task.shard.num_rows)]
    return [(start, stop) for start, stop in [*first, *rest] if start < stop]


def _runs(rows: Sequence[int]) -> list[Range]:
    """Numbers in rising order as ranges."""
    runs: list[Range] = []
    for row in rows:
        start = runs.pop()[0] if runs and runs[-1][1] == row else row
        runs.append((start, row + 1))
    return runs


def _flight(stream: Generator[Row, None, None]) -> list[Row]:
    """The next rows, few enough to be held."""
    flight, num_bytes = [], 0
    for row in stream:
        flight.append(row)
        num_bytes += len(row.data) if isinstance(row.data, bytes) else 0
        if len(flight) >= FLIGHT_ROWS or num_bytes >= FLIGHT_BYTES:
            break
    return flight


def _without_word(error: SampleError) -> RecognizedWord:
    return RecognizedWord("", 0.0, (), str(error))
