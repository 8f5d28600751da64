"""What a recogniser says of what is no word, and that it pickles."""

import logging
import os
import pickle

import numpy as np
import pytest

from ppocr_rare import TextRecognizer
from ppocr_rare.engine.read.looks import DOUBTFUL_SCORE, sureness
from ppocr_rare.engine.read.recognizer import RecognizedWord
from ppocr_rare.errors import ConfigError


def test_a_lower_score_is_no_word(config, weights, recognizer, images):
    words = recognizer(images)
    limit = sorted(word.score for word in words)[len(words) // 2]
    judged = TextRecognizer(config=config, weights=weights, min_score=limit)(images)
    assert {word.is_unsure for word in judged} == {True, False}
    for word, plain in zip(judged, words, strict=True):
        is_unsure = plain.score < limit
        assert word == (RecognizedWord("", plain.score, (), is_unsure=True) if is_unsure else plain)
    with pytest.raises(ConfigError, match="min_score is from 0 to 1, not 1.5"):
        TextRecognizer(config=config, weights=weights, min_score=1.5)


def test_photographs_are_told_once(config, weights, images, caplog):
    recognizer = TextRecognizer(config=config, weights=weights)
    photograph = np.zeros((480, 640, 3), np.uint8)
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        recognizer([photograph, *images[:2]])  # most of them are words
        assert not caplog.records
        recognizer([photograph, photograph, *images[:1]])
        recognizer(photograph)
    assert len(caplog.records) == 1 and "2 of 3 images have another shape" in caplog.text


def test_the_surest_of_three_ways_of_a_tall_image_is_taken(config, weights, images):
    recognizer = TextRecognizer(config=config, weights=weights, views=1)
    as_it_is = TextRecognizer(config=config, weights=weights, rotate_tall=False, views=1)
    taken = set()
    for image in images[:12]:
        ways = [as_it_is(np.rot90(np.rot90(image), turn)) for turn in range(0, -4, -1)]
        surest = max((ways[0], ways[1], ways[3]), key=sureness)
        found, *_ = recognizer([np.rot90(image), *images[12:40]])  # among others, which it does not mix with
        assert found.text == surest.text and found.score == pytest.approx(surest.score, abs=1e-5)
        taken.add(ways.index(surest))
        assert recognizer(image) == as_it_is(image)
    assert taken == {0, 1, 3}


def test_the_surest_of_the_looks_at_a_doubtful_word_is_taken(config, weights, images):
    kinds = (1, "doubtful", "all")
    once, doubtful, always = (TextRecognizer(config=config, weights=weights, views=views) for views in kinds)
    words, num_others = doubtful([*images, "missing.png"]), 0
    for image, word, first, surest in zip(images, words, once(images), always(images), strict=False):
        looker = always._pipeline._looker
        looks = looker.prepare(image).looks
        ways = [first, *always._pipeline._reader.begin(looker.again(looks[0]))()]
        assert surest.text == max(ways, key=sureness).text
        expected = surest if first.score < DOUBTFUL_SCORE else first
        assert word.text == expected.text and word.score == pytest.approx(expected.score, abs=1e-5)
        num_others += word.text != first.text
    assert num_others and words[-1].error.startswith("missing file")


def test_a_pickled_recogniser_opens_its_model_again(model_dir, config, weights, images, monkeypatch):
    monkeypatch.chdir(model_dir)
    for recognizer in (
        TextRecognizer(".", use_gpu=False, batch_size=3, min_score=0.01),
        TextRecognizer(config=config, weights=os.path.relpath(weights), batch_size=3, min_score=0.01),
    ):
        data = pickle.dumps(recognizer)
        assert len(data) < 20_000  # no weights in it
        with monkeypatch.context() as patch:
            patch.chdir("/")
            again = pickle.loads(data)
        assert (again.batch_size, again.min_score) == (3, 0.01)
        assert again(images[:4]) == recognizer(images[:4])
    chosen = TextRecognizer.from_pretrained(engine="onnx", precision="fp16")
    again = pickle.loads(pickle.dumps(chosen))
    assert (again._arguments["engine"], again._arguments["precision"]) == ("onnx", "fp16")
    given = TextRecognizer(model=recognizer._model)
    with pytest.raises(TypeError, match="cannot be pickled: give it model_dir"):
        pickle.dumps(given)
