import numpy as np
import pytest

from ppocr_rare.data.synth import degrade

IMAGE = np.random.default_rng(7).integers(0, 256, (40, 130, 3), dtype=np.uint8)
DEGRADATIONS = {
    "fade": lambda image: degrade.fade(image, 0.4),
    "blur": lambda image: degrade.blur(image, 1.2),
    "noise": lambda image: degrade.add_noise(image, 20, np.random.default_rng(3)),
}


@pytest.mark.parametrize("name", DEGRADATIONS)
@pytest.mark.parametrize("shape", [(40, 130), (1, 1), (3, 200)])
def test_type_and_shape_are_kept_and_the_input_untouched(name, shape):
    image = np.ascontiguousarray(np.resize(IMAGE, (*shape, 3)))
    before = image.copy()
    degraded = DEGRADATIONS[name](image)
    assert degraded.dtype == np.uint8 and degraded.shape == image.shape
    assert np.array_equal(image, before)


def test_nothing_is_done_at_strength_zero():
    rng = np.random.default_rng(0)
    for degraded in (degrade.fade(IMAGE, 0), degrade.blur(IMAGE, 0), degrade.add_noise(IMAGE, 0, rng)):
        assert np.array_equal(degraded, IMAGE)


def test_fade_draws_towards_the_mean():
    image = np.array([[[0, 10, 20], [200, 110, 20]]], dtype=np.uint8)
    assert degrade.fade(image, 0.5).tolist() == [[[50, 35, 20], [150, 85, 20]]]
    assert degrade.fade(image, 1).tolist() == [[[100, 60, 20], [100, 60, 20]]]


def test_blur_spreads_a_point_as_a_gaussian_does():
    point = np.zeros((31, 31, 3), np.uint8)
    point[15, 15] = 255
    # A Gaussian's peak is 1 / (2 pi sigma^2): 255 * 0.0398 = 10.1 at sigma 2.
    assert abs(int(degrade.blur(point, 2.0)[15, 15, 0]) - 10) <= 1


def test_noise_has_the_deviation_asked_for_and_is_the_seeds():
    grey = np.full((100, 100, 3), 128, np.uint8)
    first, same, other = (degrade.add_noise(grey, 8, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, same) and not np.array_equal(first, other)
    assert first.std() == pytest.approx(8, rel=0.05) and first.mean() == pytest.approx(128, abs=0.3)


def test_noise_does_not_wrap_around():
    white = np.full((50, 50, 3), 255, np.uint8)
    assert degrade.add_noise(white, 10, np.random.default_rng(0)).min() > 200
