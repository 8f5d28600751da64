"""Bounds of a connection, with uvicorn in a thread."""

import http.client
import json
import socket

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from served import served

from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.protocol import BoundedProtocol

RAW = {"Content-Type": "image/png"}


class Small(BoundedProtocol):
    max_connections, max_request_bytes = 2, 400_000


@pytest.fixture
def port(recognizer):
    with served(make_app(recognizer), Small) as port:
        yield port


def ask(port, method, path, body=b""):
    """The connection, which stays open, the status, the answer and when to come again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, RAW)
    answer = connection.getresponse()
    return connection, answer.status, json.loads(answer.read()), answer.getheader("Retry-After")


def sent(port: int, *parts: bytes) -> bytes:
    """What comes back, until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:
            return b""


def test_of_too_many_connections_no_image_is_read_but_the_service_still_says_how_it_is(port, images):
    kept = [ask(port, "POST", "/read", images[0]) for _ in range(2)]
    assert [status for _, status, _, _ in kept] == [200, 200]
    *_, status, answer, retry = ask(port, "POST", "/read", images[0])
    assert (status, answer, retry) == (503, {"detail": "too many connections"}, "1")
    kept += [ask(port, "GET", "/health") for _ in range(2)]
    assert [status for _, status, _, _ in kept] == [200] * 4
    with pytest.raises(ConnectionError):
        ask(port, "GET", "/health")
    for connection, *_ in kept:
        connection.close()


@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 200 + b"\r\n", b"\x16\x03\x01 hello\r\n\r\n"],
)
def test_what_is_no_request_is_told_in_json(port, request_bytes):
    head, _, body = sent(port, request_bytes).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ") and list(json.loads(body)) == ["detail"]


CHUNKED = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        (b"GET /" + b"a" * 30_000, b"a" * 40_000, b"a" * 40_000),
        (b"GET / HTTP/1.1\r\na: ", *[b"b" * 30_000] * 4),
        (CHUNKED, *[b"1\r\nx\r\n" * 20_000] * 4),
        (CHUNKED + b"1\r\nx\r\n0\r\n", *[b"a: b\r\n" * 100] * 2),
        (CHUNKED + b"1;" + b"e" * 100_000, *[b"e" * 100_000] * 4),
    ],
    ids=["address", "header", "chunks", "trailers", "extension"],
)
def test_a_request_without_an_end_is_cut(port, images, parts):
    answer = sent(port, *parts)
    assert not answer or answer.startswith(b"HTTP/1.1 400 ")
    assert ask(port, "POST", "/read", images[0])[1] == 200
