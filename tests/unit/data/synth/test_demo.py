from pathlib import Path

import cv2
import numpy as np
import pytest

from ppocr_rare.data.synth.demo import DEMO_WORDS, render_demo_word, write_demo
from ppocr_rare.errors import DataError

COMMITTED = Path(__file__).parents[4] / "doc" / "imgs_words" / "en"


@pytest.mark.parametrize("index", range(len(DEMO_WORDS)))
def test_committed_image_is_what_the_code_renders(index):
    committed = cv2.imread(str(COMMITTED / f"word_{index + 1}.png")).astype(int)
    fresh = render_demo_word(index).astype(int)
    # Other versions of FreeType hint a stem elsewhere, and then the crop may be a pixel wider.
    assert fresh.shape[0] == committed.shape[0] and abs(fresh.shape[1] - committed.shape[1]) <= 1
    width = min(fresh.shape[1], committed.shape[1])
    assert np.abs(fresh[:, :width] - committed[:, :width]).mean() < 4


def test_committed_labels_are_the_words():
    lines = (COMMITTED / "labels.txt").read_text(encoding="utf-8").splitlines()
    assert lines == [f"word_{number}.png\t{word.text}" for number, word in enumerate(DEMO_WORDS, 1)]
    assert lines[0] == "word_1.png\tJOINT"
    assert len({path.name for path in COMMITTED.glob("*.png")}) == len(lines) == 10


def test_words_are_of_the_default_alphabet():
    assert all(set(word.text.lower()) <= set("0123456789abcdefghijklmnopqrstuvwxyz") for word in DEMO_WORDS)


def test_write_demo_writes_the_images_and_their_labels(tmp_path):
    paths = write_demo(tmp_path / "new" / "folder")
    assert [path.name for path in paths] == [f"word_{number}.png" for number in range(1, 11)]
    assert np.array_equal(cv2.imread(str(paths[4])), render_demo_word(4))
    assert (paths[0].parent / "labels.txt").read_bytes().startswith(b"word_1.png\tJOINT\nword_2.png\t")


def test_write_demo_says_where_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file: cannot write the demo images there"):
        write_demo(tmp_path / "file")
