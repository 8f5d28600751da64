import pickle
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth import paint, synthesizer
from ppocr_rare.data.synth.renderer import render_word
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.errors import DataError, SampleError


@pytest.fixture(scope="module")
def shipped():
    return WordSynthesizer(Charset.from_file(None), ["shipped"])


@pytest.fixture
def seen(monkeypatch):
    """(contrast, as the renderer measures it, of each word rendered)."""
    values, measure = [], paint.contrast

    def contrast(image, layers):
        values.append(measure(image, layers))
        return values[-1]

    monkeypatch.setattr(paint, "contrast", contrast)
    return values


def test_a_word_follows_its_key(shipped):
    first, same, other = (shipped.draw(key) for key in ((7, 1), (7, 1), (7, 2)))
    assert first.encode() == same.encode() and first.text == same.text
    assert not np.array_equal(first.image, other.image)
    twin = pickle.loads(pickle.dumps(shipped))
    assert twin.draw((7, 1)).encode() == first.encode()


CLEAN = {
    "shadow": None, "outline": 0.0, "texture": None, "mottle": 0.0, "ink_below": None, "neighbours": (), "light": 0.0,
    "noise": 0.0, "ink": (0, 0, 0), "surface": ((255,) * 3, (255,) * 3),
}  # fmt: skip


def likeness(word, text):
    """Correlation of a word's image with a text drawn plainly by the same recipe, whichever is the brighter."""
    plain = render_word(text, word.font, replace(word.recipe, **CLEAN), np.random.default_rng(0))
    plain = cv2.resize(plain, word.image.shape[1::-1])  # shuffled text may be a little wider
    pair = [cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).ravel() for image in (word.image, plain)]
    return abs(np.corrcoef(*pair)[0, 1])


def test_images_say_what_their_labels_say(shipped):
    words = [shipped.draw((3, number)) for number in range(1, 80)]
    words = [word for word in words if len(word.text) > 3 and word.text != word.text[::-1]]
    assert len(words) > 40 and all(word.font.missing(word.text) == "" for word in words)
    own = np.array([likeness(word, word.text) for word in words])
    backwards = np.array([likeness(word, word.text[::-1]) for word in words])
    assert np.median(own) > 0.9 and np.median(backwards) < 0.6
    assert np.mean(own > backwards) > 0.95


def test_no_word_is_kept_that_is_too_faint(shipped, seen):
    last = []
    for number in range(1, 150):
        shipped.draw((5, number))
        last.append(seen[-1])
    assert min(last) >= 0.1
    assert len(seen) > len(last) and min(seen) < 0.1  # some were drawn again


def test_fiducials_are_twenty_points_in_the_image(shipped):
    for number in range(1, 30):
        points = shipped.draw((9, number)).fiducials()
        assert points.shape == (20, 2) and np.abs(points).max() < 1.3
        assert points[:10, 1].mean() < points[10:, 1].mean()


def test_what_can_never_be_drawn(shipped, monkeypatch):
    def refuse(*_):
        raise SampleError("contrast too low", "0.01")

    monkeypatch.setattr(synthesizer, "render_word", refuse)
    with pytest.raises(DataError, match="no word can be drawn .* contrast too low: 0.01"):
        shipped.draw((1, 1))
    with pytest.raises(DataError, match="at least 16"):
        WordSynthesizer(Charset.from_file(None), ["shipped"], height=15)


def test_description_changes_with_what_decides(shipped, tmp_path):
    (tmp_path / "words.txt").write_text("one\n")
    described = shipped.describe()
    assert described == pickle.loads(pickle.dumps(shipped)).describe()
    other = WordSynthesizer(Charset.from_file(None), ["shipped"], [tmp_path / "words.txt"], 48).describe()
    assert {key for key in described if described[key] != other[key]} == {"height", "words", "words_sha256"}
