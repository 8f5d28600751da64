"""Around every request: who may not ask, headers that keep browsers from harm, one count, one line of log, and no
traceback outside."""

import logging
import time
from collections.abc import Callable, Collection

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ppocr_rare.serve.intake import CLIENT_GONE, CLOSE, retry_after

SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",  # no other answer is a page
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

IS_ONE_TOO_MANY = "is_one_too_many"  # in the state of a connection whose images are not read

logger = logging.getLogger(__name__)


class Guard:
    """ASGI middleware.

    Args:
        app: answers.
        paths: that are counted and logged by name; all others are "other", or clients could fill the memory with names.
        count: is told path, status and seconds of each request.
        allowed_hosts: names under which it is asked, without ports; others are refused, as a page does that has its own
            name lead to this address. None: any.
    """

    def __init__(
        self,
        app: ASGIApp,
        paths: Collection[str],
        count: Callable[[str, int, float], None],
        allowed_hosts: Collection[str] = (),
    ):
        self._app, self._paths, self._count, self._allowed_hosts = app, paths, count, frozenset(allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), CLIENT_GONE  # unless an answer begins

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await (self._refusal(scope) or self._app)(scope, receive, send_safely)
        except Exception:
            logger.exception("a request failed")
            if status == CLIENT_GONE:
                await JSONResponse({"detail": "internal error"}, 500)(scope, receive, send_safely)
        finally:
            seconds = time.perf_counter() - began
            path = scope["path"] if scope["path"] in self._paths else "other"
            self._count(path, status, seconds)
            fields = {"method": scope["method"], "path": path, "status": status, "ms": round(1000 * seconds, 1)}
            logger.info("request", extra={"fields": fields | scope.get("state", {}).get("fields", {})})

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        if self._allowed_hosts and (host := _host_of(scope)) not in self._allowed_hosts:
            return JSONResponse({"detail": f"this service is not asked as {host!r}"}, 421, CLOSE)
        if scope["method"] == "POST" and scope.get("state", {}).get(IS_ONE_TOO_MANY):
            return JSONResponse({"detail": "too many connections"}, 503, retry_after(1) | CLOSE)
        return None


def _host_of(scope: Scope) -> str:
    """The name in the Host header, without the port; of an IPv6 address with its brackets."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
