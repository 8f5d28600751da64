"""Words come back from where a known mapping put them."""

import cv2
import numpy as np
import pytest

from ppocr_rare.data.cropping.word_crop import crop_word
from ppocr_rare.errors import SampleError

CORNERS = np.array([[100, 80], [370, 120], [360, 195], [90, 144]], float)
PHOTO = np.random.default_rng(1).integers(0, 256, (100, 200, 3), np.uint8)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [0, 3, 2, 1], [3, 2, 1, 0], [2, 1, 0, 3]])
def test_a_quad_comes_back_upright_within_a_pixel(in_scene, shift, order):
    crop = crop_word(in_scene(CORNERS), CORNERS[order])
    top, right = np.linalg.norm(CORNERS[1] - CORNERS[0]), np.linalg.norm(CORNERS[2] - CORNERS[1])
    assert crop.shape == (round(right), round(max(top, np.linalg.norm(CORNERS[3] - CORNERS[2]))), 3)
    assert shift(crop) < 1


@pytest.mark.parametrize("turn", range(4))
def test_a_quad_from_any_corner_on_where_the_order_does_not_count(in_scene, shift, turn):
    for corners in (CORNERS, CORNERS[::-1]):
        assert shift(crop_word(in_scene(CORNERS), np.roll(corners, turn, axis=0), is_ordered=False)) < 1


@pytest.mark.parametrize("degrees", [35, 90, 150, 180, 270])
def test_a_turned_word_comes_back_upright(in_scene, shift, degrees):
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    corners = np.array([[-110, -24], [110, -24], [110, 24], [-110, 24]]) @ [[cos, sin], [-sin, cos]] + [250, 150]
    assert shift(crop_word(in_scene(corners), corners)) < 1


def test_the_corners_of_the_crop_are_those_of_the_quad():
    """Around each corner another colour: half a pixel from the crop's corners they must all be there."""
    photo = np.zeros((100, 200, 3), np.uint8)
    corners = np.array([[30, 20], [150, 30], [160, 80], [20, 70]], float)
    for shade, (x, y) in zip((60, 120, 180, 240), corners.astype(int), strict=True):
        photo[y - 2 : y + 2, x - 2 : x + 2] = shade
    crop = crop_word(photo, corners)[..., 0]
    np.testing.assert_allclose(crop[[0, 0, -1, -1], [0, -1, -1, 0]], [60, 120, 180, 240], atol=4)


def test_an_axis_aligned_quad_is_a_plain_cut():
    quad = np.array([[10, 20], [70, 20], [70, 45], [10, 45]], float)
    np.testing.assert_array_equal(crop_word(PHOTO, quad), PHOTO[20:45, 10:70])


def test_boxes_are_cut_and_clipped():
    np.testing.assert_array_equal(crop_word(PHOTO, np.array([[70.4, 45.6], [9.6, 20]])), PHOTO[20:46, 10:70])
    np.testing.assert_array_equal(crop_word(PHOTO, np.array([[-20.0, -5], [80, 30]])), PHOTO[:30, :80])


