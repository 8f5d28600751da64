"""The service as a process: it reads, it bears clients that misbehave, and SIGTERM under load loses nothing."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from material import ROOT

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("onnxruntime")
WORDS = ROOT / "doc" / "imgs_words" / "en"
RAW = {"Content-Type": "image/png"}


class Service:
    """``tools/serve.py`` at a free port; its log is read as it comes."""

    def __init__(self, *options: str):
        command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--port", "0", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.log: list[dict] = []
        self._reading = threading.Thread(target=self._read_log)
        self._reading.start()
        self.port = self.wait_for("listening")["port"]
        self.wait_for("Application startup complete.")

    def _read_log(self) -> None:
        for line in self.process.stderr or ():
            self.log.append(json.loads(line))

    def wait_for(self, message: str, **fields: object) -> dict:
        """The first such line of the log."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for line in list(self.log):
                if line["message"] == message and fields.items() <= line.items():
                    return line
            time.sleep(0.01)
        raise AssertionError(f"{message} {fields} is not in {self.log}")

    def stop(self) -> int:
        """Ends it as a supervisor does; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self._reading.join(5)
        return code

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.read().decode()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


@pytest.fixture(scope="module")
def service():
    service = Service("--body_timeout", "1")
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="module")
def labels() -> dict[str, str]:
    lines = (WORDS / "labels.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def head(length: int) -> bytes:
    return b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % length


def in_json(paths: list[Path]) -> bytes:
    return json.dumps({"images": [base64.b64encode(path.read_bytes()).decode() for path in paths]}).encode()


def test_it_reads_what_the_recogniser_reads(service, labels):
    from ppocr_rare import TextRecognizer

    paths = [WORDS / name for name in labels]
    words = TextRecognizer.from_pretrained(use_gpu=False)(paths)
    status, answer = service.post("/read?details=true", in_json(paths), {"Content-Type": "application/json"})
    assert status == 200 and [word["text"] for word in answer["words"]] == [word.text for word in words]
    for word, given in zip(words, answer["words"], strict=True):
        assert given["score"] == pytest.approx(word.score, abs=1e-5)
        assert "".join(letter["char"] for letter in given["characters"]) == word.text
        assert all(len(letter["box"]) == 4 for letter in given["characters"]) and len(given["points"]) == 20
    status, answer = service.post("/predict/ocr_rec", in_json(paths), {})
    assert [word["text"] for word in answer["results"][0]] == [word.text for word in words]


def test_a_text_does_not_depend_on_what_is_read_beside_it(service, labels):
    images = [(WORDS / name).read_bytes() for name in labels]
    alone = [service.post("/read", image, RAW)[1]["words"][0] for image in images]
    with ThreadPoolExecutor(16) as clients:
        together = list(clients.map(lambda image: service.post("/read", image, RAW)[1]["words"][0], images * 4))
    for word, given in zip(alone * 4, together, strict=True):
        assert given["text"] == word["text"] and given["score"] == pytest.approx(word["score"], abs=1e-5)
    page = service.get("/metrics")
    batches, read = (re.search(rf"ppocr_rare_batch_images_{name} (.*)", page)[1] for name in ("count", "sum"))
    assert float(batches) < float(read)  # some were read together


def test_a_slow_body_is_given_up_and_others_are_answered(service):
    image = (WORDS / "word_1.png").read_bytes()
    began = time.monotonic()
    with service.connect() as slow:
        slow.sendall(head(len(image)) + image[:100])
        assert service.post("/read", image, RAW)[0] == 200
        answer = b""
        while chunk := slow.recv(4096):  # until it is closed
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 408 ") and 0.9 < time.monotonic() - began < 5


@pytest.mark.parametrize("beginning", [b"", b"POST /re", head(9)[:-2]])
def test_a_head_that_never_ends_is_given_up(service, beginning):
    began = time.monotonic()
    with service.connect() as slow:
        slow.sendall(beginning)
        assert slow.recv(4096) == b""
    assert time.monotonic() - began < 5


def test_an_answer_does_not_wait_for_an_acknowledgement(service):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    seconds = []
    for _ in range(9):
        began = time.perf_counter()
        connection.request("POST", "/read", b"{}", {"Content-Type": "application/json"})
        assert connection.getresponse().read()
        seconds.append(time.perf_counter() - began)
    connection.close()
    assert min(seconds[1:]) < 0.03  # it would be 0.04 each


def test_half_a_body_and_a_client_that_goes_cost_nobody_else(service):
    image = (WORDS / "word_1.png").read_bytes()
    before = len(service.log)
    with service.connect() as half:
        half.sendall(head(len(image)) + image[: len(image) // 2])
    with service.connect() as gone:
        gone.sendall(head(len(image)) + image)
    assert service.post("/read", image, RAW)[1]["words"][0]["text"] == "joint"
    service.wait_for("request", status=499)
    assert not [line for line in service.log[before:] if line["level"] == "error"]


def test_more_than_is_taken_is_told_even_to_a_client_that_only_sends(service):
    status, answer = service.post("/read", bytes(40 * 1024 * 1024), RAW)
    assert status == 413 and "bytes" in answer["detail"]


def test_what_is_no_http_is_refused(service):
    with service.connect() as strange:
        strange.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert strange.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_an_address_that_is_taken_is_one_line(service):
    command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--port", str(service.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.startswith("error: 127.0.0.1:") and done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM to catch")
def test_nothing_is_lost_on_sigterm_under_load():
    service, answers, is_over = Service(), [], threading.Event()
    body = in_json([WORDS / f"word_{number}.png" for number in range(1, 9)])

    def ask_on() -> None:
        while not is_over.is_set():
            try:
                status, answer = service.post("/read", body, {"Content-Type": "application/json"})
            except (OSError, http.client.HTTPException):  # it was not taken any more: see below
                continue
            answers.append((status, len(answer["words"])))

    asking = [threading.Thread(target=ask_on) for _ in range(12)]
    for thread in asking:
        thread.start()
    service.wait_for("request", path="/read")
    time.sleep(0.5)
    code = service.stop()
    is_over.set()
    for thread in asking:
        thread.join(20)
    assert code == 0 and set(answers) == {(200, 8)}
    messages = [line["message"] for line in service.log]
    taken = [line for line in service.log if line["message"] == "request"]
    assert len(taken) == len(answers) and {line["status"] for line in taken} == {200}
    assert "request" in messages[messages.index("Shutting down") :]  # some were under way
