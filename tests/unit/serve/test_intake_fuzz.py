"""Whatever a client sends: no fault of the service's, and no other request's answer is touched."""

import base64
import contextlib
import io
import json

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from material import word_image
from PIL import Image

from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.limits import Limits

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
HEADER_BYTES = 64  # where sizes, depths and the offsets of what follows stand
FORM = "multipart/form-data; boundary=x"
# In about 10 s each on a slow machine.
BOUNDED = settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope="module")
def client(recognizer_class):
    limits = Limits(max_body_bytes=1_000_000, max_images=8, max_pixels=200_000)
    with TestClient(make_app(recognizer_class(), limits)) as client:
        yield client


@pytest.fixture(scope="module")
def known(client, images):
    """An image, and its answer."""
    return images[0], client.post("/read", content=images[0], headers={"Content-Type": "image/png"}).json()["words"][0]


def encoded(kind: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(word_image(3)).save(file, kind)
    return file.getvalue()


FILES = {kind: encoded(kind) for kind in FORMATS}


@st.composite
def damaged(draw) -> bytes:
    """A real file with some bytes changed, mostly of its header, and perhaps a part missing or doubled."""
    file = bytearray(FILES[draw(st.sampled_from(FORMATS))])
    place = st.integers(0, HEADER_BYTES) | st.integers(0, len(file) - 1)
    for index, value in draw(st.lists(st.tuples(place, st.integers(0, 255)), max_size=8)):
        file[index] = value
    begin, end = sorted(draw(st.tuples(place, place)))
    change = draw(st.sampled_from(["whole", "whole", "cut", "missing", "doubled"]))
    parts = {"cut": file[:end], "missing": file[:begin] + file[end:], "doubled": file[:end] + file[begin:]}
    return bytes(parts.get(change, file))


def is_answer(answer) -> bool:
    """Whether it is one of those that are described, and no fault."""
    body = answer.json()
    if answer.status_code in (200, 422) and "words" in body:
        return all({"text", "score"} <= set(word) for word in body["words"])
    return answer.status_code in (400, 413, 415, 422) and isinstance(body["detail"], str)


@BOUNDED
@given(files=st.lists(damaged() | st.binary(max_size=200), min_size=1, max_size=4), place=st.integers(0, 4))
def test_a_damaged_file_costs_none_of_the_others(client, known, files, place):
    image, word = known
    sent = [*files[:place], image, *files[place:]]
    answer = client.post("/read", files=[("files", ("a", file, "image/png")) for file in sent])
    assert answer.status_code == 200 and is_answer(answer)
    words = answer.json()["words"]
    assert len(words) == len(sent) and words[min(place, len(files))] == word


@BOUNDED
@given(file=damaged() | st.binary(max_size=200), kind=st.sampled_from(["image/png", "application/octet-stream"]))
def test_a_body_of_any_bytes_has_an_answer(client, file, kind):
    assert is_answer(client.post("/read", content=file, headers={"Content-Type": kind}))


@BOUNDED
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.binary(max_size=40).map(base64.b64encode),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["images", "details", "paths"]) | st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    cut=st.none() | st.integers(0, 40),
    path=st.sampled_from(["/read", "/predict/ocr_rec"]),
)
def test_json_of_any_shape_has_an_answer(client, body, cut, path):
    text = json.dumps(body, default=lambda value: value.decode()).encode()[:cut]
    answer = client.post(path, content=text, headers={"Content-Type": "application/json"})
    assert is_answer(answer) or (answer.status_code == 200 and answer.json()["status"] == "000")


@BOUNDED
@given(
    pieces=st.lists(
        st.sampled_from([b"--x\r\n", b"--x--\r\n", b"--x", b"\r\n", b"\n", b"; filename=", b'"', b": ", b"files", b"="])
        | st.sampled_from([b'Content-Disposition: form-data; name="files"; filename="a"\r\n\r\n', FILES["PNG"]])
        | st.binary(max_size=20),
        max_size=12,
    )
)
def test_a_form_of_any_pieces_has_an_answer(client, pieces):
    assert is_answer(client.post("/read", content=b"".join(pieces), headers={"Content-Type": FORM}))


@BOUNDED
@given(kind=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_a_content_type_of_any_text_has_an_answer(client, kind):
    for prefix in ("", "multipart/form-data; ", "application/json; "):
        with contextlib.suppress(UnicodeError):
            assert is_answer(client.post("/read", content=b"--x--", headers={"Content-Type": prefix + kind}))
