from collections import Counter

import numpy as np
import pytest

from ppocr_rare.data.synth.dice import below, one_of, pick, sign


def test_pick_follows_the_weights():
    rng = np.random.default_rng(0)
    counts = Counter(pick(rng, {"x": (1.0, "a"), "y": (3.0, "b"), "z": (0.0, "c")}) for _ in range(4000))
    assert counts["b"] / 4000 == pytest.approx(0.75, abs=0.03) and counts["a"] + counts["b"] == 4000


def test_the_others_are_even():
    rng = np.random.default_rng(0)
    for draw in (lambda: one_of(rng, "ab"), lambda: below(rng, 2), lambda: sign(rng)):
        counts = Counter(draw() for _ in range(1000))
        assert len(counts) == 2 and min(counts.values()) > 420
    assert {sign(rng) for _ in range(50)} == {-1, 1}
