"""The web application over a recogniser."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar, cast

import numpy as np
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from ppocr_rare import __version__
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.spot.spotter import TextSpotter
from ppocr_rare.errors import ConfigError, SampleError
from ppocr_rare.serve import answers
from ppocr_rare.serve.answers import About, HubAnswer, PhotographsAnswer, ReadAnswer, State
from ppocr_rare.serve.batcher import Batcher, QueueFullError
from ppocr_rare.serve.documented import HUB_BODY, PROBLEMS, READ_BODY, READ_RESPONSES
from ppocr_rare.serve.guard import Guard
from ppocr_rare.serve.intake import CLIENT_GONE, RETRY, Asked, Intake, asked_of, hub_asked_of
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.metrics import CONTENT_TYPE, Metrics
from ppocr_rare.serve.options import ReadOptions
from ppocr_rare.serve.page_files import add_page
from ppocr_rare.serve.photographs import NOT_INSTALLED, Photograph, read_photograph
from ppocr_rare.serve.way import Way

_Result = TypeVar("_Result")

# Such a body is looked through while others wait, in less time than it takes to wake a thread beside one that reads.
_SMALL_BYTES = 64 * 1024


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
        self.metrics = Metrics(lambda: self.batcher.num_waiting, lambda: self._photographs.num_waiting)
        self.batcher = Batcher(self._read, limits.max_queue, on_batch=self.metrics.count_batch)
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
        self._is_ready = True
        try:
            yield
        finally:
            self._is_ready = False
            self.batcher.close()
            self._photographs.close()
            await running

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
            read = iter(await _while_connected(request, batcher.words_of(good, asked.options.way(lexicon))))
        except QueueFullError as error:
            raise HTTPException(503, "too many images wait", RETRY) from error
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


async def _while_connected(request: Request, work: Coroutine[Any, Any, _Result]) -> _Result:
    """What the work gives; when the client goes, it is cancelled, so that nobody else waits for it."""
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise HTTPException(CLIENT_GONE, "the client has gone")
        return working.result()
    finally:
        working.cancel()
        gone.cancel()


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def make_app(
    recognizer: TextRecognizer,
    limits: Limits | None = None,
    cors_origins: Sequence[str] = (),
    spotter: TextSpotter | None = None,
) -> FastAPI:
    """The application; any ASGI server runs it, in one process for each recogniser.

    Args:
        recognizer: reads.
        limits: of requests.
        cors_origins: sites whose scripts may ask, such as "https://example.org"; none unless they are named.
        spotter: as ``open_spotter`` gives it; None: photographs are refused.
    """
    limits = limits or Limits()
    service = Service(recognizer, limits, spotter)
    app = FastAPI(
        title="ppocr_rare", version=__version__, summary="Reads words in images of a word each, and in photographs.",
        lifespan=service.lifespan, docs_url=None, redoc_url=None,  # they would load scripts of strangers
    )  # fmt: skip
    _add_reading(app, service, limits)
    _add_watching(app, service)
    add_page(app)

    @app.exception_handler(RequestValidationError)
    async def explain(_: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())}, 422)

    if cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=cors_origins, allow_methods=["POST"], allow_headers=["*"])
    paths = frozenset(route.path for route in app.routes if hasattr(route, "path"))
    app.add_middleware(Guard, paths=paths, count=service.metrics.count_request)
    return app


def _add_reading(app: FastAPI, service: Service, limits: Limits) -> None:
    read_body, hub_body = ({"requestBody": {"required": True, "content": one}} for one in (READ_BODY, HUB_BODY))

    @app.post("/read", responses=READ_RESPONSES, openapi_extra=read_body, response_model_exclude_none=True)
    async def read(
        request: Request, response: Response, options: Annotated[ReadOptions, Query()]
    ) -> ReadAnswer | PhotographsAnswer:
        """Reads a word in each image, or all of a photograph: files of a form, one as the body, or base64 in JSON."""
        kind = request.headers.get("content-type", "")
        async with service.asked(request, lambda body: asked_of(body, kind, options, limits)) as asked:
            build: Callable[[], ReadAnswer | PhotographsAnswer]
            if asked.options.photograph:
                build = partial(answers.photographs_answer, await service.photographs_of(request, asked), asked.options)
            else:
                build = partial(answers.read_answer, await service.words_of(request, asked), asked.options)
        # Pictures are encoded for it, and others wait here.
        answer: ReadAnswer | PhotographsAnswer
        answer = await run_in_threadpool(build) if asked.options.evidence else build()
        if answer.has_failed:
            response.status_code = 422
        return answer

    @app.post("/predict/ocr_rec", responses=PROBLEMS, openapi_extra=hub_body)
    async def predict(request: Request) -> HubAnswer:
        """Reads as PaddleOCR's hub serving does; whatever the Content-Type, the body is JSON."""
        async with service.asked(request, lambda body: hub_asked_of(body, limits)) as asked:
            words = await service.words_of(request, asked)
        return HubAnswer(results=[[answers.HubWord(text=word.text, confidence=word.score) for word in words]])


def _add_watching(app: FastAPI, service: Service) -> None:
    @app.get("/health")
    async def health() -> State:
        """Says that the process answers."""
        return State(status="ok")

    @app.get("/ready", responses={503: {"model": State, "description": "send requests elsewhere"}})
    async def ready(response: Response) -> State:
        """Says whether requests should be sent here."""
        if service.state != "ok":
            response.status_code = 503
        return State(status=service.state)

    @app.get("/about")
    async def about() -> About:
        """Says what can be asked for."""
        return service.about

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """What Prometheus reads."""
        return Response(service.metrics.page(), media_type=CONTENT_TYPE)
