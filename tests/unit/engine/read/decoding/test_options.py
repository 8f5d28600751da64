"""How a user asks for other readings, with the shipped weights; lexicons in files."""

import argparse
import json
import pickle

import numpy as np
import pytest

from ppocr_rare import TextRecognizer
from ppocr_rare.data.synth.demo import DEMO_WORDS, render_demo_word
from ppocr_rare.engine.read.decoding.lexicon_file import read_lexicon, words_of
from ppocr_rare.engine.read.decoding.options import DecodingOptions, each_decoding_of, together
from ppocr_rare.errors import ConfigError, DataError

pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module", params=["onnx", "paddle"])
def recognizer(request):
    return TextRecognizer.from_pretrained(engine=request.param, views=1)


@pytest.fixture(scope="module")
def images():
    return [render_demo_word(index) for index in range(4)]


def test_greedy_words_are_those_of_a_beam_of_one(recognizer, images):
    greedy = recognizer(images, return_details=True)
    searched = recognizer(images, return_details=True, beam_width=1, top_k=1, pattern="[0-9a-z]+")
    for plain, found in zip(greedy, searched, strict=True):
        assert (found.text, found.readings[0].text) == (plain.text, plain.text)
        np.testing.assert_allclose(found.char_scores, plain.char_scores, atol=1e-4)
        np.testing.assert_allclose(
            [character.box for character in found.characters], [c.box for c in plain.characters], atol=0.5
        )
    assert all(word.readings == () for word in greedy)


def test_readings_are_the_likeliest_first_and_differ(recognizer, images):
    for word in recognizer(images, top_k=3):
        likelihoods = [reading.log_probability for reading in word.readings]
        assert word.readings[0].text == word.text and word.readings[0].score == word.score
        assert likelihoods == sorted(likelihoods, reverse=True)
        assert len({reading.text for reading in word.readings}) == len(word.readings) == 3


def test_a_lexicon_of_all_and_one_of_each(recognizer, images):
    words = ["Market!", "cofee", "Joint", "Harbors"]
    assert {word.text for word in recognizer(images, lexicon=words)} <= set(words)
    own = [["joints", "x"], ["mocha"], ["1", "2"], ["harbour"]]
    assert [word.text in mine for word, mine in zip(recognizer(images, lexicon=own), own, strict=True)] == [True] * 4
    prepared = recognizer.lexicon_of(words)
    assert recognizer(images, lexicon=prepared) == recognizer(images, lexicon=words)


def test_the_recognisers_own_way_and_a_calls(images):
    own = TextRecognizer.from_pretrained(views=1, lexicon=["joint", "coffee"], top_k=2)
    assert [len(word.readings) for word in own(images)] == [2] * 4
    assert own(images[3]).text in ("joint", "coffee")
    assert own(images[3], lexicon=["harbour"]).text == "harbour"
    assert own(images[3], pattern="h[a-z]+").text == "harbour"  # in the lexicon's place
    assert own(images[3], beam_width=1).text in ("joint", "coffee")
    copy = pickle.loads(pickle.dumps(TextRecognizer.from_pretrained(views=1, lexicon=iter(["joint", "coffee"]))))
    assert copy(images[0]).text == "joint"
    assert DEMO_WORDS[3].text.lower() == "harbour"


def test_what_cannot_be_asked_for(recognizer, images):
    for wrong in ({"lexicon": []}, {"lexicon": ["—"]}, {"pattern": "("}, {"beam_width": 0}, {"lexicon": "word"}):
        with pytest.raises(ConfigError):
            recognizer(images, **wrong)
    with pytest.raises(ConfigError, match="exclude each other"):
        recognizer(images, lexicon=["a"], pattern="a")
    with pytest.raises(ConfigError, match="one list of words for each image"):
        recognizer(images, lexicon=[["a"], "b"])
    with pytest.raises(ConfigError, match="there are 1 lexicons, and more images"):
        recognizer(images, lexicon=[["a"]])


def test_nothing_asked_for_is_greedy():
    assert DecodingOptions().is_greedy and DecodingOptions(beam_width=1).is_greedy
    for other in ({"beam_width": 2}, {"top_k": 2}, {"lexicon": ["a"]}, {"pattern": "a"}):
        assert not DecodingOptions(**other).is_greedy


def test_lexicons_in_files(tmp_path):
    text = tmp_path / "words.txt"
    text.write_bytes("\ufeff# what this is\n#and more\nOne \n\n#3\r\ntwo\n".encode())
    assert read_lexicon(text) == ["One", "#3", "two"]
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"a.png": ["one"], "b.png": ["two", "three"]}))
    assert words_of(read_lexicon(own), "folder/b.png") == ["two", "three"]
    flags = argparse.Namespace(lexicon=str(own), beam_width=None, top_k=1, pattern=None)
    ways = each_decoding_of(flags, ["x/a.png", "b.png"], tuple)
    assert [way["lexicon"] for way in ways] == [["one"], ["two", "three"]]
    assert together(ways) == {"beam_width": None, "top_k": 1, "pattern": None, "lexicon": [["one"], ["two", "three"]]}
    with pytest.raises(DataError, match=r"names no words for 1 images, as c\.png"):
        each_decoding_of(flags, ["a.png", "c.png"], tuple)


def test_words_of_all_images_are_made_ready_once(tmp_path):
    (tmp_path / "words.txt").write_text("one\ntwo\n")
    flags = argparse.Namespace(lexicon=str(tmp_path / "words.txt"), beam_width=2, top_k=1, pattern=None)
    made = []
    ways = each_decoding_of(flags, ["a", "b"], lambda words: made.append(words) or "ready")
    assert made == [["one", "two"]]
    assert together(ways) == {"beam_width": 2, "top_k": 1, "pattern": None, "lexicon": "ready"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"\n \n"), ("a.txt", b"\xff\xfe"), ("a.json", b"{"), ("a.json", b'{"a": []}'), ("a.json", b'["a"]'),
        ("a.json", b'{"a": [1]}'), ("a.json", b"{}"), ("a.json", b"[" * 100000),
    ],
)  # fmt: skip
def test_a_file_that_is_no_lexicon(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=name):
        read_lexicon(tmp_path / name)
    with pytest.raises(DataError, match="No such file"):
        read_lexicon(tmp_path / "missing.txt")
