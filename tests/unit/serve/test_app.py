"""The routes: every shape of request, and what is told of each."""

import asyncio
import base64
import logging
import threading

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
from fastapi.testclient import TestClient

from ppocr_rare.serve.app import make_app
from ppocr_rare.serve.limits import Limits


@pytest.fixture
def client(recognizer):
    with TestClient(make_app(recognizer, Limits(max_body_bytes=1_000_000, max_images=40))) as client:
        yield client


def in_base64(*images):
    return [base64.b64encode(image).decode() for image in images]


def as_files(*images):
    return [("files", (f"{number}.png", image, "image/png")) for number, image in enumerate(images)]


def texts(answer):
    return [word["text"] for word in answer.json()["words"]]


def test_all_shapes_of_a_request_give_the_same_words(client, recognizer, images):
    wanted = [recognizer.text_of(image) for image in images]
    form = client.post("/read", files=as_files(*images))
    assert form.status_code == 200 and texts(form) == wanted and len(set(wanted)) == 40
    assert texts(client.post("/read", json={"images": in_base64(*images)})) == wanted
    for kind in ("image/png", "application/octet-stream"):
        raw = client.post("/read", content=images[3], headers={"Content-Type": kind})
        assert raw.json() == {"words": [{"text": wanted[3], "score": 0.5}]}
    data_url = {"images": ["data:image/png;base64," + in_base64(images[0])[0]]}
    assert texts(client.post("/read", json=data_url)) == wanted[:1]


def test_hub_serving_answers_as_its_clients_expect(client, recognizer, images):
    answer = client.post("/predict/ocr_rec", json={"images": in_base64(images[0], b"no image", images[1])})
    words = [recognizer.text_of(images[0]), "", recognizer.text_of(images[1])]
    wanted = [{"text": text, "confidence": 0.5 if text else 0.0} for text in words]
    assert answer.json() == {"msg": "", "results": [wanted], "status": "000"}


@pytest.mark.parametrize("route", ["/read", "/predict/ocr_rec"])
@pytest.mark.parametrize("path", [{"paths": ["/etc/hostname"]}, {"images": [], "url": "http://127.0.0.1/x.png"}])
def test_no_path_and_no_address_is_taken(client, route, path):
    assert client.post(route, json=path | {"images": []}).status_code == 422


@pytest.mark.parametrize("text", ["/etc/hostname", "file:///etc/hostname", "http://127.0.0.1:1/", "ü", "####"])
def test_what_is_no_base64_is_never_looked_up(client, text):
    (word,) = client.post("/read", json={"images": [text]}).json()["words"]
    assert word["text"] == "" and word["error"].startswith(("not base64", "not an image", "empty file"))


def test_a_bad_image_fails_alone(client, recognizer, images, huge):
    answer = client.post("/read", files=as_files(images[0], b"a text", huge, b"", images[1][:-20], images[1]))
    errors = [word.get("error", "").partition(":")[0] for word in answer.json()["words"]]
    assert errors == ["", "not an image", "image too large", "empty file", "truncated image", ""]
    assert texts(answer)[::5] == [recognizer.text_of(images[0]), recognizer.text_of(images[1])]
    assert answer.status_code == 200
    assert not any(huge in batch for batch in recognizer.batches)  # it does not come as far as to be decoded


@pytest.mark.parametrize("name", ["huge", "text"])
def test_an_image_alone_that_cannot_be_read_has_a_status_of_its_own(client, huge, name):
    content = huge if name == "huge" else b"a text file\n"
    answer = client.post("/read", content=content, headers={"Content-Type": "image/png"})
    assert answer.status_code == 422 and "error" in answer.json()["words"][0]


