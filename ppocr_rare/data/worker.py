"""A process that reads samples: it ends with the one that started it, whatever ended that."""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import cv2

from ppocr_rare.utils.platforms import signals

# Sent to the whole group, which a launcher does as well: the parent ends its workers.
LEFT_TO_THE_PARENT = signals("SIGINT", "SIGTERM", "SIGHUP")
_LOOK_EVERY_S = 1.0
_SHARED_MEMORY = Path("/dev/shm")


def start_worker(worker_id: int) -> None:
    """Prepares this process, which Paddle's loader has just started, for reading.

    Args:
        worker_id: number of the worker, from 0.
    """
    cv2.setNumThreads(0)  # as many processes as asked for, each with one thread
    for number in LEFT_TO_THE_PARENT:
        signal.signal(number, signal.SIG_IGN)
    end_with_parent()


def end_with_parent() -> None:
    """Makes this process, which multiprocessing has just started, end with the one that started it."""
    # A thread, and not Linux's PR_SET_PDEATHSIG: that goes by the parent's thread, and leaves no time to clear up.
    # Not getppid(): a parent that died before this line would be taken to be whoever adopted its orphans.
    parent = multiprocessing.parent_process()
    threading.Thread(target=_end_with, args=(parent.pid if parent else os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """Ends this process once its parent is another one: the first has died, and nobody will fetch a batch."""
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    clear_shared_memory(os.getpid())
    os._exit(1)  # this is not the main thread, which may wait in Paddle for ever


def clear_shared_memory(process: int, folder: Path = _SHARED_MEMORY) -> None:
    """Removes the batches that a worker has left where they are handed over; Paddle names them by its number.

    Args:
        process: number of the worker, which ends or has ended.
        folder: where they lie.
    """
    for segment in folder.glob(f"paddle_{process}_*"):
        with contextlib.suppress(OSError):
            segment.unlink()
