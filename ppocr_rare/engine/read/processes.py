"""Reads with several processes, each with a model of its own."""

import contextlib
import itertools
import logging
import multiprocessing
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from ppocr_rare.data.worker import end_with_parent
from ppocr_rare.engine.read.recognizer import RecognizedWord, TextRecognizer
from ppocr_rare.engine.read.stage_times import StageTimes
from ppocr_rare.errors import RareError

_SHARE = 64  # images that a process takes at once, at most: some batches, and few enough to show how far it is

Make = Callable[[StageTimes | None], TextRecognizer]
Message = tuple[str, int, str]  # name of the logger, level, text

_package = logging.getLogger("ppocr_rare")


def read_with_processes(
    paths: Sequence[str], num_processes: int, make: Make, times: StageTimes | None = None
) -> Iterator[RecognizedWord]:
    """Words of images, as they come, in order. What the processes have to say is logged here, once.

    Args:
        paths: of the images.
        num_processes: so many are started, at most.
        make: makes the recogniser, in each process, of what gets the times of its stages; it is pickled.
        times: gets those of all processes; None: nothing is timed.

    Raises:
        RareError: ``make``'s, or a process has died; the words before its share have been given.
    """
    size = max(1, min(_SHARE, -(-len(paths) // num_processes)))
    shares = [paths[start : start + size] for start in range(0, len(paths), size)]
    context = multiprocessing.get_context("spawn")  # threads of Paddle do not survive a fork
    said: set[Message] = set()
    with contextlib.ExitStack() as stack:
        level_here = _package.getEffectiveLevel()
        pool = stack.enter_context(ProcessPoolExecutor(num_processes, context, _begin, (level_here,)))
        # Closed before the pool is: what nobody will fetch is not begun.
        done = pool.map(_read, shares, itertools.repeat(make), itertools.repeat(times is not None))
        stack.callback(done.close)  # type: ignore[attr-defined]  # a generator
        try:
            for share in done:
                for message in [message for message in share.messages if message not in said]:
                    said.add(message)
                    name, level, text = message
                    logging.getLogger(name).log(level, "%s", text)
                if times:
                    times.add(*share.times)
                yield from share.words
        except BrokenProcessPool as error:
            raise RareError("a reading process has died, for want of memory perhaps: say fewer processes") from error


@dataclass
class _Share:
    """What a process gives for some images."""

    words: list[RecognizedWord]
    messages: list[Message]
    times: tuple[Any, ...]


@dataclass
class _Process:
    """What a process of the pool holds."""

    recognizer: TextRecognizer | None = None
    times: StageTimes = field(default_factory=StageTimes)
    messages: list[Message] = field(default_factory=list)


_process = _Process()


class _Gatherer(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _process.messages.append((record.name, record.levelno, record.getMessage()))


def _begin(level: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # sent to the whole group: the parent ends its processes
    end_with_parent()
    warnings.filterwarnings("ignore", category=UserWarning)  # as in ``utils.cli.setup_logging``
    _package.handlers[:] = [_Gatherer()]
    _package.setLevel(level)
    _package.propagate = False


def _read(paths: Sequence[str], make: Make, is_timed: bool) -> _Share:
    # Opened here and not in ``_begin``, whose exceptions would end the pool without their reason.
    if _process.recognizer is None:
        _process.recognizer = make(_process.times if is_timed else None)
    words = list(_process.recognizer.iterate(paths))
    messages, _process.messages = _process.messages, []
    return _Share(words, messages, _process.times.taken())
