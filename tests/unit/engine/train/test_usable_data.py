"""A training with nothing to train on does not begin."""

import pytest

from ppocr_rare.engine.train.usable_data import require_usable_sample
from ppocr_rare.errors import DataError
from ppocr_rare.utils.stats import Rejection


class Samples:
    def __init__(self, *samples):
        self.samples, self.drawn = samples, 0

    def __len__(self):
        return len(self.samples)

    def draw(self, index):
        self.drawn += 1
        return self.samples[index]


MISSING = [Rejection(f"{number}.png", "a", "missing file") for number in range(3)]


def test_no_usable_sample_is_told_with_the_counts_by_reason():
    with pytest.raises(DataError) as fault:
        require_usable_sample(Samples(*MISSING, Rejection("b.png", "b", "empty label")))
    parts = "(4 looked at)", "3 x missing file", ".png ('a')", "1 x empty label", "Train.dataset.data_dir", "doctor"
    for part in parts:
        assert part in str(fault.value)
    assert "\n" not in str(fault.value)


def test_one_usable_sample_is_enough_and_ends_the_search():
    samples = Samples({}, *MISSING)
    require_usable_sample(samples)
    assert samples.drawn == 1
    require_usable_sample(Samples(*MISSING, {}))
