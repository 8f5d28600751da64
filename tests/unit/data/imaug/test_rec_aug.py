import inspect

import numpy as np
import pytest

from ppocr_rare.data.imaug.rec_aug import RecAug, add_noise, bend, blur, crop, darken, invert, jitter
from ppocr_rare.errors import ConfigError
from ppocr_rare.registry import OPERATORS

NAMES = ("tia_prob", "crop_prob", "reverse_prob", "noise_prob", "jitter_prob", "blur_prob", "hsv_aug_prob")
NEVER = dict.fromkeys(NAMES, 0)
ALWAYS = dict.fromkeys(NAMES, 1)


def picture(height=32, width=100, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def augment(image, key=(1, 0, 0, 0), **probabilities):
    return RecAug(**probabilities)({"image": image.copy(), "rng_key": key, "text": "a"})["image"]


def rng(seed=0):
    return np.random.default_rng(seed)


def test_its_arguments_are_paddleocrs():
    assert OPERATORS.get("RecAug") is RecAug
    parameters = inspect.signature(RecAug).parameters.values()
    assert {parameter.name: parameter.default for parameter in parameters} == dict.fromkeys(NAMES, 0.4)


def test_the_key_decides():
    image = picture()
    keys = [(1, 0, 0, 0), (2, 0, 0, 0), (1, 3, 0, 0), (1, 0, 5, 0), (1, 0, 0, 1)]
    results = [augment(image, key, **ALWAYS) for key in keys]
    for key, result in zip(keys, results, strict=True):
        np.testing.assert_array_equal(augment(image, key, **ALWAYS), result)
    assert len({result.tobytes() for result in results}) == len(keys)


def test_the_image_given_is_not_written_to():
    image = picture(300, 400)
    before = image.copy()
    sample = {"image": image, "rng_key": (1, 0, 0, 0)}
    assert RecAug(**ALWAYS)(sample)["image"] is not image
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("height", [1, 2, 5, 10, 11, 19, 20, 21, 250])
@pytest.mark.parametrize("width", [1, 2, 5, 11, 20, 101, 300])
def test_images_of_every_size_survive(height, width):
    for probabilities in (ALWAYS, {}):
        for index in range(3):
            result = augment(picture(height, width), (1, 0, index, 0), **probabilities)
            assert result.dtype == np.uint8 and result.shape[1:] == (width, 3)
            assert max(1, height - 8) <= result.shape[0] <= height
    if min(height, width) < 20:
        assert augment(picture(height, width), **ALWAYS).shape == (height, width, 3)


def test_a_step_is_taken_with_its_probability():
    image = np.full((4, 4, 3), 200, np.uint8)
    np.testing.assert_array_equal(augment(image, **NEVER), image)
    operator = RecAug(**{**NEVER, "reverse_prob": 0.4})
    results = [operator({"image": image, "rng_key": (1, 0, index, 0)})["image"] for index in range(2000)]
    inverted = sum(result[0, 0, 0] == 55 for result in results)
    assert 730 < inverted < 870  # 800 expected, with a deviation of 22


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_a_probability_is_from_0_to_1(name, value):
    with pytest.raises(ConfigError, match="RecAug: probabilities are from 0 to 1"):
        RecAug(**{name: value})


def test_crop_takes_rows_from_one_end():
    image = picture(30, 40)
    found = set()
    for seed in range(200):
        result = crop(image, rng(seed))
        rows = 30 - len(result)
        at_top = np.array_equal(result, image[rows:])
        assert at_top or np.array_equal(result, image[:-rows])
        found.add((rows, at_top))
    assert found == {(rows, at_top) for rows in range(1, 9) for at_top in (True, False)}
    assert crop(picture(19, 40), rng()).shape == (19, 40, 3)


def test_blur_spreads_a_dot_as_a_gaussian():
    image = np.zeros((11, 11, 3), np.uint8)
    image[5, 5] = 255
    line = np.exp(-np.array([4, 1, 0, 1, 4]) / 2)
    line /= line.sum()
    expected = np.zeros((11, 11))
    expected[3:8, 3:8] = 255 * np.outer(line, line)
    np.testing.assert_allclose(blur(image, rng())[..., 0], expected, atol=0.51)


def test_brightness_changes_by_a_level_or_not():
    image = np.repeat(np.arange(256, dtype=np.uint8)[np.newaxis, :, np.newaxis], 3, -1)
    results = [darken(image, rng(seed))[0, :, 0].astype(int) for seed in range(20)]
    falls = {tuple(np.unique(np.arange(256) - result)) for result in results}
    assert falls == {(0,), (0, 1)}


def test_jitter_shifts_by_less_than_a_hundredth():
    image = picture(500, 600)
    shifts = set()
    for seed in range(60):
        result = jitter(image, rng(seed))
        shift = next(n for n in range(5) if np.array_equal(result[n:, n:], image[: 500 - n, : 600 - n]))
        for row in range(shift):  # the rows and columns above are shifted as far as they can be
            np.testing.assert_array_equal(result[row, row:], image[0, : 600 - row])
            np.testing.assert_array_equal(result[row:, row], image[: 500 - row, 0])
        shifts.add(shift)
    assert shifts == {0, 1, 2, 3}
    np.testing.assert_array_equal(jitter(picture(10, 600), rng()), picture(10, 600))


def test_noise_takes_a_level_from_half_of_the_values():
    image = picture(200, 200)
    image[image == 0] = 1
    fall = image.astype(int) - add_noise(image, rng())
    assert set(np.unique(fall)) == {0, 1} and abs(fall.mean() - 0.5) < 0.01
    assert not add_noise(np.zeros((5, 5, 3), np.uint8), rng()).any()


def test_invert():
    assert invert(np.array([[[0, 100, 255]]], np.uint8), rng()).tolist() == [[[255, 155, 0]]]


def test_small_images_are_not_bent():
    for shape in ((19, 100), (100, 19)):
        np.testing.assert_array_equal(bend(picture(*shape), rng()), picture(*shape))
    assert not np.array_equal(bend(picture(20, 20), rng(1)), picture(20, 20))
