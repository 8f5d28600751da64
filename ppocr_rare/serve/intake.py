"""From a request's bytes to its images. Whatever a client sends, it costs no more than the limits say."""

import asyncio
import base64
import binascii
import io
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar, cast

from fastapi import HTTPException, Request
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from ppocr_rare.errors import SampleError
from ppocr_rare.serve.answers import HubRequest, ReadRequest
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.options import ReadOptions

CLIENT_GONE = 499  # nginx's number, for logs and counts: nobody is there to get it
CLOSE = {"Connection": "close"}  # what is left of a body is not wanted
# A client that is still sending does not listen: so much of a body that is too large is thrown away before it is
# told, in multiples of the limit. Of a larger one the connection is cut.
PATIENCE = 4
_FIELD = b"files"

Image = bytes | SampleError
_Request = TypeVar("_Request", ReadRequest, HubRequest)


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to come again, between a second and a minute from now."""
    return {"Retry-After": str(math.ceil(min(max(seconds, 1), 60)))}


@dataclass(frozen=True)
class Asked:
    """What a request asks for.

    Args:
        images: files, or why one of them is none.
        options: what is wanted of them.
        lexicon: the words that may be read; None: any.
    """

    images: list[Image]
    options: ReadOptions = ReadOptions()
    lexicon: list[str] | None = None


class Intake:
    """Receives bodies of requests.

    Args:
        limits: of them.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self._held_bytes = 0

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """A request's body, whole (``async with``); until the end of it, it counts as held.

        Raises:
            HTTPException: it is too large (413), too slow (408), ended by its client (499), or one too many (503).
        """
        told = int(request.headers.get("content-length") or 0)
        most = self._limits.max_body_bytes
        if told > most * PATIENCE or (told > most and "expect" in request.headers):
            raise self._too_large()
        chunks: list[bytes] = []
        try:
            await self._receive_in_time(request, chunks)
            yield b"".join(chunks)
        finally:
            self._held_bytes -= sum(map(len, chunks))

    async def _receive_in_time(self, request: Request, chunks: list[bytes]) -> None:
        try:
            await asyncio.wait_for(self._receive(request, chunks), self._limits.body_timeout_s)
        except asyncio.TimeoutError as error:
            raise HTTPException(408, f"no whole body in {self._limits.body_timeout_s:g} s", CLOSE) from error

    async def _receive(self, request: Request, chunks: list[bytes]) -> None:
        size, has_more = 0, True
        while has_more and size <= self._limits.max_body_bytes * PATIENCE:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise HTTPException(CLIENT_GONE, "the client has gone")
            chunk, has_more = message.get("body", b""), message.get("more_body", False)
            size += len(chunk)
            if size <= self._limits.max_body_bytes:
                if self._held_bytes + len(chunk) > self._limits.max_held_bytes:
                    raise HTTPException(503, "too many bodies are being received", retry_after(1) | CLOSE)
                self._held_bytes += len(chunk)
                chunks.append(chunk)
        if size > self._limits.max_body_bytes:
            raise self._too_large()

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"a body of more than {self._limits.max_body_bytes} bytes", CLOSE)


def asked_of(body: bytes, content_type: str, options: ReadOptions, limits: Limits) -> Asked:
    """What a request to /read asks for: JSON, multipart/form-data, or an image file as it is.

    Args:
        body: of the request.
        content_type: of the body.
        options: what the address asks for; JSON may ask otherwise.
        limits: of requests.

    Raises:
        HTTPException: it is malformed (400, 422), of another type (415), or has too many images (413) or none (422).
    """
    kind, parameters = parse_options_header(content_type)
    if kind == b"application/json":
        asked = _parsed(ReadRequest, body)
        said = asked.model_dump(include=set(ReadOptions.model_fields), exclude_unset=True)
        options = options.model_copy(update=said)
        return Asked(_decoded(asked.images, limits, options), options, asked.lexicon)
    if kind == b"multipart/form-data":
        files = _files(body, parameters.get(b"boundary"), limits.max_count(options.photograph))
        return Asked([_sized(image, limits) for image in files], options)
    if kind.startswith(b"image/") or kind == b"application/octet-stream":
        return Asked([_sized(body, limits)], options)
    raise HTTPException(415, "application/json, multipart/form-data, image/… or application/octet-stream is needed")


def hub_asked_of(body: bytes, limits: Limits) -> Asked:
    """What a client of PaddleOCR's hub serving asks for; exceptions are those of ``asked_of``."""
    options = ReadOptions()
    return Asked(_decoded(_parsed(HubRequest, body).images, limits, options), options)


def _parsed(kind: type[_Request], body: bytes) -> _Request:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = "".join(f"{part}: " for part in first["loc"])
        raise HTTPException(400 if first["type"] == "json_invalid" else 422, f"{where}{first['msg']}") from error


def _decoded(texts: list[str], limits: Limits, options: ReadOptions) -> list[Image]:
    _check_count(len(texts), limits.max_count(options.photograph))
    return [_decoded_one(text, limits) for text in texts]


def _decoded_one(text: str, limits: Limits) -> Image:
    if text.startswith("data:"):  # as browsers give files; nothing is fetched
        text = text.partition(",")[2]
    try:
        return _sized(base64.b64decode("".join(text.split()), validate=True), limits)
    except (binascii.Error, ValueError):  # the latter for what is not ASCII
        return SampleError("not base64")


def _sized(image: bytes, limits: Limits) -> Image:
    try:
        limits.check_size(image)
    except SampleError as error:
        return error
    return image


def _files(body: bytes, boundary: bytes | None, max_count: int) -> list[bytes]:
    """The files of a form, in order. They stay in memory: nothing that a client sends is written to disk."""
    if not boundary:
        raise HTTPException(400, "multipart/form-data without a boundary")
    images: list[bytes] = []

    def take(file: File) -> None:
        if file.field_name != _FIELD:
            raise HTTPException(422, "the files of the form must be named 'files'")
        images.append(cast(io.BytesIO, file.file_object).getvalue())
        _check_count(len(images), max_count)

    def refuse(_: Field) -> None:
        raise HTTPException(422, "the form has a part that is no file")

    settings = {"MAX_MEMORY_FILE_SIZE": len(body) + 1}
    parser = FormParser("multipart/form-data", refuse, take, boundary=boundary, config=settings)
    try:
        parser.write(body)
    except FormParserError as error:
        raise HTTPException(400, "malformed multipart/form-data") from error
    if not body.rstrip().endswith(b"--" + boundary + b"--"):
        raise HTTPException(400, "multipart/form-data that ends early")
    _check_count(len(images), max_count)
    return images


def _check_count(num_images: int, max_count: int) -> None:
    if num_images == 0:
        raise HTTPException(422, "no image")
    if num_images > max_count:
        raise HTTPException(413, f"more than {max_count} images")
