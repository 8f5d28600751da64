"""Runs the application with uvicorn until a signal says stop."""

import asyncio
import functools
import ipaddress
import logging
import multiprocessing
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

import uvicorn

from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.errors import ConfigError, RareError
from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.intake import PATIENCE
from ppocr_rare.serve.limits import MIB, Limits
from ppocr_rare.serve.logs import log_as_json
from ppocr_rare.serve.photographs import open_spotter
from ppocr_rare.serve.protocol import BoundedProtocol
from ppocr_rare.serve.workers import supervise
from ppocr_rare.utils.platforms import signals

_BACKLOG = 512
_ACCEPTED_S = 0.05  # in which a connection that was accepted gets its protocol
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Address:
    """Where a service is asked.

    Args:
        host: address to listen at.
        port: likewise; 0 for any that is free, which the log names.
        cors_origins: as of ``make_app``.
        allowed_hosts: likewise; where none is named and ``host`` is a loopback address, this machine's names: or a page
            of anybody's, whose name leads here, could ask in a browser of this machine.
    """

    host: str = "127.0.0.1"
    port: int = 8866
    cors_origins: Sequence[str] = field(default=())
    allowed_hosts: Sequence[str] = field(default=())

    def names(self) -> Sequence[str]:
        """Names by which it may be asked; none: any."""
        if self.allowed_hosts or not _is_loopback(self.host):
            return [name.lower() for name in self.allowed_hosts]
        return [*_LOOPBACK_NAMES, f"[{self.host}]" if ":" in self.host else self.host]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


def serve(recognizer: TextRecognizer, limits: Limits, address: Address, num_workers: int = 1) -> None:
    """Answers until SIGTERM or Ctrl-C; what was taken is answered first.

    Args:
        recognizer: reads; with several workers it is pickled.
        limits: of requests, of each worker.
        address: where it is asked.
        num_workers: processes that answer.

    Raises:
        ConfigError: there would be no worker.
        RareError: the address cannot be had, or a worker cannot start.
    """
    if num_workers < 1:
        raise ConfigError(f"a service has at least 1 worker, not {num_workers}")
    host, port = address.host, address.port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise RareError(f"{host}:{port} cannot be listened at: {error.strerror or error}") from error
    log_as_json()
    fields = dict(zip(("host", "port"), listening.getsockname()[:2], strict=True))
    logger.info("listening", extra={"fields": fields})
    work = functools.partial(_answer, recognizer, limits, address, listening)
    if num_workers == 1:
        work()
    else:
        # Or who connects while they answer what they took would wait for nobody.
        supervise(work, num_workers, on_stop=listening.close)
    logger.info("stopped")


def _answer(recognizer: TextRecognizer, limits: Limits, address: Address, listening: socket.socket) -> None:
    """What one process does."""
    log_as_json()

    app = make_app(recognizer, limits, address.cors_origins, open_spotter(recognizer), address.names())

    class Protocol(BoundedProtocol):
        head_timeout_s = limits.body_timeout_s
        max_request_bytes = (PATIENCE + 1) * limits.max_body_bytes + MIB

    config = uvicorn.Config(
        app, http=Protocol, ws="none", lifespan="on",
        log_config=None, access_log=False, server_header=False, proxy_headers=False, backlog=_BACKLOG,
        timeout_keep_alive=5, timeout_graceful_shutdown=round(limits.stop_timeout_s),
    )  # fmt: skip
    server = _Server(config)
    # uvicorn listens to signals from its start to its end, when it sends itself those it has got once more, which would
    # end the process as if it had failed. One that comes before must not be lost either.
    for number in signals("SIGTERM", "SIGINT"):
        signal.signal(number, server.handle_exit)
    server.run(sockets=[listening])


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """uvicorn gives up what it answers at a Ctrl-C behind another signal, which workers get of a single one."""
        super().handle_exit(signal.SIGTERM if multiprocessing.parent_process() else sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """What is in the backlog has just been accepted: it gets its protocol before the others are told to end."""
        logger.info("stopping")
        for server in self.servers:
            server.close()
        await asyncio.sleep(_ACCEPTED_S)
        await super().shutdown(sockets)
