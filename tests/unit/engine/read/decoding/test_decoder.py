import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ppocr_rare
from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.decoding import decoder as decoder_module
from ppocr_rare.engine.read.decoding.decoder import Decoder
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.description import read_description
from ppocr_rare.errors import ConfigError
from ppocr_rare.postprocess import AttnLabelDecode

NUM_STEPS = 5
WEIGHTS = Path(ppocr_rare.__file__).parent / "weights" / "rec_mv3_tps_bilstm_att"
words_of = st.lists(st.text("abcABC1-", min_size=1, max_size=4).filter(lambda word: word.strip("-")), min_size=1)
seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=50)
@given(seed=seeds, words=words_of, width=st.integers(1, 6), top_k=st.integers(1, 4))
def test_a_lexicon_gives_its_words_alone(make_step, make_memory, hidden, letters, seed, words, width, top_k):
    decoder = Decoder(letters, NUM_STEPS, width, top_k, lexicon=words)
    found = decoder.decode(make_step(seed, len(letters)), make_memory(seed, 4), hidden)
    for readings in found:
        texts = [reading.text for reading in readings]
        assert 1 <= len(texts) <= top_k and len(set(texts)) == len(texts) and set(texts) <= set(words)
        scores = [reading.log_probability for reading in readings]
        assert scores == sorted(scores, reverse=True)


@settings(deadline=None, max_examples=30)
@given(seed=seeds, lexicons=st.lists(st.one_of(st.none(), words_of), min_size=1, max_size=5), width=st.integers(1, 4))
def test_each_image_has_its_own_lexicon(make_step, make_memory, hidden, letters, seed, lexicons, width):
    step, memory = make_step(seed, len(letters)), make_memory(seed, len(lexicons))
    own = ["abc", "1"]
    together = Decoder(letters, NUM_STEPS, width, 2, lexicon=own).decode(step, memory, hidden, lexicons)
    for image, (words, readings) in enumerate(zip(lexicons, together, strict=True)):
        alone = Decoder(letters, NUM_STEPS, width, 2, lexicon=words or own)
        expected = alone.decode(step, memory[image : image + 1], hidden)[0]
        assert [reading.text for reading in readings] == [reading.text for reading in expected]
        assert set(reading.text for reading in readings) <= set(words or own)


def test_images_without_a_lexicon_are_read_freely(make_step, make_memory, hidden, letters):
    step, memory = make_step(3, len(letters)), make_memory(3, 2)
    decoder = Decoder(letters, NUM_STEPS)
    free, bound = decoder.decode(step, memory, hidden, [None, ["cab"]])
    assert free[0].text == decoder.decode(step, memory, hidden)[0][0].text
    assert bound[0].text == "cab"


def test_a_lexicon_of_many_images_is_held_once(monkeypatch, make_step, make_memory, hidden, letters):
    sizes = []
    search = decoder_module.BeamSearch
    monkeypatch.setattr(
        decoder_module, "BeamSearch", lambda table, *rest: (sizes.append(len(table.is_final)), search(table, *rest))[1]
    )
    shared, other = Lexicon(["abc", "cab"], letters, NUM_STEPS), Lexicon(["b"], letters, NUM_STEPS)
    Decoder(letters, NUM_STEPS).decode(
        make_step(0, len(letters)), make_memory(0, 4), hidden, [shared, other, shared, shared]
    )
    assert sizes == [7 + 2]


@pytest.mark.parametrize("pattern", [r"[A-C]{2}-?\d", r"(ab|c)*1?", r"\w+/\w+", r"a.b|.{3}", r"[ab]{1,5}"])
def test_a_pattern_gives_what_matches_it(make_step, make_memory, hidden, letters, pattern):
    pytest.importorskip("interegular")
    decoder = Decoder(letters, NUM_STEPS, 3, 3, pattern=pattern)
    for seed in range(20):
        for readings in decoder.decode(make_step(seed, len(letters)), make_memory(seed, 4), hidden):
            texts = [reading.text for reading in readings]
            assert texts and len(set(texts)) == len(texts)
            assert [text for text in texts if not re.fullmatch(pattern, text)] == []


def saying(*tokens, num_classes):
    """A step that says these classes one after another, whatever is read; its state counts the steps."""

    def step(memory, state, token):
        probabilities = np.full((len(token), num_classes), 0.01, np.float32)
        probabilities[np.arange(len(token)), np.array(tokens)[state[:, 0].astype(int)]] = 0.9
        return [probabilities, state + 1, np.tile(state[:, :1], (1, 3))]

    return step


def test_a_reading_says_all_of_its_characters(letters):
    step = saying(3, 0, 1, 5, num_classes=6)  # c, sos, a, eos
    reading = Decoder(letters, NUM_STEPS).decode(step, np.zeros((1, 3, 2), np.float32), 1)[0][0]
    assert (reading.text, reading.ids) == ("ca", (3, 1))
    assert reading.char_scores == pytest.approx((0.9, 0.9))
    assert reading.log_probability == pytest.approx(4 * np.log(0.9))
    assert reading.probabilities.argmax(1).tolist() == [3, 1]
    assert reading.attention.tolist() == [[0] * 3, [2] * 3]  # sos was said between them


def test_an_empty_text_is_a_reading(letters):
    reading = Decoder(letters, NUM_STEPS).decode(saying(5, num_classes=6), np.zeros((1, 3, 2), np.float32), 1)[0][0]
    assert (reading.text, reading.ids, reading.char_scores) == ("", (), ())
    assert reading.probabilities.shape == (0, 6) and reading.attention.shape == (0, 3)


