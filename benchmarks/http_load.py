"""Asks a service over HTTP/1.1 with little of the processor: one thread, connections that are kept."""

import asyncio
import random
import time
from collections.abc import Collection, Iterable

_OK = frozenset({200})
_HEAD = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n"


class Connection(asyncio.Protocol):
    """One request after the other."""

    def __init__(self) -> None:
        self._received = b""
        self._status: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) >= int(head.lower().partition(b"content-length: ")[2].split(b"\r\n", 1)[0]):
            self._received = b""
            self._status.set_result(int(head.split(b" ", 2)[1]))

    def connection_lost(self, error: Exception | None) -> None:
        if self._status and not self._status.done():
            self._status.set_exception(error or ConnectionError("the service has closed a connection"))

    async def ask(self, image: bytes) -> int:
        """Sends an image; returns the status of the answer."""
        self._status = asyncio.get_running_loop().create_future()
        self.transport.write(_HEAD.format(len(image)).encode() + image)
        return await self._status


async def _connect(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection


async def in_turn(port: int, images: Iterable[bytes], num_clients: int, statuses: Collection[int] = _OK) -> list[float]:
    """Clients that each send the next image when they have the answer to the one before.

    Args:
        port: of the service.
        images: files.
        num_clients: connections.
        statuses: that are right.

    Returns:
        The seconds of each request.

    Raises:
        RuntimeError: another status.
    """
    waits, left = [], iter(images)

    async def client() -> None:
        connection = await _connect(port)
        for image in left:
            began = time.perf_counter()
            await _checked(connection, image, statuses)
            waits.append(time.perf_counter() - began)
        connection.transport.close()

    await asyncio.gather(*(client() for _ in range(num_clients)))
    return waits


async def at_rate(port: int, images: Iterable[bytes], rate: float, seed: int = 0) -> list[float]:
    """Requests that come by chance, as those of many strangers do, whatever has been answered.

    Args:
        port: of the service.
        images: files.
        rate: of them in a second, on average.
        seed: of the chance.

    Returns:
        The seconds from the moment at which each request was due to its answer.
    """
    rng, waits, free, asking = random.Random(seed), [], [], []
    due = time.perf_counter()

    async def ask(image: bytes, due: float) -> None:
        connection = free.pop() if free else await _connect(port)
        await _checked(connection, image, _OK)
        waits.append(time.perf_counter() - due)
        free.append(connection)

    for image in images:
        due += rng.expovariate(rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asking.append(asyncio.create_task(ask(image, due)))
    await asyncio.gather(*asking)
    for connection in free:
        connection.transport.close()
    return waits


async def _checked(connection: Connection, image: bytes, statuses: Collection[int]) -> None:
    status = await connection.ask(image)
    if status not in statuses:
        raise RuntimeError(f"status {status}")
