import numpy as np
import pytest

from ppocr_rare.data.synth.texture import TEXTURES


@pytest.mark.parametrize("name", TEXTURES)
@pytest.mark.parametrize(("width", "height"), [(200, 48), (5, 16), (700, 32)])
def test_a_pattern_of_unit_strength_that_follows_the_seed(name, width, height):
    first, same, other = (TEXTURES[name](width, height, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (height, width) and first.dtype == np.float32
    assert np.array_equal(first, same) and not np.array_equal(first, other)
    assert np.abs(first).max() < 8


@pytest.mark.parametrize("name", TEXTURES)
def test_mean_and_deviation(name):
    patterns = np.concatenate([TEXTURES[name](300, 48, np.random.default_rng(seed)).ravel() for seed in range(20)])
    assert abs(patterns.mean()) < 0.3 and 0.5 < patterns.std() < 1.5
