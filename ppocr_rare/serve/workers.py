"""Several processes that answer at one address; one that ends is replaced."""

import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.context import SpawnProcess

from ppocr_rare.errors import RareError
from ppocr_rare.serve.metrics import SHARED_DIR, forget
from ppocr_rare.utils.platforms import share_cores, signals

_PACE_S = 1.0  # between a worker's end and the next one's start, so that what always fails does not fill the log
_STARTUP_FAILURE = 3  # uvicorn's exit code
_STOP = signals("SIGTERM", "SIGINT")

logger = logging.getLogger(__name__)


def supervise(work: Callable[[], None], num_workers: int, on_stop: Callable[[], None]) -> None:
    """Has work done by processes until SIGTERM or Ctrl-C, which each of them is told, and waits until all have ended.

    Args:
        work: can be pickled; ends when its process gets SIGTERM.
        num_workers: processes; each has its part of the processor's cores, where the system can say so.
        on_stop: is called before they are told to end; lets go what they share.

    Raises:
        RareError: one cannot start.
    """
    told, telling = multiprocessing.Pipe(duplex=False)
    for stop in _STOP:
        signal.signal(stop, lambda *_: telling.send_bytes(b"stop"))
    with tempfile.TemporaryDirectory(prefix="ppocr_rare_counts_") as folder:
        os.environ[SHARED_DIR] = folder
        workers = [_start(work, number, num_workers) for number in range(num_workers)]
        try:
            while told not in (ended := multiprocessing.connection.wait([told, *(one.sentinel for one in workers)])):
                for number, worker in enumerate(workers):
                    if worker.sentinel in ended and not told.poll(_PACE_S):
                        workers[number] = _replaced(worker, work, number, num_workers)
        finally:
            on_stop()
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.join()


def _start(work: Callable[[], None], number: int, num_workers: int) -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(work, number, num_workers), daemon=True)
    process.start()
    return process


def _replaced(worker: SpawnProcess, work: Callable[[], None], number: int, num_workers: int) -> SpawnProcess:
    worker.join()
    if worker.exitcode == _STARTUP_FAILURE:  # and so would the next
        raise RareError("a worker could not start")
    fields = {"process": worker.pid, "exit_code": worker.exitcode}
    logger.error("a worker has ended; another takes its place", extra={"fields": fields})
    forget(worker.pid)
    return _start(work, number, num_workers)


def _run(work: Callable[[], None], number: int, num_workers: int) -> None:
    share_cores(number, num_workers)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work()


def _end_with_parent() -> None:
    """Or a worker whose supervisor was killed would keep the address."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
