"""A recogniser that reads nothing, but in every other way is one; and images for it."""

import hashlib
import threading
from collections.abc import Iterator

import pytest
from material import png, word_image

from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.errors import SampleError
from ppocr_rare.utils.images import decode_image


class FakeRecognizer:
    """The text of an image is a hash of its pixels. ``gate`` holds up whatever is to be read while it is closed."""

    charset = "0123456789abcdefghijklmnopqrstuvwxyz"

    def __init__(self):
        self.batches, self.gate, self.begun = [], threading.Event(), threading.Semaphore(0)
        self.gate.set()

    def __call__(self, image):
        return RecognizedWord("", 0.0, ())

    def lexicon_of(self, words):
        return tuple(words)

    def iterate(self, images, return_details=False, top_k=None, lexicon=None) -> Iterator[RecognizedWord]:
        self.begun.release()
        assert self.gate.wait(10)
        self.batches.append(list(images))
        return map(text_of, images)

    def has_begun(self) -> bool:
        """Waits until another batch is being read."""
        return self.begun.acquire(timeout=5)

    def text_of(self, image: bytes) -> str:
        return text_of(image).text


def text_of(image: bytes) -> RecognizedWord:
    try:
        text = hashlib.sha256(decode_image(image)).hexdigest()[:8]
    except SampleError as error:
        return RecognizedWord("", 0.0, (), str(error))
    return RecognizedWord(text, 0.5, (0.5,) * 8)


@pytest.fixture(scope="session")
def recognizer_class() -> type[FakeRecognizer]:
    return FakeRecognizer


@pytest.fixture
def recognizer() -> FakeRecognizer:
    return FakeRecognizer()


@pytest.fixture(scope="session")
def images() -> list[bytes]:
    """Forty image files."""
    return [png(word_image(number)) for number in range(40)]


@pytest.fixture(scope="session")
def huge() -> bytes:
    """The beginning of a PNG of 30,000 x 30,000 pixels."""
    header = bytearray(png(word_image(0)))
    header[16:24] = (30_000).to_bytes(4, "big") * 2
    return bytes(header)
