"""Words that an author's annotation lists: whole image files, or rectangles of photographs."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import cv2
import numpy as np

from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.errors import SampleError
from ppocr_rare.utils.images import decode_image, read_image_bytes


class ListedWord(NamedTuple):
    """A word as annotated.

    Args:
        name: what the annotation calls it, by which a published list may name it.
        path: its image.
        label: its text.
        box: (left, top, right, bottom) in pixels; None for the whole image.
        lexicons: words that it is one of, by what papers call the list: "50", "1k".
    """

    name: str
    path: Path
    label: str
    box: tuple[int, int, int, int] | None = None
    lexicons: Mapping[str, Sequence[str]] = MappingProxyType({})


class ListedWords(WordDataset):
    """Words from an annotation as a data set.

    Args:
        name: of the set.
        words: in the annotation's order.
    """

    def __init__(self, name: str, words: Sequence[ListedWord]):
        super().__init__()
        self._name = name
        self.words = words

    def __len__(self) -> int:
        return len(self.words)

    def key(self, index: int) -> str:
        word = self.words[index]
        return str(word.path) if word.box is None else f"{word.path}{list(word.box)}"

    def read_text(self, index: int) -> str:
        return self.words[index].label

    def read_image(self, index: int) -> bytes:
        word = self.words[index]
        return read_image_bytes(word.path) if word.box is None else _cut(_photograph(word.path), word.box)

    def sets(self) -> list[tuple[str, int]]:
        return [(self._name, len(self))]


@functools.lru_cache(maxsize=1)  # the words of a photograph follow each other
def _photograph(path: Path) -> np.ndarray:
    return decode_image(read_image_bytes(path))


def _cut(image: np.ndarray, box: tuple[int, int, int, int]) -> bytes:
    """PNG of the part of a rectangle that lies in an image uint8 [H, W, 3]."""
    left, top, right, bottom = (max(side, 0) for side in box)
    part = image[top:bottom, left:right]
    if part.size == 0:
        raise SampleError("box outside the image", f"{list(box)} in {image.shape[1]} x {image.shape[0]} pixels")
    return cv2.imencode(".png", part)[1].tobytes()
