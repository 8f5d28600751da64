"""Images of many requests, read together. Nothing waits for company: what is queued is taken."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from ppocr_rare.serve.way import Way

_REMEMBERED = 16  # batches
_Read = TypeVar("_Read")  # what is read in an image: a word, or all that a photograph holds
_PLAIN = Way()


class QueueFullError(Exception):
    """More images wait than may; later there is room again."""


@dataclass(frozen=True, eq=False)
class _Job(Generic[_Read]):
    image: bytes
    way: Way
    word: asyncio.Future[_Read]


class Batcher(Generic[_Read]):
    """Reads images in batches, across requests. It belongs to one event loop; ``read`` runs in threads of its own.

    Requests take turns, image by image, so that one of a single image does not wait for one of hundreds. Readers that
    are free share what is queued.

    Args:
        read: gives the words of images, in order, in one way.
        max_queue: images that may wait.
        max_batch: images that are read together, at most.
        num_readers: batches that are read at once.
        on_batch: is told how many images each batch had.
    """

    def __init__(
        self,
        read: Callable[[list[bytes], Way], list[_Read]],
        max_queue: int,
        max_batch: int = 32,
        num_readers: int = 1,
        on_batch: Callable[[int], None] | None = None,
    ):
        self._read, self._max_queue, self._max_batch, self._on_batch = read, max_queue, max_batch, on_batch
        self._num_readers = self._num_free = num_readers
        self._requests: deque[deque[_Job[_Read]]] = deque()
        self._has_work = asyncio.Event()
        self._is_closed = False
        self._read_lately: deque[tuple[int, float]] = deque(maxlen=_REMEMBERED)  # images and seconds of batches

    @property
    def num_waiting(self) -> int:
        """Images that no batch has taken yet."""
        return sum(map(len, self._requests))

    @property
    def seconds_to_wait(self) -> float:
        """In which what waits will have been read, as fast as of late; 0 where nothing has been read yet."""
        num_images, seconds = map(sum, zip(*self._read_lately, strict=True)) if self._read_lately else (1, 0.0)
        return self.num_waiting * seconds / num_images / self._num_readers

    @property
    def is_open(self) -> bool:
        """Whether another image would be taken."""
        return not self._is_closed and self.num_waiting < self._max_queue

    async def words_of(self, images: Sequence[bytes], way: Way = _PLAIN) -> list[_Read]:
        """The words of one request's images, in order. Who cancels this leaves the queue.

        Raises:
            QueueFullError: they do not fit into the queue, or it is closed; none of them is read.
        """
        if self._is_closed or self.num_waiting + len(images) > self._max_queue:
            raise QueueFullError
        loop = asyncio.get_running_loop()
        jobs: list[_Job[_Read]] = [_Job(image, way, loop.create_future()) for image in images]
        waiting = deque(jobs)
        self._requests.append(waiting)
        self._has_work.set()
        try:
            return await asyncio.gather(*(job.word for job in jobs))
        finally:
            waiting.clear()  # of what is answered or given up nothing more is read

    async def run(self) -> None:
        """Reads until ``close``, and then what is left."""
        with ThreadPoolExecutor(self._num_readers, "reader") as threads:
            await asyncio.gather(*(self._read_on(threads) for _ in range(self._num_readers)))

    async def _read_on(self, threads: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if batch := self._take():
                self._num_free -= 1
                began = loop.time()
                outcomes = await loop.run_in_executor(threads, self._outcomes, batch)
                self._num_free += 1
                self._read_lately.append((len(batch), loop.time() - began))
                _tell(batch, outcomes)
            elif self._is_closed:  # after which nothing is queued any more
                return
            else:
                self._has_work.clear()
                await self._has_work.wait()

    def close(self) -> None:
        """Takes no more images; ``run`` ends when those that wait have been read."""
        self._is_closed = True
        self._has_work.set()

    def _take(self) -> list[_Job[_Read]]:
        """One image of each request in turn, as many as the other free readers leave."""
        batch: list[_Job[_Read]] = []
        enough = min(self._max_batch, -(-self.num_waiting // self._num_free))
        while self._requests and len(batch) < enough:
            waiting = self._requests.popleft()
            if waiting:
                batch.append(waiting.popleft())
                self._requests.append(waiting)
        return batch

    def _outcomes(self, batch: list[_Job[_Read]]) -> list[_Read | Exception]:
        """Runs in the thread. Each way is read by itself: none costs or changes what the others are read in."""
        outcomes: dict[_Job[_Read], _Read | Exception] = {}
        for way in {job.way: None for job in batch}:
            jobs = [job for job in batch if job.way == way]
            outcomes |= zip(jobs, self._read_safely([job.image for job in jobs], way), strict=True)
        return [outcomes[job] for job in batch]

    def _read_safely(self, images: list[bytes], way: Way) -> Sequence[_Read | Exception]:
        if self._on_batch:
            self._on_batch(len(images))
        try:
            return self._read(images, way)
        except Exception as error:  # whatever it is, it must not cost the other requests their answers
            if len(images) == 1:
                return [error]
            return [outcome for image in images for outcome in self._read_safely([image], way)]


def _tell(batch: list[_Job[_Read]], outcomes: list[_Read | Exception]) -> None:
    for job, outcome in zip(batch, outcomes, strict=True):
        if job.word.done():  # its client has gone
            continue
        if isinstance(outcome, Exception):
            job.word.set_exception(outcome)
        else:
            job.word.set_result(outcome)
