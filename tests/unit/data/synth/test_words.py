from collections import Counter

import numpy as np
import pytest

from ppocr_rare.data.synth.words import WordList, cases
from ppocr_rare.errors import DataError


def everything(text):
    return True


@pytest.fixture
def read(tmp_path):
    def read(content, is_allowed=everything):
        path = tmp_path / "words.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return WordList.read([path], is_allowed)

    return read


def test_the_shipped_list():
    words = WordList.shipped(everything)
    assert len(words) == len(set(words.words)) >= 3000
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words.words)
    assert set(WordList.shipped(lambda text: set(text) <= set("eht")).words) == {"he", "teeth", "the"}


def test_frequencies_follow_zipf():
    words = WordList.shipped(everything)
    rng = np.random.default_rng(0)
    counts = Counter(words.draw(rng) for _ in range(40_000))
    places = {word: place for place, word in enumerate(words.words)}
    first = sum(count for word, count in counts.items() if places[word] < 300)
    # the sum of 1 / (100 + r): ln(400 / 100) for the first 300 of ln((100 + n) / 100)
    assert first / 40_000 == pytest.approx(np.log(4) / np.log((100 + len(words)) / 100), rel=0.03)


def test_a_file_with_weights(read):
    words = read("alpha\t3\r\n\n  beta \nalpha\ncafe\u0301\t0.5\n")
    assert words.words == ("alpha", "beta", "café") and len(words.rejections) == 0
    counts = Counter(words.draw(np.random.default_rng(seed)) for seed in range(1100))
    assert counts["alpha"] / 1100 == pytest.approx(4 / 5.5, abs=0.04)
    assert counts["café"] / 1100 == pytest.approx(0.5 / 5.5, abs=0.03)


def test_what_cannot_be_used_is_counted_and_named(read, caplog):
    words = read("good\nשלום\nx\u0301\nbad\tmany\nbad\t-1\nbad\tnan\nqqq\n", lambda text: "q" not in text.lower())
    assert words.words == ("good",)
    assert dict(words.rejections.counts) == {
        "right-to-left script": 1,
        "combining mark without a letter of its own": 1,
        "weight that is no number above 0": 3,
        "characters that the dictionary or the fonts lack": 1,
    }
    assert "right-to-left script: 1" in caplog.text and "words.txt:2" in caplog.text


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "שלום\n"])
def test_a_list_without_a_word_is_refused(read, content):
    with pytest.raises(DataError, match=r"no word that can be drawn in .*words\.txt"):
        read(content)


def test_files_that_cannot_be_read(read, tmp_path):
    with pytest.raises(DataError, match="not UTF-8"):
        read(b"caf\xe9\n")
    with pytest.raises(DataError, match=r"none\.txt: No such file"):
        WordList.read([tmp_path / "none.txt"], everything)


def test_cases():
    assert cases("shop") == ("shop", "Shop", "SHOP")
    assert cases("McDonald") == ("McDonald", "MCDONALD")
    assert cases("7") == ("7",)
    assert cases("中") == ("中",)
