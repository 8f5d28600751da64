"""Hands shards to workers until all are read, whatever becomes of the workers."""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ppocr_rare.engine.batch.crew import Crew
from ppocr_rare.engine.batch.messages import Died, Done, Failed, Message, Reading, Ready, Said, Task
from ppocr_rare.engine.batch.parts import Tally
from ppocr_rare.engine.batch.shards import Range, Shard
from ppocr_rare.errors import RareError

MAX_FAILURES = 3  # of one shard, where no row is to blame, before it is left out
MAX_IN_A_ROW = 10  # failures for each worker without any shard that is read: the way to the input is gone
MAX_DEATHS = 64  # of its workers, before rows are no longer sought one by one
MAX_STARTS = 3  # workers that die one after the other before they have opened the model
STUCK_S = 600.0  # without a word from a worker: it hangs
_WAIT_S = 1.0

_logger = logging.getLogger(__name__)


@dataclass
class _Work:
    """A shard and what has happened to it."""

    shard: Shard
    suspect: Range | None = None
    poisoned: list[int] = field(default_factory=list)
    strikes: Counter[int] = field(default_factory=Counter)
    reading: Range | None = None
    num_done: int = 0
    deaths: int = 0
    failures: int = 0

    def task(self) -> Task:
        self.reading, self.num_done = None, 0
        return Task(self.shard, self.suspect, tuple(sorted(self.poisoned)))

    def blame(self) -> None:
        """Its worker has died: narrows down which row it was, if it was one.

        The rows that were being read are suspect; the next worker reads them first, in halves. One row that ends two
        workers when it is read alone is poisoned; a worker that was killed from outside leaves nothing behind, since
        the rows under suspicion are then read as any others.
        """
        self.deaths += 1
        if self.reading is None:
            self.failures += 1
            return
        start, stop = self.reading
        if self.deaths >= MAX_DEATHS:
            self._poison(range(start, stop))
        elif stop - start == 1:
            self.strikes[start] += 1
            self.suspect = (start, stop)
            if self.strikes[start] > 1:
                self._poison(range(start, stop))
        else:
            self.suspect = (start, stop)

    def _poison(self, rows: range) -> None:
        self.poisoned += rows
        self.suspect = None


@dataclass
class Outcome:
    """What came of a run.

    Args:
        tally: of the rows of this run.
        failures: shards that could not be read, and why.
    """

    tally: Tally = field(default_factory=Tally)
    failures: list[tuple[Shard, str]] = field(default_factory=list)


class Foreman:
    """Hands out shards.

    Args:
        crew: the workers.
        shards: to read.
        show: is told how many rows are read, now and then.
        stuck_s: a worker that says nothing for so long is replaced, as if it had died.
    """

    def __init__(self, crew: Crew, shards: Iterator[Shard], show: Callable[[int], None], stuck_s: float = STUCK_S):
        self._crew, self._shards, self._show, self._stuck_s = crew, shards, show, stuck_s
        self._again: deque[_Work] = deque()
        self._work: dict[int, _Work] = {}  # what a worker is reading
        self._heard: dict[int, float] = dict.fromkeys(range(crew.size), time.monotonic())
        self._idle: set[int] = set()
        self._num_stillborn = self._num_fruitless = 0
        self._said: set[Said] = set()
        self._has_more = True
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Reads all shards.

        Raises:
            RareError: nothing more can be read or written; the parts that are there stay.
        """
        while True:
            self._hand_out()
            if not (self._has_more or self._work or self._again):
                return self.outcome
            for number, message in self._crew.messages(_WAIT_S):
                self._heard[number] = time.monotonic()
                self._take(number, message)
            self._end_stuck()
            self._show(self.outcome.tally.rows + sum(work.num_done for work in self._work.values()))

    def _hand_out(self) -> None:
        for number in sorted(self._idle):
            work = self._again.popleft() if self._again else self._next()
            if work is None:
                return
            self._idle.remove(number)
            self._work[number] = work
            self._heard[number] = time.monotonic()
            self._crew.begin(number, work.task())

    def _next(self) -> _Work | None:
        shard = next(self._shards, None)
        self._has_more = shard is not None
        return None if shard is None else _Work(shard)

    def _take(self, number: int, message: Message) -> None:
        if isinstance(message, Ready):
            self._num_stillborn = 0
            self._idle.add(number)
        elif isinstance(message, Reading):
            self._work[number].reading, self._work[number].num_done = message.rows, message.num_done
        elif isinstance(message, Done):
            del self._work[number]
            self._idle.add(number)
            self.outcome.tally.add(message.tally)
            self._num_fruitless = 0
        elif isinstance(message, Failed):
            self._take_failure(number, message)
        elif isinstance(message, Said):
            if message not in self._said:
                self._said.add(message)
                logging.getLogger(message.logger).log(message.level, "%s", message.text)
        else:
            self._take_death(number, message)

    def _take_failure(self, number: int, message: Failed) -> None:
        self._num_fruitless += 1
        if message.is_final or self._num_fruitless >= MAX_IN_A_ROW * self._crew.size:
            raise RareError(message.reason)
        work = self._work.pop(number)
        self._idle.add(number)
        work.failures += 1
        if work.failures < MAX_FAILURES:
            _logger.warning("shard %s is read again: %s", work.shard.name, message.reason)
            self._again.append(work)
        else:
            self.outcome.failures.append((work.shard, message.reason))

    def _take_death(self, number: int, message: Died) -> None:
        self._idle.discard(number)
        work = self._work.pop(number, None)
        if work is None:
            self._num_stillborn += 1
            if self._num_stillborn >= MAX_STARTS:
                raise RareError(f"workers die before they can read ({message.reason}): too little memory? Say fewer")
            _logger.warning("a worker has died (%s) that had nothing to read yet", message.reason)
        else:
            work.blame()
            _logger.warning("a worker has died (%s); shard %s is read again", message.reason, work.shard.name)
            if work.failures >= MAX_FAILURES:
                self.outcome.failures.append((work.shard, f"its workers die ({message.reason})"))
            else:
                self._again.append(work)
        self._crew.replace(number)
        self._heard[number] = time.monotonic()

    def _end_stuck(self) -> None:
        for number in list(self._work):
            if time.monotonic() - self._heard[number] > self._stuck_s:
                self._take_death(number, Died(f"it said nothing for {self._stuck_s:.0f} s"))
