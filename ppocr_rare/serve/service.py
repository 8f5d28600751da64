"""The way of a request's images through one recogniser."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar, cast

import numpy as np
from fastapi import FastAPI, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from ppocr_rare import __version__
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.spot.spotter import TextSpotter
from ppocr_rare.errors import ConfigError, SampleError
from ppocr_rare.serve.answers import About
from ppocr_rare.serve.batcher import Batcher, QueueFullError
from ppocr_rare.serve.intake import CLIENT_GONE, Asked, Intake, retry_after
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.metrics import Metrics
from ppocr_rare.serve.photographs import NOT_INSTALLED, Photograph, read_photograph
from ppocr_rare.serve.way import Way
from ppocr_rare.utils.platforms import num_cores

_Result = TypeVar("_Result")

# Such a body is looked through while others wait, in less time than it takes to wake a thread beside one that reads.
_SMALL_BYTES = 64 * 1024
_NOTED_EVERY_S = 0.5  # the queue's length, for whoever watches
_MIN_READERS = 2  # so that one decodes while the model reads the other's


class Service:
    """What the routes share: the way of a request's images through one recogniser.

    Args:
        recognizer: reads.
        limits: of requests.
        spotter: finds and reads the words of photographs, of any score; None: photographs are refused.
    """

    def __init__(self, recognizer: TextRecognizer, limits: Limits, spotter: TextSpotter | None):
        self._recognizer, self._limits, self._spotter = recognizer, limits, spotter
        self._intake = Intake(limits)
        self.metrics = Metrics()
        num_readers = max(num_cores(), _MIN_READERS)
        self.batcher = Batcher(self._read, limits.max_queue, num_readers=num_readers, on_batch=self.metrics.count_batch)
        # By themselves, one after another: no word waits while a photograph is searched, which takes seconds.
        self._photographs = Batcher(self._spot, limits.max_photograph_queue, max_batch=1)
        self._is_ready = False

    @property
    def state(self) -> str:
        """ok, or why no request should be sent here."""
        if not self._is_ready:
            return "starting or stopping"
        return "ok" if self.batcher.is_open else "the queue is full"

    @contextlib.asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Reads for as long as the application runs, and then what is left."""
        await run_in_threadpool(self._recognizer, np.zeros((32, 100, 3), np.uint8))  # the first word takes longest
        running = asyncio.gather(self.batcher.run(), self._photographs.run())
        noting = asyncio.create_task(self._note_queues())
        self._is_ready = True
        try:
            yield
        finally:
            self._is_ready = False
            noting.cancel()
            self.batcher.close()
            self._photographs.close()
            await running

    async def _note_queues(self) -> None:
        while True:
            self.metrics.note_queues(self.batcher.num_waiting, self._photographs.num_waiting)
            await asyncio.sleep(_NOTED_EVERY_S)

    @property
    def about(self) -> About:
        """What can be asked for."""
        limits = self._limits
        return About(
            version=__version__, characters=self._recognizer.charset, photographs=self._spotter is not None,
            max_images=limits.max_images, max_photographs=limits.max_photographs, max_pixels=limits.max_pixels,
            max_body_bytes=limits.max_body_bytes,
        )  # fmt: skip

    @contextlib.asynccontextmanager
    async def asked(self, request: Request, parse: Callable[[bytes], Asked]) -> AsyncIterator[Asked]:
        """What a request asks for (``async with``); until the end of it, its body counts as held.

        Raises:
            HTTPException: see ``READ_RESPONSES``, of this as of what follows.
        """
        async with self._intake.body(request) as body:
            is_small = len(body) < _SMALL_BYTES
            asked = parse(body) if is_small else await run_in_threadpool(parse, body)
            request.state.fields = {"images": len(asked.images), "bytes": len(body)}
            yield asked

    async def words_of(self, request: Request, asked: Asked) -> list[RecognizedWord]:
        """The words of a request, one for each image."""
        read = await self._each(request, asked, self.batcher, lambda error: RecognizedWord("", 0.0, (), str(error)))
        words = [_judged(word, asked.options.min_score) for word in read]
        for word in words:
            self.metrics.count_word(word)
        return words

    async def photographs_of(self, request: Request, asked: Asked) -> list[Photograph]:
        """What stands in each photograph of a request."""
        if self._spotter is None:
            raise HTTPException(501, NOT_INSTALLED)
        read = await self._each(request, asked, self._photographs, lambda error: Photograph(error=str(error)))
        for photograph in read:
            self.metrics.count_photograph(photograph)
        return [photograph.surer_than(asked.options.min_score) for photograph in read]

    async def _each(
        self, request: Request, asked: Asked, batcher: Batcher[_Result], failed: Callable[[SampleError], _Result]
    ) -> list[_Result]:
        """What is read in each image; ``failed`` gives it for those that are none."""
        good = [image for image in asked.images if isinstance(image, bytes)]
        try:
            words = asked.lexicon
            lexicon = None if words is None else await run_in_threadpool(self._recognizer.lexicon_of, words)
        except ConfigError as error:
            raise HTTPException(422, str(error)) from error
        try:
            work = batcher.words_of(good, asked.options.way(lexicon))
            read = iter(await _while_connected(request, work, self._limits.read_timeout_s))
        except QueueFullError as error:
            raise HTTPException(503, "too many images wait", retry_after(batcher.seconds_to_wait)) from error
        except ConfigError as error:
            raise HTTPException(422, "this model was exported without details") from error
        return [next(read) if isinstance(image, bytes) else failed(image) for image in asked.images]

    def _read(self, images: list[bytes], way: Way) -> list[RecognizedWord]:
        return list(self._recognizer.iterate(images, **way.arguments))

    def _spot(self, images: list[bytes], way: Way) -> list[Photograph]:
        return [read_photograph(cast(TextSpotter, self._spotter), image, way) for image in images]


def _judged(word: RecognizedWord, min_score: float | None) -> RecognizedWord:
    if word.error is None and min_score is not None and word.score < min_score:
        return RecognizedWord("", word.score, (), is_unsure=True)
    return word


async def _while_connected(request: Request, work: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
    """What the work gives; when the client goes, or the time is up, it is cancelled: nobody else waits for it."""
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait({working, gone}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if gone.done() and not working.done():
            raise HTTPException(CLIENT_GONE, "the client has gone")
        if not working.done():
            raise HTTPException(504, f"not read within {timeout_s:g} s")
        return working.result()
    finally:
        working.cancel()
        gone.cancel()


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
