"""Runs the application with uvicorn until a signal says stop."""

import asyncio
import logging
import signal
import socket

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.errors import RareError
from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.logs import log_as_json
from ppocr_rare.serve.photographs import open_spotter

_MAX_CONNECTIONS = 512  # more are answered 503 at once
_BACKLOG = 512

logger = logging.getLogger(__name__)


def serve(recognizer: TextRecognizer, limits: Limits, host: str, port: int, cors_origins: list[str]) -> None:
    """Answers until SIGTERM or Ctrl-C; what was taken is answered first.

    Args:
        recognizer: reads.
        limits: of requests.
        host: address to listen at.
        port: likewise; 0 for any that is free, which the log names.
        cors_origins: as of ``make_app``.

    Raises:
        RareError: the address cannot be had.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise RareError(f"{host}:{port} cannot be listened at: {error.strerror or error}") from error
    log_as_json()
    app = make_app(recognizer, limits, cors_origins, open_spotter(recognizer))

    class Impatient(_Impatient):
        head_timeout_s = limits.body_timeout_s

    config = uvicorn.Config(
        app, http=Impatient, ws="none", lifespan="on", log_config=None,
        access_log=False, server_header=False, proxy_headers=False, limit_concurrency=_MAX_CONNECTIONS,
        timeout_keep_alive=5, timeout_graceful_shutdown=round(limits.stop_timeout_s),
    )  # fmt: skip
    # uvicorn sends itself the signal once more when it has stopped, which would end the process as if it had failed.
    signal.signal(signal.SIGTERM, lambda *_: None)
    fields = dict(zip(("host", "port"), listening.getsockname()[:2], strict=True))
    logger.info("listening", extra={"fields": fields})
    uvicorn.Server(config).run(sockets=[listening])
    logger.info("stopped")


class _Impatient(H11Protocol):
    """uvicorn's HTTP/1.1, which waits for ever for the rest of a head; this does not, and answers at once."""

    head_timeout_s = 20.0
    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Or an answer's body would wait, 40 ms on Linux, until its head has been acknowledged: asyncio sets this only
        # for sockets that were made with the number of TCP, which ``create_server`` leaves out.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._giving_up:
            self._giving_up.cancel()
        super().connection_lost(exc)

    @property
    def _has_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        """The time runs from the first sign of a request, and is not lengthened by further ones."""
        if self._giving_up and self._has_request:
            self._giving_up.cancel()
            self._giving_up = None
        elif not self._giving_up and not self._has_request:
            self._giving_up = self.loop.call_later(self.head_timeout_s, self._give_up)

    def _give_up(self) -> None:
        self._giving_up = None
        if not self._has_request:
            self.transport.close()
