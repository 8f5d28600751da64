"""Headers, counts, logs: what surrounds every request."""

import json
import logging

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytest.importorskip("httpx")
from fastapi.testclient import TestClient

from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.logs import JsonFormatter
from ppocr_rare.serve.server import Address

RAW = {"Content-Type": "image/png"}


@pytest.fixture
def client(recognizer):
    with TestClient(make_app(recognizer)) as client:
        yield client


@pytest.mark.parametrize("path", ["/health", "/nothing", "/read", "/docs"])
def test_every_answer_has_the_safe_headers_and_no_permission_for_other_sites(client, path):
    headers = client.get(path, headers={"Origin": "https://example.org"}).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in headers if name.startswith("access-control")]


def test_other_sites_are_permitted_where_they_are_named(recognizer):
    with TestClient(make_app(recognizer, cors_origins=["https://example.org"])) as client:
        for origin, permitted in (("https://example.org", "https://example.org"), ("https://evil.example", None)):
            answer = client.get("/health", headers={"Origin": origin})
            assert answer.headers.get("Access-Control-Allow-Origin") == permitted


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [("localhost", True), ("LOCALHOST:8866", True), ("[::1]:8866", True), ("[::1]", True), ("evil.example", False)]
    + [("localhost.evil.example:80", False), ("localhost:evil", False), ("", False)],
)
def test_it_is_asked_by_its_own_names_alone(recognizer, host, is_allowed):
    """Or a page of a stranger's, whose name leads to this address, could ask and see the answers."""
    with TestClient(make_app(recognizer, allowed_hosts=Address().names())) as client:
        answer = client.get("/health", headers={"Host": host})
    assert answer.status_code == (200 if is_allowed else 421)
    assert is_allowed or list(answer.json()) == ["detail"]


def test_names_are_asked_for_where_strangers_are_not_expected():
    assert "127.0.0.2" in Address("127.0.0.2").names() and "[::1]" in Address("::1").names()
    assert "localhost" in Address("localhost").names()
    assert Address("0.0.0.0").names() == [] == Address("words.example").names()
    assert Address(allowed_hosts=["Words.Example"]).names() == ["words.example"]


def test_prometheus_is_told(client, images):
    client.post("/read", content=images[0], headers=RAW)
    client.post("/read", content=b"no image", headers=RAW)
    client.get("/any/other/name")
    page = client.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain")
    for line in (
        'ppocr_rare_requests_total{path="/read",status="200"} 1.0',
        'ppocr_rare_requests_total{path="/read",status="422"} 1.0',
        'ppocr_rare_requests_total{path="other",status="404"} 1.0',
        'ppocr_rare_images_total{outcome="read"} 1.0',
        'ppocr_rare_images_total{outcome="failed"} 1.0',
        "ppocr_rare_batch_images_count 2.0",
        "ppocr_rare_queue_images 0.0",
    ):
        assert line in page.text.splitlines()


def test_two_services_of_a_process_count_apart(client, recognizer, images):
    client.post("/read", content=images[0], headers=RAW)
    with TestClient(make_app(recognizer)) as other:
        assert 'path="/read"' not in other.get("/metrics").text


def test_a_line_of_log_for_each_request_without_what_it_held(client, recognizer, images, caplog):
    with caplog.at_level(logging.INFO, "ppocr_rare.serve"):
        client.post("/read", content=images[0], headers=RAW)
        client.get("/x%0a%1b[31m")
    lines = [JsonFormatter().format(record) for record in caplog.records if record.name == "ppocr_rare.serve.guard"]
    first, second = map(json.loads, lines)
    assert {name: first[name] for name in ("message", "method", "path", "status", "images", "bytes")} == {
        "message": "request", "method": "POST", "path": "/read", "status": 200, "images": 1, "bytes": len(images[0]),
    }  # fmt: skip
    assert second["path"] == "other" and "\n" not in lines[1]
    assert recognizer.text_of(images[0]) not in lines[0]


def test_openapi_says_all_that_is_taken_and_answered(client):
    page = client.get("/openapi.json").json()
    read = page["paths"]["/read"]["post"]
    assert {"application/json", "multipart/form-data", "image/*"} <= set(read["requestBody"]["content"])
    assert set(read["responses"]) == {"200", "400", "408", "413", "415", "422", "500", "501", "503", "504"}
    assert set(page["paths"]) == {"/read", "/predict/ocr_rec", "/about", "/health", "/ready", "/metrics"}
    names = page["components"]["schemas"]

    def refer(node):
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        yield from [node["$ref"]] if isinstance(node, dict) and "$ref" in node else ()
        for one in inner:
            yield from refer(one)

    assert {name.rpartition("/")[2] for name in refer(page)} <= set(names)
