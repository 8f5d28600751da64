"""The web application over a recogniser."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import numpy as np
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from ppocr_rare import __version__
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.errors import ConfigError
from ppocr_rare.serve.answers import HubAnswer, HubRequest, HubWord, Problem, ReadAnswer, ReadRequest, State, answer_of
from ppocr_rare.serve.batcher import Batcher, QueueFullError
from ppocr_rare.serve.guard import Guard
from ppocr_rare.serve.intake import CLIENT_GONE, Asked, Intake, asked_of, hub_asked_of, retry_after
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.metrics import CONTENT_TYPE, Metrics

_Result = TypeVar("_Result")
_Responses = dict[int | str, dict[str, Any]]

# Such a body is looked through while others wait, in less time than it takes to wake a thread beside one that reads.
_SMALL_BYTES = 64 * 1024
_NOTED_EVERY_S = 0.5  # the queue's length, for whoever watches
_MIN_READERS = 2  # so that one decodes while the model reads the other's

_FORM = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}},
}
_FILE = {"schema": {"type": "string", "format": "binary"}}
_READ_BODY = {
    "application/json": {"schema": ReadRequest.model_json_schema()},
    "multipart/form-data": {"schema": _FORM},
    "image/*": _FILE,
    "application/octet-stream": _FILE,
}
_HUB_BODY = {"application/json": {"schema": HubRequest.model_json_schema()}}
_PROBLEMS: _Responses = {
    400: {"model": Problem, "description": "no JSON, or a form that is damaged"},
    408: {"model": Problem, "description": "the body did not arrive in time"},
    413: {"model": Problem, "description": "the body is too large, or there are too many images"},
    422: {"model": Problem, "description": "another shape of request is needed, or no image"},
    500: {"model": Problem, "description": "a fault of the service"},
    503: {
        "model": Problem,
        "description": "too much waits",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
    },
    504: {"model": Problem, "description": "the images were not read in time, and will not be"},
}
_READ_RESPONSES: _Responses = _PROBLEMS | {
    415: {"model": Problem, "description": "a Content-Type that is not read"},
    422: {"model": ReadAnswer | Problem, "description": "none of the images could be read; or another shape is needed"},
}


class Service:
    """What the routes share: the way of a request's images through one recogniser.

    Args:
        recognizer: reads.
        limits: of requests.
    """

    def __init__(self, recognizer: TextRecognizer, limits: Limits):
        self._recognizer, self._limits = recognizer, limits
        self._intake = Intake(limits)
        self.metrics = Metrics()
        num_readers = max(recognizer.num_at_once, _MIN_READERS)
        self.batcher = Batcher(self._read, limits.max_queue, num_readers=num_readers, on_batch=self.metrics.count_batch)
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
        running, noting = asyncio.create_task(self.batcher.run()), asyncio.create_task(self._note_queue())
        self._is_ready = True
        try:
            yield
        finally:
            self._is_ready = False
            noting.cancel()
            self.batcher.close()
            await running

    async def _note_queue(self) -> None:
        while True:
            self.metrics.note_queue(self.batcher.num_waiting)
            await asyncio.sleep(_NOTED_EVERY_S)

    async def read(self, request: Request, parse: Callable[[bytes], Asked]) -> tuple[list[RecognizedWord], bool]:
        """The words of a request, one for each image, and whether its body asks for details.

        Raises:
            HTTPException: see ``_READ_RESPONSES``.
        """
        async with self._intake.body(request) as body:
            is_small = len(body) < _SMALL_BYTES
            asked = parse(body) if is_small else await run_in_threadpool(parse, body)
            request.state.fields = {"images": len(asked.images), "bytes": len(body)}
            good = [image for image in asked.images if isinstance(image, bytes)]
            work = self._words_of(good, asked.has_details)
            read = iter(await _while_connected(request, work, self._limits.read_timeout_s))
        words = [
            next(read) if isinstance(image, bytes) else RecognizedWord("", 0.0, (), str(image))
            for image in asked.images
        ]
        for word in words:
            self.metrics.count_word(word)
        return words, asked.has_details

    async def _words_of(self, images: Sequence[bytes], has_details: bool) -> list[RecognizedWord]:
        try:
            return await self.batcher.words_of(images, has_details)
        except QueueFullError as error:
            raise HTTPException(503, "too many images wait", retry_after(self.batcher.seconds_to_wait)) from error
        except ConfigError as error:
            raise HTTPException(422, "this model was exported without details") from error

    def _read(self, images: list[bytes], has_details: bool) -> list[RecognizedWord]:
        return list(self._recognizer.iterate(images, return_details=has_details))


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


def make_app(
    recognizer: TextRecognizer,
    limits: Limits | None = None,
    cors_origins: Sequence[str] = (),
    allowed_hosts: Sequence[str] = (),
) -> FastAPI:
    """The application; any ASGI server runs it, in one process for each recogniser.

    Args:
        recognizer: reads.
        limits: of requests.
        cors_origins: sites whose scripts may ask, such as "https://example.org"; none unless they are named.
        allowed_hosts: names by which it may be asked; any unless some are named.
    """
    limits = limits or Limits()
    service = Service(recognizer, limits)
    app = FastAPI(
        title="ppocr_rare", version=__version__, summary="Reads words in images, one word an image.",
        lifespan=service.lifespan, docs_url=None, redoc_url=None,  # they would load scripts of strangers
    )  # fmt: skip
    _add_reading(app, service, limits)
    _add_watching(app, service)

    @app.exception_handler(RequestValidationError)
    async def explain(_: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": "; ".join(str(one["msg"]) for one in error.errors())}, 422)

    if cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=cors_origins, allow_methods=["POST"], allow_headers=["*"])
    paths = frozenset(route.path for route in app.routes if hasattr(route, "path"))
    app.add_middleware(Guard, paths=paths, count=service.metrics.count_request, allowed_hosts=allowed_hosts)
    return app


def _add_reading(app: FastAPI, service: Service, limits: Limits) -> None:
    read_body, hub_body = ({"requestBody": {"required": True, "content": one}} for one in (_READ_BODY, _HUB_BODY))

    @app.post("/read", responses=_READ_RESPONSES, openapi_extra=read_body, response_model_exclude_none=True)
    async def read(request: Request, response: Response, details: bool = False) -> ReadAnswer:
        """Reads a word in each image: files of a form, one image as the body, or base64 in JSON."""
        kind = request.headers.get("content-type", "")

        def parse(body: bytes) -> Asked:
            asked = asked_of(body, kind, limits)
            return Asked(asked.images, asked.has_details or details)

        words, has_details = await service.read(request, parse)
        if all(word.error is not None for word in words):
            response.status_code = 422
        return ReadAnswer(words=[answer_of(word, has_details) for word in words])

    @app.post("/predict/ocr_rec", responses=_PROBLEMS, openapi_extra=hub_body)
    async def predict(request: Request) -> HubAnswer:
        """Reads as PaddleOCR's hub serving does; whatever the Content-Type, the body is JSON."""
        words, _ = await service.read(request, lambda body: hub_asked_of(body, limits))
        return HubAnswer(results=[[HubWord(text=word.text, confidence=word.score) for word in words]])


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

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """What Prometheus reads."""
        return Response(service.metrics.page(), media_type=CONTENT_TYPE)