def test_equal_texts_are_one_reading(hidden):
    twice = Charset(["a", "a"])  # classes 1 and 2
    step = lambda memory, state, token: [  # noqa: E731
        np.tile(np.array([0.05, 0.35, 0.3, 0.3], np.float32), (len(token), 1)),
        state,
        np.zeros((len(token), 1), np.float32),
    ]
    readings = Decoder(twice, 1, 4, 4).decode(step, np.zeros((1, 1, 1), np.float32), hidden)[0]
    assert [(reading.text, reading.ids) for reading in readings] == [("a", (1,)), ("", ())]


def test_no_images(make_step, make_memory, hidden, letters):
    assert Decoder(letters, NUM_STEPS).decode(make_step(0, 6), make_memory(0, 0), hidden) == []
    assert Decoder(letters, NUM_STEPS).decode(make_step(0, 6), make_memory(0, 0), hidden, []) == []


@pytest.mark.parametrize(
    "arguments, fault",
    [
        ({"beam_width": 0}, "beam_width must be a whole number of at least 1, not 0"),
        ({"top_k": 1.5}, "top_k must be a whole number of at least 1, not 1.5"),
        ({"max_text_length": True}, "max_text_length must be"),
        ({"lexicon": ["a"], "pattern": "a"}, "exclude each other"),
        ({"lexicon": []}, "the lexicon is empty"),
        ({"lexicon": Lexicon(["a"], Charset("a"), 5)}, "another dictionary"),
        ({"lexicon": Lexicon(["abcab"], Charset("abc1"), 9)}, "all its words are too long"),
    ],
)
def test_arguments_that_cannot_be_used(letters, arguments, fault):
    with pytest.raises(ConfigError, match=fault):
        Decoder(letters, **{"max_text_length": NUM_STEPS, **arguments})


def test_lexicons_that_cannot_be_used(make_step, make_memory, hidden, letters):
    step, memory = make_step(0, len(letters)), make_memory(0, 2)
    with pytest.raises(ConfigError, match="1 lexicons for 2 images"):
        Decoder(letters, NUM_STEPS).decode(step, memory, hidden, [["a"]])
    with pytest.raises(ConfigError, match="no word that the model can read"):
        Decoder(letters, NUM_STEPS).decode(step, memory, hidden, [["a"], ["-"]])
    pytest.importorskip("interegular")
    with pytest.raises(ConfigError, match="pattern exclude each other"):
        Decoder(letters, NUM_STEPS, pattern="a").decode(step, memory, hidden, [["a"], ["b"]])


@pytest.fixture(scope="module")
def shipped():
    """The shipped model: its description, its step, and what it gives for the demo's words, drawn anew."""
    pytest.importorskip("onnxruntime")
    from ppocr_rare.data.synth.demo import render_demo_word
    from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend, OnnxStep

    description, options = read_description(WEIGHTS), BackendOptions(cpu_threads=1)
    images = np.stack([description.network_input(render_demo_word(index)) for index in range(10)])
    outputs = OnnxBackend(WEIGHTS / "model.onnx", options)(images)
    return description, OnnxStep(WEIGHTS / "step.onnx", options), dict(zip(description.outputs, outputs, strict=True))


def read_shipped(shipped, *arguments, lexicons=None, **options):
    description, step, outputs = shipped
    decoder = Decoder(description.charset, description.max_text_length, *arguments, **options)
    return decoder.decode(step, outputs["memory"], description.state_size, lexicons)


def test_the_shipped_step_alone_reads_as_the_whole_model(shipped):
    words = AttnLabelDecode(charset=shipped[0].charset).decode_words(shipped[2]["probabilities"])
    classes = shipped[2]["probabilities"].argmax(2)
    for image, (word, (reading,)) in enumerate(zip(words, read_shipped(shipped), strict=True)):
        assert reading.text == word.text
        assert reading.char_scores == pytest.approx(word.char_scores, abs=1e-4)
        said = classes[image][: len(word.text) + 1]
        assert said[0] == shipped[0].charset.sos_id  # so it was trained
        for name in ("probabilities", "attention"):
            assert getattr(reading, name) == pytest.approx(shipped[2][name][image, 1 : len(said)], abs=1e-4)


def test_the_shipped_step_reads_what_it_may(shipped):
    words = ["Joint", "coffee", "MARKET", "Harbour", "20-16", "library", "summer", "express", "Bakery", "18:47"]
    best = [[readings[0] for readings in read_shipped(shipped, width, lexicon=words)] for width in (1, 2, 5, 10)]
    assert [reading.text for reading in best[-1]] == words
    scores = [[reading.log_probability for reading in readings] for readings in best]
    assert (np.diff(scores, axis=0) >= 0).all()
    own = [["left", "right"]] * 9 + [["1747", "1841"]]
    assert [len(readings) for readings in read_shipped(shipped, 10, 3, lexicon=words)] == [3] * 10
    found = read_shipped(shipped, 3, lexicons=own)
    assert all(readings[0].text in words for readings, words in zip(found, own, strict=True))
    pytest.importorskip("interegular")
    found = read_shipped(shipped, 5, 3, pattern=r"[A-Z]{2}-?\d{3}")
    assert all(re.fullmatch(r"[A-Z]{2}-?\d{3}", reading.text) for readings in found for reading in readings)
