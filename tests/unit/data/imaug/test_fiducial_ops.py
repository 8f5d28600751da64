"""The points that straighten a drawn word, judged by what TPS makes of the image with them."""

import cv2
import numpy as np
import paddle
import pytest

from ppocr_rare.data.imaug import LocateFiducials
from ppocr_rare.data.imaug.fiducial_ops import straightening_points
from ppocr_rare.data.imaug.label_ops import LabelEncoder
from ppocr_rare.data.synth import Arc, Font, Recipe, Straight, Wave, render_word, shipped_fonts
from ppocr_rare.data.synth.renderer import locate_fiducials
from ppocr_rare.errors import ConfigError
from ppocr_rare.modeling.transforms.tps import TPS
from ppocr_rare.utils.images import resize_norm_img

SHAPE = (3, 32, 100)
PLAIN = {"ink": (0, 0, 0), "surface": ((255, 255, 255),) * 2}


@pytest.fixture(scope="module")
def font():
    return Font(shipped_fonts()["Karla-Bold"])


def sample_of(font, text="harbour", **recipe):
    recipe = Recipe(**PLAIN, **recipe)
    image, valid_ratio = resize_norm_img(render_word(text, font, recipe, np.random.default_rng(0)), SHAPE)
    return {"image": image, "valid_ratio": valid_ratio, "edges": locate_fiducials(text, font, recipe)}


def rectified(sample):
    """What TPS makes of a sample with the points of the operator; the padding is as light as the paper."""
    image = sample["image"].copy()
    image[:, :, round(image.shape[2] * sample["valid_ratio"]) :] = 1
    points = LocateFiducials(num_fiducial=20)(sample)["fiducials"]
    paper = paddle.to_tensor(1 - image[None])  # outside the image all is 0
    return 1 - TPS(20, model_name="small").rectify(paper, paddle.to_tensor(points[None])).numpy()[0, 0]


def alike(one, other):
    """Correlation of two blurred words, each brought to one width: on an arch the letters stand further apart."""
    words = []
    for image in (one, other):
        columns = np.flatnonzero((image < 0).any(axis=0))
        word = cv2.resize(image[:, columns[0] : columns[-1] + 1], (90, 32))
        words.append(cv2.GaussianBlur(word, None, 1.5).ravel())
    return np.corrcoef(*words)[0, 1]


@pytest.mark.parametrize(
    "recipe",
    [
        {"baseline": Arc(100)},
        {"baseline": Arc(-80), "rotation": 20},
        {"baseline": Wave(0.2)},
        {"rotation": -25},
        {"shear": 25},
        {"tilt": (0.2, 0.1)},
    ],
    ids=str,
)
def test_a_word_on_any_line_becomes_the_word_drawn_straight(font, recipe):
    straight, bent = sample_of(font), sample_of(font, **recipe)
    expected = rectified(straight)
    assert alike(bent["image"][0], expected) < 0.75
    assert alike(rectified(bent), expected) > 0.8


def test_an_arc_becomes_a_line_as_high_as_the_image(font):
    """All letters of "nnnnnn" end at one height."""
    sample = sample_of(font, "nnnnnn", baseline=Arc(120), letter_spacing=0.05)
    lowest = []
    for image in (sample["image"][0], rectified(sample)):
        is_ink = image < 0
        columns = np.flatnonzero(is_ink.any(axis=0))
        thirds = np.array_split(columns, 3)
        lowest.append([is_ink[:, third].any(axis=1).nonzero()[0].max() for third in thirds])
    assert np.ptp(lowest[0]) > 8  # rows of 32
    assert np.ptp(lowest[1]) <= 1 and min(lowest[1]) >= 27
    assert (rectified(sample) < 0).any(axis=1).nonzero()[0].min() <= 4


def test_a_straight_word_stays_where_it_is(font):
    """Its own height fills the image already, but for the margins."""
    sample = sample_of(font, padding=(0.08, 0.08, 0.08, 0.08), baseline=Straight())
    assert alike(rectified(sample), sample["image"][0]) > 0.9


def test_points_are_pixels_as_the_sampling_takes_them():
    """The line from (10, 8) to (34, 24), on an image 40 × 32 of which 40 are used: whole canvas 60 × 40 around it."""
    size = np.array([40.0, 32.0])
    x = np.linspace(10, 34, 4)
    pixels = np.stack([np.stack([x, np.full(4, y)], axis=1) for y in (8.0, 24.0)])
    points = straightening_points(pixels, 5, size, margin=0.0)
    # 16 high become 32, so 24 wide would become 48: there is room for 40.
    np.testing.assert_allclose(points[0], np.stack([np.linspace(10, 34, 5), np.full(5, 8.0)], axis=1))
    wide = straightening_points(pixels, 5, np.array([96.0, 32.0]), margin=0.0)
    np.testing.assert_allclose(wide[1], np.stack([np.linspace(10, 58, 5), np.full(5, 24.0)], axis=1))  # straight on
    sample = {"image": np.zeros((3, 32, 40)), "valid_ratio": 1.0, "edges": pixels.reshape(-1, 2) / size * 2 - 1}
    found = LocateFiducials(0.0, num_fiducial=10)(sample)["fiducials"]
    np.testing.assert_allclose((found + 1) / 2 * (size - 1) + 0.5, points.reshape(-1, 2), atol=1e-4)


def test_the_part_that_is_padded_holds_no_word():
    edges = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
    sample = {"image": np.zeros((3, 32, 100)), "valid_ratio": 0.5, "edges": edges}
    points = LocateFiducials(0.0, num_fiducial=6)(sample)["fiducials"]
    x = (points[:3, 0] + 1) / 2 * 99 + 0.5
    np.testing.assert_allclose(x, [0, 50, 100], atol=1e-4)  # the word's end in the middle, and straight on


def test_what_is_not_known_is_said():
    sample = {"image": np.zeros((3, 32, 100)), "valid_ratio": 1.0}
    for edges in ({}, {"edges": None}):
        points = LocateFiducials(num_fiducial=20)({**sample, **edges})["fiducials"]
        assert points.shape == (20, 2) and points.dtype == np.float32 and np.isnan(points).all()
    assert issubclass(LocateFiducials, LabelEncoder)  # left out where nothing is learnt
    with pytest.raises(ConfigError, match="margin must be at least 0, got -1"):
        LocateFiducials(-1, num_fiducial=20)
