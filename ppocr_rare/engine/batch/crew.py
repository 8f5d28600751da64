"""Worker processes on this machine."""

import contextlib
import logging
import multiprocessing
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Protocol

from ppocr_rare.data.worker import LEFT_TO_THE_PARENT, end_with_parent
from ppocr_rare.engine.batch.messages import Died, Job, Message, Task
from ppocr_rare.engine.batch.worker import Worker

_PATIENCE_S = 5.0  # for a process to end before it is killed


class Crew(Protocol):
    """Workers, by their numbers. Each says ``Ready`` when it has opened its model."""

    @property
    def size(self) -> int:
        """How many there are."""

    def begin(self, number: int, task: Task) -> None:
        """Gives a worker a shard to read."""

    def messages(self, timeout_s: float) -> list[tuple[int, Message]]:
        """Waits for workers to say something; a worker's last message is ``Died``."""

    def replace(self, number: int) -> None:
        """Starts another worker in the place of one, which is ended if it has not died."""

    def close(self) -> None:
        """Ends all workers."""


@dataclass
class _Process:
    process: SpawnProcess
    connection: Connection
    has_died: bool = False


class LocalCrew:
    """Processes of this machine, a ``Crew``.

    Args:
        job: what they are told.
        size: how many there are.
    """

    def __init__(self, job: Job, size: int):
        self._job = job
        self._processes = [self._started() for _ in range(size)]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._processes)

    def begin(self, number: int, task: Task) -> None:
        """Gives a worker a shard to read."""
        with contextlib.suppress(OSError):  # it has died, which the next messages tell
            self._processes[number].connection.send(task)

    def messages(self, timeout_s: float) -> list[tuple[int, Message]]:
        """Waits for workers to say something; a worker's last message is ``Died``."""
        alive = {one.connection: number for number, one in enumerate(self._processes) if not one.has_died}
        said: list[tuple[int, Message]] = []
        for connection in wait(list(alive), timeout_s):
            number = alive[connection]  # type: ignore[index]
            try:
                said.append((number, self._processes[number].connection.recv()))
            except (EOFError, OSError):  # nobody holds the other end any more
                self._processes[number].has_died = True
                self._processes[number].process.join(_PATIENCE_S)
                said.append((number, Died(f"exit code {self._processes[number].process.exitcode}")))
        return said

    def replace(self, number: int) -> None:
        """Starts another worker in the place of one, which is ended if it has not died."""
        _end([self._processes[number]])
        self._processes[number] = self._started()

    def close(self) -> None:
        """Ends all workers."""
        _end(self._processes)

    def _started(self) -> _Process:
        here, there = _context.Pipe()
        level = logging.getLogger("ppocr_rare").getEffectiveLevel()
        process = _context.Process(target=_work, args=(there, self._job, level), daemon=True)
        process.start()
        there.close()  # so that the end of the process is the end of what it says
        return _Process(process, here)


_context = multiprocessing.get_context("spawn")  # threads of Paddle and Arrow do not survive a fork


def _end(processes: list[_Process]) -> None:
    for one in processes:
        one.process.kill()  # not terminate: there is nothing to clear up, and it leaves no time for a part to be torn
    for one in processes:
        one.process.join(_PATIENCE_S)
        one.connection.close()


def _work(connection: Connection, job: Job, level: int) -> None:
    for number in LEFT_TO_THE_PARENT:  # sent to the whole group: the parent ends its processes
        signal.signal(number, signal.SIG_IGN)
    end_with_parent()
    worker = Worker(job, level)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent has gone
        for message in worker.start():
            connection.send(message)
        while True:
            for message in worker.read(connection.recv()):
                connection.send(message)
