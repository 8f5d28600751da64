"""What is answered on request, with the shipped weights: details, evidence, readings, lexicons; and what is refused."""

import base64

import cv2
import numpy as np
import pytest
from material import ROOT

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
pytest.importorskip("onnxruntime")
from fastapi.testclient import TestClient

from ppocr_rare import TextRecognizer
from ppocr_rare.serve.app import make_app

WORDS = [(ROOT / "doc" / "imgs_words" / "en" / f"word_{number}.png").read_bytes() for number in (1, 2, 3)]
RAW = {"Content-Type": "image/png"}


@pytest.fixture(scope="module")
def reader():
    return TextRecognizer.from_pretrained(engine="onnx", views=1)


@pytest.fixture(scope="module")
def client(reader):
    with TestClient(make_app(reader)) as client:
        yield client


def in_json(*images, **options):
    return {"images": [base64.b64encode(image).decode() for image in images]} | options


def read(client, query="", image=WORDS[0]):
    answer = client.post(f"/read?{query}", content=image, headers=RAW)
    assert answer.status_code == 200
    (word,) = answer.json()["words"]
    return word


def test_evidence_is_what_the_recogniser_looked_at(client, reader):
    (word,) = reader([WORDS[0]], return_details=True)
    given = read(client, "evidence=true")
    start, data = given["rectified"].split(",")
    assert start == "data:image/png;base64"
    seen = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(seen, word.evidence.rectified)
    np.testing.assert_allclose(given["attention"], word.evidence.attention, atol=1e-4)
    assert all(round(weight, 4) == weight for row in given["attention"] for weight in row)
    assert len(given["characters"]) == len(given["text"]) == len(given["attention"])


def test_each_thing_is_answered_to_those_who_ask_alone(client):
    assert set(read(client)) == {"text", "score"}
    details = {"text", "score", "char_scores", "characters", "points"}
    assert set(read(client, "details=true")) == details
    assert set(read(client, "evidence=true")) == details | {"rectified", "attention"}
    assert set(read(client, "top_k=2")) == {"text", "score", "readings"}


@pytest.mark.parametrize("top_k", [1, 4])
def test_other_readings_follow_the_word(client, top_k):
    word = read(client, f"top_k={top_k}")
    assert len(word["readings"]) == top_k
    assert word["readings"][0]["text"] == word["text"] and word["readings"][0]["score"] == word["score"]
    order = [reading.get("log_probability") for reading in word["readings"]]
    assert order == [None] if top_k == 1 else order == sorted(order, reverse=True) and order[0] < 0
    assert len({reading["text"] for reading in word["readings"]}) == top_k


def test_json_asks_for_the_same_and_holds_before_the_address(client):
    by_address = [read(client, "evidence=true&top_k=2", image) for image in WORDS]
    answer = client.post("/read?top_k=3", json=in_json(*WORDS, evidence=True, top_k=2)).json()["words"]
    for one, other in zip(answer, by_address, strict=True):
        assert [reading["text"] for reading in one["readings"]] == [reading["text"] for reading in other["readings"]]
        assert one["rectified"] == other["rectified"] and one["score"] == pytest.approx(other["score"], abs=1e-5)
    (word,) = client.post("/read?top_k=3", json=in_json(WORDS[0])).json()["words"]
    assert len(word["readings"]) == 3


def test_a_word_below_the_least_score_is_none(client):
    score = read(client)["score"]
    assert read(client, f"min_score={score - 0.01}")["text"] == read(client)["text"]
    unsure = read(client, f"min_score={score + (1 - score) / 2}&evidence=true&top_k=2")
    assert unsure == {"text": "", "score": pytest.approx(score, abs=1e-5)}


def test_a_lexicon_says_what_may_be_read(client):
    words = client.post("/read", json=in_json(*WORDS, lexicon=["bakery", "Joint"], top_k=2)).json()["words"]
    assert {word["text"] for word in words} <= {"bakery", "Joint"} and words[0]["text"] == "Joint"
    assert all(len(word["readings"]) == 2 for word in words)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"lexicon": []}, "lexicon"),
        ({"lexicon": ["!?"]}, "no word that the model can read"),
        ({"lexicon": ["a" * 65]}, "lexicon"),
        ({"lexicon": ["a"] * 10_001}, "lexicon"),
        ({"lexicon": [1]}, "lexicon"),
        ({"top_k": 11}, "top_k"),
        ({"top_k": "2"}, "top_k"),
        ({"min_score": 1.5}, "min_score"),
        ({"pattern": "(a+)+"}, "pattern"),
    ],
)
def test_what_cannot_be_asked_for_in_json_is_told(client, options, told):
    answer = client.post("/read", json=in_json(WORDS[0], **options))
    assert answer.status_code == 422 and told in answer.json()["detail"]


@pytest.mark.parametrize("query", ["top_k=0", "top_k=11", "min_score=nan", "details=maybe", "path=/etc/hostname"])
def test_what_cannot_be_asked_for_in_the_address_is_told(client, query):
    answer = client.post(f"/read?{query}", content=WORDS[0], headers=RAW)
    assert answer.status_code == 422 and query.partition("=")[0] in answer.json()["detail"]


def test_what_can_be_asked_for_is_said(client, reader):
    about = client.get("/about").json()
    assert about["characters"] == reader.charset and about["photographs"] is False
    assert about["max_images"] == 256 and about["max_photographs"] == 16