@pytest.fixture(scope="module")
def arch(word):
    """A scene with the word bent along an arc of 100 degrees, and its polygon of 2 x 15 points."""
    middle, radius, height, width = np.array([250, 290]), 220, *word.shape[:2]
    x, y = np.meshgrid(np.arange(500) + 0.5 - middle[0], np.arange(300) + 0.5 - middle[1])
    along = (np.arctan2(x, -y) / np.radians(100) + 0.5) * width
    down = radius + height / 2 - np.hypot(x, y)
    maps = [(values - 0.5).astype(np.float32) for values in (along, down)]
    scene = cv2.remap(word, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
    angles = np.radians(np.linspace(-50, 50, 15))
    ring = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    upper, lower = (middle + (radius + side * height / 2) * ring for side in (1, -1))
    return scene, np.concatenate([upper, lower[::-1]])


@pytest.mark.parametrize("change", [lambda p: p, lambda p: p[::-1], lambda p: np.roll(p, 5, axis=0)])
def test_an_arc_is_straightened(arch, shift, change):
    scene, polygon = arch
    crop = crop_word(scene, change(polygon), "straighten")
    assert crop.shape[0] == 64 and abs(crop.shape[1] - 220 * np.radians(100)) < 2
    assert shift(crop) < 1


def test_an_arc_is_cut_by_its_least_rectangle(arch):
    scene, polygon = arch
    low, high = np.rint(polygon.min(axis=0)).astype(int), np.rint(polygon.max(axis=0)).astype(int)
    expected = scene[low[1] : high[1], low[0] : high[0]]
    crop = crop_word(scene, polygon)
    assert np.abs(np.subtract(crop.shape, expected.shape)).max() <= 1
    difference = np.abs(cv2.resize(crop, expected.shape[1::-1]).astype(int) - expected)
    assert difference.mean() < 6


def test_a_concave_quad_is_no_rectangle_in_perspective():
    dart = np.array([[10, 10], [80, 14], [150, 10], [80, 30]], float)
    assert crop_word(PHOTO, dart).shape[:2] == (20, 140)


def test_columns_are_turned_on_request(in_scene):
    column = np.array([[100, 50], [140, 50], [140, 110], [100, 110]], float)  # 1.5 times as high as wide
    scene = in_scene(CORNERS)
    for points in (column, column[[0, 2]]):
        upright = crop_word(scene, points)
        assert upright.shape[:2] == (60, 40)
        np.testing.assert_array_equal(crop_word(scene, points, rotate_vertical=True), np.rot90(upright))
    almost = column - [[0, 0], [0, 0], [0, 1], [0, 1]]
    assert crop_word(scene, almost, rotate_vertical=True).shape[:2] == (59, 40)


def test_beyond_the_border_the_last_pixels_are_repeated():
    grey = np.full((40, 60, 3), 77, np.uint8)
    crop = crop_word(grey, np.array([[-10, -5], [40, -5], [40, 25], [-10, 25]], float))
    assert crop.shape == (30, 50, 3) and (crop == 77).all()


def test_a_wide_panorama():
    panorama = np.zeros((60, 40_000, 3), np.uint8)
    panorama[:, 39_000:] = 255
    quad = np.array([[38_950, 10], [39_050, 12], [39_050, 40], [38_950, 38]], float)
    for points in (quad, np.insert(quad, 1, [39_000, 11], axis=0)):
        crop = crop_word(panorama, points, "straighten")
        assert crop[:, :45].max() == 0 and crop[:, 55:].min() == 255


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([[150, 20], [300, 20], [300, 60], [150, 60]], "outside the image: 33%"),
        ([[150, 20], [300, 60]], "outside the image: 33%"),
        ([[500, 500], [600, 550]], "outside the image: 0%"),
        ([[-500, 5], [-400, 5], [-400, 50], [-500, 50]], "outside the image: 0%"),
        ([[10, 10], [10, 50]], "no area"),
        ([[10, 10], [50, 13]], "too small: 40 x 3 pixels; at least 4"),
        ([[10, 10], [50, 10], [50, 13], [10, 13]], "too small"),
        ([[10, 10], [30, 10], [50, 10], [50, 13], [30, 13], [10, 13]], "too small"),
        ([[10, 10], [90, 40], [90, 10], [10, 40]], "crosses itself"),
    ],
)
@pytest.mark.parametrize("mode", ["rectangle", "straighten"])
def test_what_is_refused(points, reason, mode):
    with pytest.raises(SampleError, match=reason):
        crop_word(PHOTO, np.array(points, float), mode)


def test_a_sliver_allocates_nothing(monkeypatch):
    """Its sides are long and its area is small: as wide and as high as they are it would be enormous."""
    monkeypatch.setattr("ppocr_rare.data.cropping.word_crop.MAX_CROP_PIXELS", 20_000)
    sliver = np.array([[0, 0], [190, 95], [192, 97], [2, 2]], float)
    wide = np.array([[0, 0], [200, 0], [200, 100], [0, 100]], float)
    assert crop_word(PHOTO, wide).shape == (100, 200, 3)
    with pytest.raises(SampleError, match="too small|crop too large"):
        crop_word(PHOTO, sliver)
    kite = np.array([[0, 0], [190, 90], [200, 100], [90, 100]], float)
    with pytest.raises(SampleError, match="crop too large"):
        crop_word(PHOTO, kite)


def test_random_quads_never_crash():
    rng = np.random.default_rng(2)
    outcomes = set()
    for _ in range(300):
        points = rng.uniform(-40, 240, (rng.integers(4, 9), 2))
        try:
            crop = crop_word(PHOTO, points, "straighten" if rng.random() < 0.5 else "rectangle")
            assert crop.dtype == np.uint8 and crop.shape[2] == 3 and min(crop.shape[:2]) >= 4
            outcomes.add("cropped")
        except SampleError as error:
            outcomes.add(error.reason)
    assert {"cropped", "polygon crosses itself", "outside the image"} <= outcomes
