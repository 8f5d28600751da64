"""The web application over a recogniser."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from ppocr_rare import __version__
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.spot.spotter import TextSpotter
from ppocr_rare.serve import answers
from ppocr_rare.serve.answers import About, HubAnswer, PhotographsAnswer, ReadAnswer, State
from ppocr_rare.serve.documented import HUB_BODY, PROBLEMS, READ_BODY, READ_RESPONSES
from ppocr_rare.serve.guard import Guard
from ppocr_rare.serve.intake import asked_of, hub_asked_of
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.metrics import CONTENT_TYPE
from ppocr_rare.serve.options import ReadOptions
from ppocr_rare.serve.page_files import add_page
from ppocr_rare.serve.service import Service


def make_app(
    recognizer: TextRecognizer,
    limits: Limits | None = None,
    cors_origins: Sequence[str] = (),
    spotter: TextSpotter | None = None,
    allowed_hosts: Sequence[str] = (),
) -> FastAPI:
    """The application; any ASGI server runs it, in one process for each recogniser.

    Args:
        recognizer: reads.
        limits: of requests.
        cors_origins: sites whose scripts may ask, such as "https://example.org"; none unless they are named.
        spotter: as ``open_spotter`` gives it; None: photographs are refused.
        allowed_hosts: names by which it may be asked; any unless some are named.
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
    app.add_middleware(Guard, paths=paths, count=service.metrics.count_request, allowed_hosts=allowed_hosts)
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
