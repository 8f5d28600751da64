"""Workers on a Ray cluster: an actor a core, each with its model, as processes are on one machine.

Actors rather than Ray Data: shards are planned, read, written and tried again here, which Ray Data's blocks would do a
second time and by other rules, and a row that ends its worker can be found only by who sees which worker has died.
"""

import logging
import os
from collections.abc import Iterator
from typing import Any

from ppocr_rare.engine.batch.messages import Died, Job, Message, Task
from ppocr_rare.engine.batch.worker import Worker
from ppocr_rare.errors import RareError

_MAX_WAITING = 64  # messages of an actor that nobody has fetched yet


class _Actor:
    """A worker, as Ray starts it."""

    def __init__(self, job: Job, level: int):
        self._worker = Worker(job, level)

    def start(self) -> Iterator[Message]:
        yield from self._worker.start()

    def read(self, task: Task) -> Iterator[Message]:
        yield from self._worker.read(task)


class RayCrew:
    """Actors of a Ray cluster, a ``Crew``. One that finds no free core waits for it.

    Args:
        job: what they are told.
        address: of the cluster: "auto" for the one that this machine belongs to, "local" for a new one on it.
        size: how many there are; None: one for each core of the cluster, but no more than
        num_shards.

    Raises:
        RareError: Ray is not installed, or there is no such cluster.
    """

    def __init__(self, job: Job, address: str, size: int | None, num_shards: int):
        try:
            import ray
        except ModuleNotFoundError as error:
            raise RareError("ray is not installed: pip install 'ppocr_rare[ray]'") from error
        self._ray, self._job = ray, job
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anyone
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise RareError(f"no Ray cluster at {address}: {error}") from error
        self._actor = ray.remote(num_cpus=1, max_restarts=0)(_Actor)
        self._actors: list[Any] = []
        self._streams: list[Any] = []  # of each actor, what it is saying; None where it has nothing to say
        num_cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
        for number in range(min(size or num_cores, num_shards)):
            self._actors.append(None)
            self._streams.append(None)
            self._start(number)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._actors)

    def begin(self, number: int, task: Task) -> None:
        """Gives an actor a shard to read."""
        self._streams[number] = self._call(self._actors[number].read, task)

    def messages(self, timeout_s: float) -> list[tuple[int, Message]]:
        """Waits for actors to say something; an actor's last message is ``Died``."""
        speaking = {stream: number for number, stream in enumerate(self._streams) if stream is not None}
        if not speaking:
            return []
        ready, _ = self._ray.wait(list(speaking), num_returns=1, timeout=timeout_s)
        return [said for stream in ready for said in self._next(speaking[stream], stream)]

    def replace(self, number: int) -> None:
        """Starts another actor in the place of one, which is ended if it has not died."""
        self._ray.kill(self._actors[number])
        self._start(number)

    def close(self) -> None:
        """Ends all actors, and leaves the cluster."""
        for actor in self._actors:
            self._ray.kill(actor)
        self._ray.shutdown()

    def _start(self, number: int) -> None:
        level = logging.getLogger("ppocr_rare").getEffectiveLevel()
        self._actors[number] = self._actor.remote(self._job, level)
        self._streams[number] = self._call(self._actors[number].start)

    def _call(self, method: Any, *arguments: Any) -> Any:
        waiting = {"num_returns": "streaming", "_generator_backpressure_num_objects": _MAX_WAITING}
        return method.options(**waiting).remote(*arguments)

    def _next(self, number: int, stream: Any) -> list[tuple[int, Message]]:
        try:
            return [(number, self._ray.get(next(stream)))]
        except StopIteration:
            self._streams[number] = None
            return []
        except self._ray.exceptions.RayError as error:  # it has died, or its machine
            self._streams[number] = None
            return [(number, Died((str(error).splitlines() or [""])[0]))]
