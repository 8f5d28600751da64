"""The service around a recogniser that reads nothing: what is left is HTTP, batching, logs and counts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.serve.limits import Limits
from ppocr_rare.serve.server import Address, serve

WORD = RecognizedWord("nothing", 0.5, (0.5,) * 7)


class Nothing:
    """As far as the service is concerned, a recogniser."""

    num_at_once = 1

    def __call__(self, image):
        return WORD

    def iterate(self, images, return_details=False):
        return [WORD for _ in images]


if __name__ == "__main__":
    serve(Nothing(), Limits(), Address(port=0))