JSON, FORM = {"Content-Type": "application/json"}, {"Content-Type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\n%s\r\n'


@pytest.mark.parametrize(
    ("status", "content", "headers"),
    [
        (400, b'{"images": [', JSON),
        (400, b"\xff", JSON),
        (400, b"[" * 100_000, JSON),
        (422, b"[]", JSON),
        (422, b'{"images": "abc"}', JSON),
        (422, b'{"images": [1]}', JSON),
        (422, b'{"images": []}', JSON),
        (422, b'{"images": ["YQ=="], "details": "yes"}', JSON),
        (415, b"a text file", {"Content-Type": "text/plain"}),
        (415, b"a text file", {}),
        (400, b"no parts", FORM),
        (400, PART % (b"files", b"a"), FORM),  # its end is missing
        (400, b"x", {"Content-Type": "multipart/form-data"}),
        (422, PART % (b"other", b"a") + b"--x--\r\n", FORM),
        (422, b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\na\r\n--x--\r\n', FORM),
        (413, b"x" * 1_000_001, {"Content-Type": "image/png"}),
        (413, b'{"images": [%s""]}' % (b'"",' * 10_000), JSON),
        (413, PART % (b"files", b"a") * 10_000 + b"--x--\r\n", FORM),
    ],
)
def test_each_wrong_request_has_its_status_and_a_reason(client, recognizer, images, status, content, headers):
    answer = client.post("/read", content=content, headers=headers)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str) and len(answer.json()["detail"]) < 200
    assert recognizer.batches == []  # no image is read for it
    assert client.post("/read", files=as_files(images[0])).status_code == 200


def test_a_form_without_a_file_is_refused(client):
    assert client.post("/read", content=b"--x--\r\n", headers=FORM).status_code in (400, 422)  # by the form's reader


def test_a_body_without_a_length_is_bounded_too(client):
    answer = client.post("/read", content=iter([b"x" * 100_000] * 11), headers={"Content-Type": "image/png"})
    assert answer.status_code == 413


def test_a_full_queue_says_when_to_come_again(recognizer, images):
    recognizer.gate.clear()
    with TestClient(make_app(recognizer, Limits(max_images=2, max_queue=2))) as client:
        answers = []

        def ask(*files):
            asking.append(threading.Thread(target=lambda: answers.append(client.post("/read", files=as_files(*files)))))
            asking[-1].start()

        asking = []
        for _ in range(2):  # as many readers there are
            ask(images[0])
            assert recognizer.has_begun()
        ask(*images[:2])
        while client.get("/ready").json() != {"status": "the queue is full"}:
            pass
        assert client.get("/ready").status_code == 503 and client.get("/health").status_code == 200
        refused = client.post("/read", files=as_files(images[0]))
        assert refused.status_code == 503 and int(refused.headers["Retry-After"]) >= 1
        recognizer.gate.set()
        for thread in asking:
            thread.join(5)
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert client.get("/ready").status_code == 200


def test_a_client_that_goes_while_its_images_wait_leaves_the_queue(recognizer, images):
    """Over ASGI itself: the test client cannot go."""
    scope = {"type": "http", "method": "POST", "path": "/read", "query_string": b"", "headers": [], "state": {}}
    scope["headers"] = [(b"content-type", b"image/png")]
    app = make_app(recognizer, Limits(max_images=1, max_queue=1))

    async def request(image: bytes, gone: asyncio.Event) -> int:
        messages, statuses = [{"type": "http.request", "body": image, "more_body": False}], []

        async def receive():
            if not messages:
                await gone.wait()
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def send(message):
            statuses.append(message.get("status"))

        await app(scope | {"state": {}}, receive, send)
        return statuses[0]

    async def whole():
        stays, goes = asyncio.Event(), asyncio.Event()
        async with app.router.lifespan_context(app):
            recognizer.gate.clear()
            first = []
            for _ in range(2):  # as many readers there are
                first.append(asyncio.create_task(request(images[0], stays)))
                assert await asyncio.to_thread(recognizer.has_begun)
            second = asyncio.create_task(request(images[1], goes))
            await asyncio.sleep(0.3)
            assert await request(images[2], stays) == 503  # it waits
            goes.set()
            assert await asyncio.wait_for(second, 2) == 499
            third = asyncio.create_task(request(images[2], stays))
            await asyncio.sleep(0.3)
            recognizer.gate.set()
            assert await asyncio.gather(*first, third) == [200, 200, 200]
        assert len(recognizer.batches) == 3 and [images[1]] not in recognizer.batches

    asyncio.run(whole())


def test_what_is_not_read_in_time_leaves_the_queue(recognizer, images):
    recognizer.gate.clear()
    with TestClient(make_app(recognizer, Limits(read_timeout_s=0.1))) as client:
        for _ in range(3):  # two readers, and one who waits
            answer = client.post("/read", files=as_files(images[0]))
            assert (answer.status_code, answer.json()) == (504, {"detail": "not read within 0.1 s"})
        recognizer.gate.set()
    assert recognizer.batches == [[images[0]]] * 2


def test_bodies_in_memory_are_bounded_together(recognizer, images):
    limits = Limits(max_body_bytes=30_000, max_held_bytes=30_000)
    with TestClient(make_app(recognizer, limits)) as client:
        recognizer.gate.clear()
        body = images[0] + bytes(20_000)
        headers = {"Content-Type": "image/png"}
        asking = threading.Thread(target=lambda: client.post("/read", content=body, headers=headers))
        asking.start()
        assert recognizer.has_begun()
        assert client.post("/read", content=body, headers=headers).status_code == 503
        recognizer.gate.set()
        asking.join(5)
        assert client.post("/read", content=body, headers=headers).status_code == 200


def test_a_fault_of_the_reader_is_told_without_its_inside(client, recognizer, images, monkeypatch, caplog):
    def fail(*_, **__):
        raise ValueError("/secret/path")

    monkeypatch.setattr(recognizer, "iterate", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.post("/read", files=as_files(images[0]))
    assert (answer.status_code, answer.json()) == (500, {"detail": "internal error"})
    assert "nosniff" in answer.headers.values() and "secret" in caplog.text
    monkeypatch.undo()
    assert client.post("/read", files=as_files(images[0])).status_code == 200
