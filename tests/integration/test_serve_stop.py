"""Stopping the service, and its workers: nothing that was taken is lost, and one that dies is replaced."""

import http.client
import os
import re
import signal
import threading
import time

import pytest
from running_service import RAW, WORDS, Service, head, in_json

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM to catch")
WORD = (WORDS / "word_1.png").read_bytes()


class Clients:
    """Ask for eight words, over and over; what is not taken any more they forget."""

    def __init__(self, service: Service, num_clients: int):
        self.answers: list[tuple[int, int]] = []
        self._service, self._is_over = service, threading.Event()
        self._body = in_json([WORDS / f"word_{number}.png" for number in range(1, 9)])
        self._threads = [threading.Thread(target=self._ask_on) for _ in range(num_clients)]
        for thread in self._threads:
            thread.start()

    def _ask_on(self) -> None:
        while not self._is_over.is_set():
            try:
                status, answer = self._service.post("/read", self._body, {"Content-Type": "application/json"})
            except (OSError, http.client.HTTPException):
                continue
            self.answers.append((status, len(answer["words"])))

    def end(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(20)


@pytest.mark.parametrize("num_workers", [1, 2])
def test_nothing_is_lost_on_sigterm_under_load(num_workers):
    service = Service("--workers", str(num_workers), num_workers=num_workers)
    clients = Clients(service, 12)
    service.wait_for("request", path="/read")
    time.sleep(0.5)
    code = service.stop()
    clients.end()
    assert code == 0 and set(clients.answers) == {(200, 8)}
    messages = [line["message"] for line in service.log]
    taken = [line for line in service.log if line["message"] == "request"]
    assert len(taken) == len(clients.answers) and {line["status"] for line in taken} == {200}
    assert "request" in messages[messages.index("stopping") :]  # some were under way
    assert messages[-1] == "stopped"


def test_what_was_sent_before_the_stop_is_answered_though_nobody_had_accepted_it():
    service = Service()
    kept = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    kept.request("POST", "/read", WORD, RAW)
    assert kept.getresponse().read()
    os.kill(service.process.pid, signal.SIGSTOP)  # it neither accepts nor reads; the system does
    connections = [service.connect() for _ in range(40)]
    for connection in connections:
        connection.sendall(head(len(WORD)) + WORD)
    kept.request("POST", "/read", WORD, RAW)
    service.process.send_signal(signal.SIGTERM)
    os.kill(service.process.pid, signal.SIGCONT)
    for connection in connections:
        answer = b"".join(iter(lambda connection=connection: connection.recv(65536), b""))  # until it ends
        assert answer.startswith(b"HTTP/1.1 200 ")
        connection.close()
    assert kept.getresponse().status == 200
    assert service.process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError):
        service.connect()


def test_connections_without_a_request_do_not_hold_up_the_stop():
    service = Service("--body_timeout", "2")
    with service.connect(), service.connect() as half:
        half.sendall(b"POST /re")
        began = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - began < 8


@pytest.mark.parametrize("num_workers", [1, 2])
def test_while_it_stops_nobody_is_let_in_to_wait(num_workers):
    service = Service("--workers", str(num_workers), "--body_timeout", "30", num_workers=num_workers)
    with service.connect() as slow:
        slow.sendall(head(len(WORD)) + WORD[:9])
        service.wait_until_taken()
        service.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 10
        with pytest.raises(OSError):
            while time.monotonic() < until:
                service.connect().close()
        slow.sendall(WORD[9:])
        assert slow.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert service.process.wait(20) == 0


@pytest.mark.parametrize("num_workers", [1, 2])
def test_ctrl_c_in_a_terminal_is_told_all_of_them_and_is_no_fault(num_workers):
    service = Service("--workers", str(num_workers), num_workers=num_workers)
    for process in [service.process.pid, *(service.workers() if num_workers > 1 else [])]:
        os.kill(process, signal.SIGINT)
    assert service.process.wait(20) == 0
    service.stop()
    assert service.log[-1]["message"] == "stopped"
    assert [line for line in service.log if line["level"] != "info"] == []


def test_what_is_not_answered_in_the_time_to_stop_is_given_up():
    service = Service("--stop_timeout", "1", "--body_timeout", "15")
    with service.connect() as slow:
        slow.sendall(head(9) + b"half")
        service.wait_until_taken()
        began = time.monotonic()
        service.stop()
        assert time.monotonic() - began < 10


def count_of(page: str) -> float:
    return sum(float(number) for number in re.findall(r'^ppocr_rare_images_total{outcome="read"} (.*)$', page, re.M))


def test_workers_answer_at_one_address_count_together_and_are_replaced():
    service = Service("--workers", "2", num_workers=2)
    clients = Clients(service, 6)
    for _ in range(3):
        service.wait_for("request", path="/read")
        time.sleep(0.3)
    clients.end()
    assert set(clients.answers) == {(200, 8)}
    for _ in range(9):  # whichever worker is asked
        assert count_of(service.get("/metrics")) == 8 * len(clients.answers)
    victim = service.workers()[0]
    os.kill(victim, signal.SIGKILL)
    service.wait_for("a worker has ended; another takes its place", process=victim, exit_code=-signal.SIGKILL)
    service.wait_for_number("Application startup complete.", 3)
    assert len(service.workers()) == 2 and victim not in service.workers()
    assert [service.post("/read", WORD, RAW)[0] for _ in range(9)] == [200] * 9
    assert count_of(service.get("/metrics")) == 8 * len(clients.answers) + 9
    workers = service.workers()
    assert service.stop() == 0
    assert not [worker for worker in workers if is_alive(worker)]


def test_workers_end_with_their_supervisor():
    service = Service("--workers", "2", num_workers=2)
    workers = service.workers()
    service.process.kill()
    until = time.monotonic() + 15
    while any(map(is_alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [worker for worker in workers if is_alive(worker)]
    service.stop()


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
