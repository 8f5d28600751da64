"""Reads with several processes, each with a model of its own."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from ppocr_rare.engine.read.recognizer import RecognizedWord, TextRecognizer
from ppocr_rare.errors import RareError

_SHARE = 64  # images that a process takes at once, at most: some batches, and few enough to show how far it is

_readers: list[TextRecognizer] = []  # of a process of the pool: one


def read_with_processes(
    paths: Sequence[str], num_processes: int, make: Callable[[], TextRecognizer]
) -> Iterator[RecognizedWord]:
    """Words of images, as they come, in order.

    Args:
        paths: of the images.
        num_processes: so many are started.
        make: makes the recogniser, in each process; it is pickled.

    Raises:
        RareError: a process has died; the words before its share have been given.
    """
    size = max(1, min(_SHARE, -(-len(paths) // num_processes)))
    shares = [paths[start : start + size] for start in range(0, len(paths), size)]
    # Not forked: threads of Paddle do not survive that.
    with ProcessPoolExecutor(num_processes, multiprocessing.get_context("spawn"), _begin, (make,)) as pool:
        try:
            for words in pool.map(_read, shares):
                yield from words
        except BrokenProcessPool as error:
            raise RareError("a reading process has died, for want of memory perhaps: say fewer processes") from error


def _begin(make: Callable[[], TextRecognizer]) -> None:
    _readers[:] = [make()]


def _read(paths: Sequence[str]) -> list[RecognizedWord]:
    return list(_readers[0].iterate(paths))
