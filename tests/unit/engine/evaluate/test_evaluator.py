"""Counts by hand: a model that says what it is told to, under each protocol."""

from types import SimpleNamespace

import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.evaluate.evaluator import EMPTY_LABEL, Evaluator, Prediction
from ppocr_rare.postprocess import Word
from ppocr_rare.utils.stats import Rejection

# (what is read, label)
READ = [("Cat", "cat"), ("dog", "dog"), ("do-it", "do it"), ("", "x"), ("b", "!?")]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class FakeModel:
    """Gives the number of each image, by which the fake decoder finds the word."""

    def __init__(self, training=False):
        self.training = training
        self.seen = []

    def eval(self):
        self.training = False

    def train(self):
        self.training = True

    def __call__(self, images, stop_at_eos):
        self.seen.append((self.training, stop_at_eos))
        return SimpleNamespace(numpy=lambda: images)


class FakePostProcess:
    stop_at_eos = "as configured"

    def __init__(self, texts):
        self.texts = texts

    def decode_words(self, numbers):
        return [Word(self.texts[number], 0.5, ()) for number in numbers]


def batch(indices, labels, rejections=()):
    arrays = {"image": np.array(indices)} if indices else {}
    keys = [f"key{index}" for index in indices]
    return {**arrays, "indices": indices, "keys": keys, "texts": labels, "rejections": list(rejections)}


def evaluate(pairs, protocol="exact", *, characters=LETTERS, ignore_space=True, max_text_length=25, model=None):
    """Result and predictions of one batch of (read, label) pairs."""
    texts = [text for text, _ in pairs]
    charset = Charset(characters)
    evaluator = Evaluator(
        model or FakeModel(), FakePostProcess(texts), charset, max_text_length, protocol, ignore_space
    )
    predictions = []
    loader = [batch(list(range(len(pairs))), [label for _, label in pairs])]
    return evaluator.run("set", loader, len(pairs), [predictions.append]), predictions


@pytest.mark.parametrize(
    ("protocol", "count", "correct", "one_minus_ned"),
    [
        ("exact", 5, 1, 37 / 75),  # distances 1/3, 0, 1/5, 1/1, 2/2
        ("case-insensitive", 5, 2, 14 / 25),  # 0, 0, 1/5, 1/1, 2/2
        ("alphanumeric", 4, 3, 3 / 4),  # 0, 0, 0, 1/1; "!?" is empty
    ],
)
def test_protocols(protocol, count, correct, one_minus_ned):
    result, _ = evaluate(READ, protocol)
    assert (result.scores.count, result.scores.correct) == (count, correct)
    assert result.scores.accuracy == correct / count
    assert result.scores.one_minus_ned == one_minus_ned
    assert result.num_samples == 5


def test_spaces_count_where_asked():
    assert evaluate([("ab", "a b")], ignore_space=True)[0].scores.correct == 1
    assert evaluate([("ab", "a b")], ignore_space=False)[0].scores.correct == 0


def test_a_label_that_is_empty_under_the_protocol_is_excluded_but_no_fault():
    result, predictions = evaluate(READ, "alphanumeric")
    assert result.rejections.counts == {EMPTY_LABEL: 1}
    assert result.rejections.examples[EMPTY_LABEL] == [Rejection("key4", "!?", EMPTY_LABEL)]
    assert result.num_unusable == 0
    assert [prediction.index for prediction in predictions] == [0, 1, 2, 3]


def test_predictions_hold_what_was_written_and_read():
    _, predictions = evaluate(READ, "alphanumeric")
    assert predictions[2] == Prediction("set", 2, "key2", "do it", "do-it", 0.5, True)
    assert predictions[3] == Prediction("set", 3, "key3", "x", "", 0.5, False)


def test_rejected_samples_are_counted_by_reason_and_cost_no_other():
    broken = [Rejection("key1", "b", "not an image"), Rejection("key3", "", "missing entry", "image-4")]
    loader = [batch([0], ["a"], broken[:1]), batch([], [], broken[1:]), batch([2], ["c"])]
    model = FakeModel()
    evaluator = Evaluator(model, FakePostProcess("abx"), Charset(LETTERS), 25, "exact")
    result = evaluator.run("set", loader, 4)
    assert result.rejections.counts == {"not an image": 1, "missing entry": 1}
    assert (result.scores.count, result.scores.correct) == (2, 1)
    assert result.num_unusable == 2
    assert len(model.seen) == 2  # nothing is read of a batch without images


def test_long_and_unknown_labels_count_as_wrong_and_are_listed():
    long = "a" * 24  # 25 steps: start, 23 characters, end
    result, _ = evaluate([("a" * 23, "a" * 23), ("a" * 23, long), ("caf", "café"), ("ab", "ÄbÄ")])
    assert (result.scores.count, result.scores.correct) == (4, 1)
    assert result.unreadable == {"longer than 23 characters": 1, "with a character outside the dictionary": 2}
    assert result.unknown_characters == {"Ä": 2, "é": 1}
    assert not result.rejections


def test_a_label_is_never_cut_to_what_the_dictionary_has():
    """PaddleOCR drops the é of the label and finds "caf" right."""
    assert evaluate([("caf", "café")])[0].scores.correct == 0


def test_what_was_read_right_is_not_called_unreadable():
    result, _ = evaluate([("a" * 24, "a" * 24)])
    assert result.scores.correct == 1
    assert not result.unreadable


def test_a_dictionary_of_capitals_writes_small_letters_too_where_case_does_not_count():
    result, _ = evaluate([("AB", "abc")], "case-insensitive", characters="ABC")
    assert not result.unreadable and not result.unknown_characters
    result, _ = evaluate([("AB", "abc")], "exact", characters="ABC")
    assert result.unknown_characters == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize("training", [True, False])
def test_reads_in_eval_mode_and_leaves_the_model_as_it_was(training):
    model = FakeModel(training)
    evaluate(READ, model=model)
    assert model.seen == [(False, "as configured")]
    assert model.training is training


def test_images_per_second_count_what_was_read():
    result, _ = evaluate(READ)
    result.seconds = 2.0
    assert result.images_per_s == 2.5
    result.seconds = 0.0
    assert result.images_per_s == 0.0

