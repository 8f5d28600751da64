"""Scores of words, and what a temperature does to them."""

import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.errors import ConfigError
from ppocr_rare.postprocess import AttnLabelDecode
from ppocr_rare.postprocess.scores import tempered, word_score

ROWS = np.array([[[0, 0.6, 0.3, 0.1, 0], [0, 0.1, 0.8, 0.1, 0], [0.05, 0, 0, 0, 0.95]]], np.float32)


@pytest.mark.parametrize(("kind", "expected"), [("mean", 0.7), ("min", 0.6), ("product", 0.48)])
def test_what_characters_make_of_a_word(kind, expected):
    assert word_score(np.array([0.6, 0.8]), kind) == pytest.approx(expected)
    assert word_score(np.array([]), kind) == 0.0
    (word,) = AttnLabelDecode(score=kind, charset=Charset("abc")).decode_words(ROWS)
    assert (word.text, word.score) == ("ab", pytest.approx(expected))


def test_a_temperature_divides_the_logits():
    logits = np.random.default_rng(0).normal(0, 4, (3, 7, 11))

    def softmax(values):
        raised = np.exp(values - values.max(-1, keepdims=True))
        return raised / raised.sum(-1, keepdims=True)

    for temperature in (0.5, 1.0, 3.0):
        np.testing.assert_allclose(tempered(softmax(logits), temperature), softmax(logits / temperature), atol=1e-12)


def test_it_changes_scores_and_no_text_and_what_readings_are_compared_by():
    plain, warm = (AttnLabelDecode(temperature=t, charset=Charset("abc")).decode_words(ROWS)[0] for t in (1.0, 2.0))
    assert plain.text == warm.text == "ab"
    root = np.sqrt([0.6, 0.3, 0.1])
    assert warm.char_scores[0] == pytest.approx(root[0] / root.sum())
    assert warm.raw_scores == plain.raw_scores == plain.char_scores


@pytest.mark.parametrize("arguments", [{"temperature": 0.0}, {"temperature": float("nan")}, {"score": "median"}])
def test_what_cannot_be(arguments):
    with pytest.raises(ConfigError):
        AttnLabelDecode(**arguments, charset=Charset("abc"))
