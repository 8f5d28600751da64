"""HTTP/1.1 on a connection, within bounds: of time, of size, of how many there are."""

import asyncio
import json
import socket

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ppocr_rare.serve.guard import IS_ONE_TOO_MANY

_MAX_HEAD_BYTES = 64 * 1024
_MAX_HEADERS = 128
_LAST_REQUEST_S = 1.0
_BAD_REQUEST = (
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's, which waits for ever for the rest of a head, and takes a head of any size.

    A subclass sets what is bounded: seconds in which a head has to arrive; bytes of a request as it is sent, with all
    that surrounds its chunks; connections that are answered. Those above are told to come again, and as many above
    that are cut.
    """

    head_timeout_s = 20.0
    max_request_bytes = 160 * 1024 * 1024
    max_connections = 512
    _giving_up: asyncio.TimerHandle | None = None
    _num_bytes = 0  # of this request
    _is_last = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            self.app_state = self.app_state | {IS_ONE_TOO_MANY: True}
        if len(self.connections) > 2 * self.max_connections:
            transport.abort()
            return
        # Or an answer's body would wait, 40 ms on Linux, until its head has been acknowledged: asyncio sets this only
        # for sockets that were made with the number of TCP, which ``create_server`` leaves out.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch()

    def data_received(self, data: bytes) -> None:
        self._num_bytes += len(data)
        super().data_received(data)
        if self._num_bytes > (self.max_request_bytes if self._has_request else _MAX_HEAD_BYTES):
            self.transport.abort()
        self._watch()

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > _MAX_HEADERS:  # those behind a body's last chunk are counted, too
            raise ValueError("too many headers")  # which the parser's caller answers

    def on_response_complete(self) -> None:
        self._num_bytes = 0
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._giving_up:
            self._giving_up.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The service is to stop: a request that was sent before this could be known is still answered."""
        if self._has_request:
            super().shutdown()
            return
        self._is_last = True
        if not self._num_bytes:
            if self._giving_up:
                self._giving_up.cancel()
            self._giving_up = self.loop.call_later(_LAST_REQUEST_S, self._give_up)

    def send_400_response(self, msg: str) -> None:
        """As every other answer, JSON."""
        body = json.dumps({"detail": msg}).encode()
        head = _BAD_REQUEST.format(len(body))
        self.transport.write(head.encode() + body)
        self.transport.close()

    @property
    def _has_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        """The time runs from the first sign of a request, and is not lengthened by further ones."""
        if self._has_request and self._is_last:
            self.cycle.keep_alive = False
        if self._giving_up and self._has_request:
            self._giving_up.cancel()
            self._giving_up = None
        elif not self._giving_up and not self._has_request:
            self._giving_up = self.loop.call_later(self.head_timeout_s, self._give_up)

    def _give_up(self) -> None:
        self._giving_up = None
        if not self._has_request:
            self.transport.close()
