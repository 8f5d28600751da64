import numpy as np
import pytest

from ppocr_rare.data.synth import degrade

IMAGE = np.random.default_rng(7).integers(0, 256, (40, 130, 3), dtype=np.uint8)
DEGRADATIONS = {
    "fade": lambda image: degrade.fade(image, 0.4),
    "blur": lambda image: degrade.blur(image, 1.2),
    "light": lambda image: degrade.light(image, 0.5, 40),
    "motion": lambda image: degrade.motion_blur(image, 4.5, 30),
    "resolution": lambda image: degrade.lower_resolution(image, 0.4),
    "jpeg": lambda image: degrade.jpeg(image, 30),
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


def test_light_brightens_one_side_and_darkens_the_other():
    grey = np.full((5, 9, 3), 100, np.uint8)
    right = degrade.light(grey, 0.5, 0)[..., 0]
    assert right[:, 0].tolist() == [50] * 5 and right[:, -1].tolist() == [150] * 5 and right[0, 4] == 100
    down = degrade.light(grey, 0.5, 90)[..., 0]
    assert down[0].tolist() == [50] * 9 and down[-1].tolist() == [150] * 9


def test_motion_spreads_a_point_along_its_direction():
    point = np.zeros((21, 21, 3), np.uint8)
    point[10, 10] = 255
    across, down = degrade.motion_blur(point, 6, 0)[..., 0], degrade.motion_blur(point, 6, 90)[..., 0]
    assert np.flatnonzero(across.any(axis=1)).tolist() == [10]
    assert np.flatnonzero(across.any(axis=0)).tolist() == list(range(7, 14))
    assert np.array_equal(down, across.T) and across.sum() == pytest.approx(255, abs=5)


def test_lower_resolution_loses_what_is_finer_than_its_pixels():
    stripes = np.zeros((32, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    assert degrade.lower_resolution(stripes, 0.5).std() < 1
    wide = np.repeat(stripes[:, :4], 16, axis=1)
    assert degrade.lower_resolution(wide, 0.5).std() > 0.9 * wide.std()


def test_jpeg_of_lower_quality_is_farther_from_the_image():
    far, near = (np.abs(degrade.jpeg(IMAGE, quality).astype(int) - IMAGE).mean() for quality in (10, 95))
    assert 0 < near < far
