"""Words cut from photographs, and whole image files."""

import cv2
import numpy as np
import pytest

from ppocr_rare.data.benchmarks.words import ListedWord, ListedWords
from ppocr_rare.errors import SampleError

PHOTOGRAPH = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "photograph.png"
    file.write_bytes(cv2.imencode(".png", PHOTOGRAPH)[1].tobytes())
    return file


def cut(path, box):
    words = ListedWords("SVT", [ListedWord("a#1", path, "WORD", box)])
    return cv2.imdecode(np.frombuffer(words.read_image(0), np.uint8), cv2.IMREAD_COLOR)


def test_rectangles_are_cut_and_clipped(path):
    assert np.array_equal(cut(path, (10, 5, 40, 25)), PHOTOGRAPH[5:25, 10:40])
    assert np.array_equal(cut(path, (-6, 30, 10, 50)), PHOTOGRAPH[30:40, :10])


@pytest.mark.parametrize("box", [(60, 0, 70, 10), (0, 0, 0, 10), (-20, 0, -10, 10), (0, 5, 10, 3)])
def test_a_rectangle_outside_is_a_rejection(path, box):
    with pytest.raises(SampleError, match="box outside the image"):
        cut(path, box)


def test_files_are_taken_as_they_are(path):
    words = ListedWords("IC13", [ListedWord("a", path, "WORD"), ListedWord("b", path.with_name("none"), "x")])
    assert words.read_image(0) == path.read_bytes()
    assert (len(words), words.read_text(0), words.key(0), words.sets()) == (2, "WORD", str(path), [("IC13", 2)])
    with pytest.raises(SampleError, match="missing file"):
        words.read_image(1)
