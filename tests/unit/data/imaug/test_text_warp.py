import numpy as np
import pytest

from ppocr_rare.data.imaug.text_warp import distort, stretch, tilt, warp


def ramp(height, width, slope=1):
    """An image that says where each pixel comes from: slope * x, slope * y, 7."""
    y, x = np.mgrid[:height, :width]
    return np.stack([slope * x, slope * y, np.full_like(x, 7)], -1).astype(np.uint8)


def complex_points(*pairs):
    return np.array([complex(*pair) for pair in pairs])


# What PaddleOCR 2.8.1's WarpMLS gave for the same points: (row, column) of the result, first two channels.
SMALL = (
    ramp(24, 30, 8),
    complex_points((0, 0), (30, 0), (30, 24), (0, 24), (15, 0), (15, 24)),
    complex_points((2, 3), (27, 1), (29, 20), (1, 22), (17, -2), (13, 25)),
    {(0, 0): (0, 0), (5, 3): (13, 24), (12, 15): (121, 99), (20, 29): (232, 184), (23, 10): (76, 184)},
)
WIDE = (
    ramp(40, 250),
    complex_points((0, 0), (250, 0), (250, 40), (0, 40), (83, 0), (83, 40), (166, 0), (166, 40)),
    complex_points((0, 5), (250, 12), (250, 30), (0, 38), (60, 3), (70, 44), (180, -6), (150, 35)),
    {(5, 99): (111, 5), (20, 100): (111, 19), (20, 150): (154, 20), (39, 200): (201, 39), (30, 225): (224, 32),
     (39, 249): (248, 39)},
)  # fmt: skip


@pytest.mark.parametrize(("image", "points", "target", "recorded"), [SMALL, WIDE], ids=["one cell", "three cells"])
def test_warp_equals_the_record(image, points, target, recorded):
    result = warp(image, points, target)
    assert result.shape == image.shape and result.dtype == np.uint8 and (result[..., 2] == 7).all()
    for place, values in recorded.items():
        # PaddleOCR rounds down, OpenCV to the nearest of values at steps of 1/32 pixel.
        np.testing.assert_allclose(result[place][:2].astype(int), values, atol=1)


def test_points_that_stay_change_nothing_and_a_shift_shifts():
    points = complex_points((0, 0), (40, 0), (0, 30), (40, 30))
    image = ramp(30, 40, 6)
    np.testing.assert_array_equal(warp(image, points, points), image)
    np.testing.assert_array_equal(warp(image, points, points + 3 + 2j)[2:, 3:], image[:-2, :-3])


def test_a_point_on_a_node_goes_where_it_is_sent():
    points = complex_points((10, 8), (30, 0), (0, 20))
    target = complex_points((0, 0), (35, 2), (3, 22))  # the first onto the upper left node
    assert warp(ramp(24, 40, 6), points, target)[0, 0, :2].tolist() == [60, 48]


def test_an_image_too_large_for_opencv_stays():
    image = np.zeros((20, 40_000, 3), np.uint8)
    assert warp(image, complex_points((0, 0), (1, 1)), complex_points((5, 0), (1, 1))) is image


@pytest.mark.parametrize("segments", [3, 6])
@pytest.mark.parametrize("shape", [(20, 20), (32, 100), (300, 21), (20, 450)])
def test_every_size_and_draw_gives_an_image_of_the_same_size(shape, segments):
    for seed in range(5):
        image = np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)
        for bend in (distort, stretch):
            assert bend(image, segments, np.random.default_rng(seed)).shape == image.shape
        assert tilt(image, np.random.default_rng(seed)).shape == image.shape


def test_each_moves_what_it_should():
    image = ramp(60, 240)
    columns, rows = (np.stack([image[..., channel]] * 3, -1) for channel in (0, 1))

    def change(bend, image, *arguments):
        results = [bend(image, *arguments, np.random.default_rng(seed))[5:-5, 10:-10].astype(int) for seed in range(8)]
        return max(np.abs(result - image[5:-5, 10:-10]).max() for result in results)

    assert 3 < change(distort, columns, 4) < 40
    assert change(stretch, columns, 3) > 3
    assert 10 < change(tilt, rows) < 40


def test_tilt_moves_the_corners_towards_the_middle():
    image = np.zeros((40, 80, 3), np.uint8)
    image[0] = image[-1] = 255
    for seed in range(20):
        left = np.flatnonzero(tilt(image, np.random.default_rng(seed))[:, 0, 0] < 128)
        assert 0 < left[0] <= 20 <= left[-1] + 1 < 41  # the black between moved corners, up to half of the height each
