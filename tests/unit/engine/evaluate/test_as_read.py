"""Words read as a user reads them, counted as the evaluator counts."""

import pytest

from ppocr_rare.engine.evaluate.as_read import batches_as_read
from ppocr_rare.errors import DataError, SampleError


class Words:
    """A data set of six samples: the second cannot be fetched, the fourth is no image."""

    def __init__(self, images):
        self._images = images

    def key(self, index):
        return f"key {index}"

    def read(self, index):
        if index == 1:
            raise SampleError("missing file")
        image = b"no image" if index == 3 else self._images[index]
        return {"key": self.key(index), "image": image, "text": f"text {index}"}


def test_a_batch_has_words_and_what_could_not_be_read(recognizer, images):
    batches = list(batches_as_read(recognizer, Words(images), [[0, 1, 2], [3], [4, 5]]))
    assert [batch["indices"] for batch in batches] == [(0, 2), (), (4, 5)]
    assert batches[2]["keys"] == ("key 4", "key 5") and batches[2]["texts"] == ("text 4", "text 5")
    expected = recognizer([images[index] for index in (0, 2, 4, 5)])
    assert [word.text for batch in batches for word in batch["words"]] == [word.text for word in expected]
    rejections = [rejection for batch in batches for rejection in batch["rejections"]]
    assert [(rejection.key, rejection.text) for rejection in rejections] == [("key 1", ""), ("key 3", "text 3")]
    assert rejections[0].reason == "missing file" and rejections[1].reason.startswith("not an image")


def test_lexicons_of_all_samples_and_of_each(recognizer, images):
    data_set = Words(images)
    (batch,) = batches_as_read(recognizer, data_set, [[0, 2]], ["one", "2"])
    assert {word.text for word in batch["words"]} <= {"one", "2"}
    own = {"key 0": ["first"], "key 2": ["third", "x"]}
    (batch,) = batches_as_read(recognizer, data_set, [[0, 2]], own)
    assert batch["words"][0].text == "first" and batch["words"][1].text in own["key 2"]
    with pytest.raises(DataError, match="names no words for key 4"):
        list(batches_as_read(recognizer, data_set, [[4]], own))
