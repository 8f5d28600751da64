"""Cases and data sets for the checks."""

import pytest
from material import CONFIG, png, word_image

from ppocr_rare import load_config
from ppocr_rare.builder import build_charset, build_operators
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.doctor.findings import Case


class Words(WordDataset):
    """(image bytes, label) pairs from memory."""

    def __init__(self, samples, transforms=()):
        super().__init__(transforms)
        self.samples = samples

    def __len__(self):
        return len(self.samples)

    def key(self, index):
        return f"word{index}"

    def read_text(self, index):
        return self.samples[index][1]

    def read_image(self, index):
        return self.samples[index][0]

    def sets(self):
        return [("words", len(self))]


@pytest.fixture
def make_case():
    """``make_case("Global.use_gpu=False", ...)``: the small configuration with these values."""

    def make_case(*overrides) -> Case:
        config = load_config(CONFIG, ["Global.use_gpu=False", *overrides])
        return Case(config, charset=build_charset(config))

    return make_case


@pytest.fixture
def make_words(make_case):
    """``make_words(["label", (b"image", "label"), ...])``: a data set for training; images are drawn if not given."""

    def make_words(samples, *overrides) -> Words:
        pairs = [(png(word_image(n)), item) if isinstance(item, str) else item for n, item in enumerate(samples)]
        return Words(pairs, build_operators(make_case(*overrides).config, "Train", with_labels=True))

    return make_words
