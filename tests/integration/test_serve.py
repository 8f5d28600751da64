"""The service as a process: it reads, and it bears clients that misbehave."""

import http.client
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from material import ROOT
from running_service import RAW, WORDS, Service, head, in_json

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def service():
    service = Service("--body_timeout", "1")
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="module")
def labels() -> dict[str, str]:
    lines = (WORDS / "labels.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


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


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--workers", "0", "at least 1 worker"), ("--read_timeout", "-1", "above 0"), ("--min_score", "2", "from 0 to 1")],
)
def test_what_cannot_be_is_one_line(option, value, said):
    command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--port", "0", option, value]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1


def test_an_address_that_is_taken_is_one_line(service):
    command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--port", str(service.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.startswith("error: 127.0.0.1:") and done.stderr.count("\n") == 1
