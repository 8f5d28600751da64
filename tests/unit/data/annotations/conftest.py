"""Annotations written to files."""

import numpy as np
import pytest

from ppocr_rare.data.annotations import read_annotations
from ppocr_rare.utils.stats import Rejection


@pytest.fixture
def read(tmp_path):
    """``read(content)`` writes a file, recognises it, and gives [(picture, [word, ...]), ...]; see ``described``."""

    def read(content: str | bytes, name: str = "gt_img_1.txt", format_name: str = "auto"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        images = read_annotations(path, format_name)
        return [(image.name, [described(word, str(path)) for word in image.words]) for image in images]

    return read


def described(word, path: str):
    """A word as (text, points as lists), with a "do not care" behind if so; a Rejection as (place, reason)."""
    place = word.key if isinstance(word, Rejection) else word.place
    assert place.startswith(path)
    if isinstance(word, Rejection):
        return place.removeprefix(path), word.reason
    assert word.points.dtype == np.float64
    return (word.text, word.points.tolist(), *(["do not care"] if word.is_ignored else []))
