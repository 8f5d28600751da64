"""Whole photographs over HTTP: a drawn street, the shipped weights, and a detector that is told where words stand."""

import base64
import builtins
import threading

import cv2
import numpy as np
import pytest
from material import pillow_file, png
from PIL import Image
from street import FixedDetector, draw_street

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
pytest.importorskip("onnxruntime")
from fastapi.testclient import TestClient

from ppocr_rare import TextRecognizer, TextSpotter
from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.photographs import open_spotter

RAW = {"Content-Type": "image/png"}
STREET, UPPER, LOWER = draw_street()


class HeldDetector(FixedDetector):
    """Waits until ``gate`` is open; ``begun`` counts those that have come."""

    def __init__(self, *polygons):
        super().__init__(*polygons)
        self.gate, self.begun = threading.Event(), threading.Semaphore(0)
        self.gate.set()

    def find_words(self, image):
        self.begun.release()
        assert self.gate.wait(10)
        return super().find_words(image)


@pytest.fixture(scope="module")
def reader():
    return TextRecognizer.from_pretrained(engine="onnx", views=1)


@pytest.fixture(scope="module")
def detector():
    return HeldDetector(LOWER, UPPER)


@pytest.fixture(scope="module")
def client(reader, detector):
    limits = Limits(max_photographs=3, max_photograph_queue=3, max_pixels=500_000)
    with TestClient(make_app(reader, limits, spotter=TextSpotter(reader, detector, drop_score=0))) as client:
        yield client


def as_files(*images):
    return [("files", (f"{number}.png", image, "image/png")) for number, image in enumerate(images)]


def test_the_words_of_a_photograph_come_in_reading_order_with_their_places(client, reader, detector):
    (image,) = client.post("/read?photograph=true", content=png(STREET), headers=RAW).json()["images"]
    assert (image["width"], image["height"]) == (400, 240)
    assert [word["text"] for word in image["words"]] == ["joint", "coffee", "bakery"]
    found = TextSpotter(reader, detector)(png(STREET))
    for word, wanted in zip(image["words"], found, strict=True):
        np.testing.assert_allclose(word["polygon"], wanted.polygon, atol=0.01)
    assert set(image["words"][0]) == {"text", "score", "polygon"}


def test_details_lie_in_the_photograph(client):
    query = "/read?photograph=true&evidence=true&top_k=3"
    (image,) = client.post(query, content=png(STREET), headers=RAW).json()["images"]
    for word in image["words"]:
        assert len(word["readings"]) == 3 and word["rectified"].startswith("data:image/png;base64,")
        outline = np.float32(word["polygon"])
        for character in word["characters"]:
            middle = np.mean(character["box"], axis=0)
            assert cv2.pointPolygonTest(outline, middle.tolist(), True) > -4
    assert "".join(one["char"] for one in image["words"][0]["characters"]) == "joint"


def test_a_photograph_is_asked_for_in_json_too_and_turned_as_its_exif_says(client):
    turned = Image.fromarray(np.rot90(STREET)[:, :, ::-1])
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    file = pillow_file(turned, "JPEG", quality=95, exif=exif)
    body = {"images": [base64.b64encode(file).decode()], "photograph": True}
    (image,) = client.post("/read", json=body).json()["images"]
    assert (image["width"], image["height"]) == (400, 240) and image["words"][0]["text"] == "joint"


def test_a_bad_photograph_fails_alone(client):
    files = as_files(png(STREET), b"no image", png(np.zeros((800, 800, 3), np.uint8)))
    answer = client.post("/read?photograph=true", files=files)
    first, second, third = answer.json()["images"]
    assert answer.status_code == 200 and len(first["words"]) == 3
    assert second["error"].startswith("not an image") and second["words"] == [] and "width" not in second
    assert third["error"].startswith("image too large")
    assert client.post("/read?photograph=true", files=files[1:]).status_code == 422
    page = client.get("/metrics").text
    assert 'ppocr_rare_photographs_total{outcome="failed"} 4.0' in page


def test_unsure_words_are_left_out(client):
    def texts(query):
        answer = client.post(f"/read?photograph=true&{query}", content=png(STREET), headers=RAW)
        return [word["text"] for word in answer.json()["images"][0]["words"]]

    assert texts("min_score=0") == texts("") == ["joint", "coffee", "bakery"]
    assert texts("min_score=1") == []


def test_words_do_not_wait_behind_photographs_and_too_many_are_refused(client, detector):
    detector.gate.clear()
    answers = []

    def ask():
        answers.append(client.post("/read?photograph=true", content=png(STREET), headers=RAW).status_code)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    while detector.begun.acquire(blocking=False):
        pass  # those of other tests
    asking[0].start()
    assert detector.begun.acquire(timeout=5)
    for thread in asking[1:]:
        thread.start()
    while "ppocr_rare_queue_photographs 3.0" not in client.get("/metrics").text:
        pass
    refused = client.post("/read?photograph=true", content=png(STREET), headers=RAW)
    assert refused.status_code == 503 and refused.headers["Retry-After"]
    assert client.post("/read", content=png(STREET[170:215, 60:200]), headers=RAW).json()["words"][0]["text"]
    detector.gate.set()
    for thread in asking:
        thread.join(10)
    assert answers == [200] * 4


def test_too_many_photographs_of_a_request_are_refused(client):
    assert client.post("/read?photograph=true", files=as_files(*[b"x"] * 4)).status_code == 413
    body = {"images": [""] * 4, "photograph": True}
    assert client.post("/read", json=body).status_code == 413
    assert client.post("/read", files=as_files(*[b"x"] * 4)).status_code == 422  # as words they are not too many


def test_where_rapidocr_is_missing_the_cure_is_told(reader, monkeypatch, caplog):
    found = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("rapidocr"):
            raise ModuleNotFoundError(name)
        return found(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with caplog.at_level("INFO"):
        spotter = open_spotter(reader)
    assert spotter is None and "photographs are not read" in caplog.text
    with TestClient(make_app(reader, spotter=spotter)) as client:
        answer = client.post("/read?photograph=true", content=png(STREET), headers=RAW)
        assert answer.status_code == 501 and "pip install 'ppocr_rare[photo]'" in answer.json()["detail"]
        assert client.get("/about").json()["photographs"] is False
        assert client.post("/read", content=png(STREET), headers=RAW).status_code == 200


def test_where_it_is_installed_photographs_are_read(reader):
    pytest.importorskip("rapidocr")
    with TestClient(make_app(reader, spotter=open_spotter(reader))) as client:
        assert client.get("/about").json()["photographs"] is True
        answer = client.post("/read?photograph=true", content=png(STREET), headers=RAW).json()
        assert "bakery" in [word["text"] for word in answer["images"][0]["words"]]
