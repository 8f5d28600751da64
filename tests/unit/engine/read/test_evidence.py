"""Places of characters: through the spline, the resizing, the turning and the second looks, back into the image."""

import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug.operators import DecodeImage
from ppocr_rare.data.imaug.rec_img_aug import RecResizeImg
from ppocr_rare.engine.read.evidence import Frame, RectifierHealth, characters_of, health_of, spans_of
from ppocr_rare.engine.read.looks import Looker
from ppocr_rare.utils.thin_plate import base_fiducials

CHARSET = Charset("abc")
EOS = CHARSET.eos_id


def frame_of(height, width):
    return Frame(np.array([[1.0, 0, 0], [0, 1.0, 0]]), (height, width))


def test_points_of_an_untouched_word_are_its_own_places():
    points = np.array([[-1.0, -1], [1, -1], [0, 0], [1, 1]])
    expected = [[0, 0], [100, 0], [50, 16], [100, 32]]
    np.testing.assert_allclose(frame_of(32, 100).places(points, None), expected, atol=1e-9)


def test_the_spline_samples_where_grid_sample_does():
    """The identity's points stand for the middles of the outer pixels, as ``grid_sample`` counts them."""
    centres = np.array([[-0.99, -31 / 32], [0.99, 31 / 32]])  # of the first and of the last pixel
    found = frame_of(32, 100).places(centres, base_fiducials(20))
    np.testing.assert_allclose(found, [[0.995, 0.984], [99.005, 31.016]], atol=1e-2)


def test_a_moved_spline_moves_places():
    moved = base_fiducials(20) * [0.5, 1] + [0.2, 0]
    found = frame_of(32, 100).places(np.array([[0.0, 0.0]]), moved)
    np.testing.assert_allclose(found, [[60, 16]], atol=0.2)


@pytest.mark.parametrize("size", [(40, 90), (300, 200), (31, 500), (90, 40)])
def test_every_look_knows_its_way_back(size):
    """A bright dot is found again in each network input, and leads to where it is in the image."""
    height, width = size
    y, x = round(0.4 * height), round(0.6 * width)
    image = np.full((height, width, 3), 60, np.uint8)
    r = max(4, height // 12)
    image[y - r : y + r, x - r : x + r] = 250
    looker = Looker([DecodeImage("BGR"), RecResizeImg((3, 32, 100), True, "area")], True, "all")
    first = looker.prepare(image).looks
    looks = [*first, *(again for look in first for again in looker.again(look))]
    assert len(looks) == (12 if height > 1.5 * width else 4)
    for look in looks:
        levels = look.network_input[0].astype(np.float64)
        weight = np.clip(levels - levels.min() - 0.7 * np.ptp(levels), 0, None)
        rows, columns = np.mgrid[0.5:32, 0.5:100]
        seen = np.array([[(weight * columns).sum(), (weight * rows).sum()]]) / weight.sum()
        points = 2 * seen / [100, 32] - 1
        ((found_x, found_y),) = look.frame.places(points, None)
        tolerance = 0.08 * max(size)
        assert abs(found_x - x) < tolerance and abs(found_y - y) < tolerance


def test_spans_meet_halfway_and_follow_the_attention():
    attention = np.zeros((3, 20))
    attention[0, 2:4] = 0.5
    attention[1, [5, 6]] = 0.5
    attention[2, 15] = 0.9
    attention[2, 3] = 0.05  # a glance elsewhere
    np.testing.assert_allclose(spans_of(attention) * 20, [[1, 4.5], [4.5, 8], [14, 17]])


def test_one_character_has_its_columns():
    attention = np.array([[0, 0.4, 0.9, 0.4, 0]])
    np.testing.assert_allclose(spans_of(attention) * 5, [[0, 5]])


def test_what_is_said_of_characters():
    probabilities = np.array([[0.3, 0.05, 0.6, 0.05, 0], [0, 0.5, 0.1, 0.0, 0.4]], np.float32)  # sos cannot run up
    attention = np.zeros((2, 10), np.float32)
    attention[0, 2] = attention[1, 6] = 1
    first, second = characters_of([2, 1], probabilities, attention, None, frame_of(32, 100), CHARSET)
    assert (first.char, first.runner_up, second.char, second.runner_up) == ("b", "a", "a", "")
    assert first.score == pytest.approx(0.6) and first.runner_up_score == pytest.approx(0.05)
    assert second.runner_up_score == pytest.approx(0.4)
    assert first.span == pytest.approx((0.1, 0.4))
    np.testing.assert_allclose(first.box, [[10, 0], [40, 0], [40, 32], [10, 32]])
    assert characters_of([], probabilities, attention, None, frame_of(32, 100), CHARSET) == ()


def test_the_health_of_a_rectification():
    rest = base_fiducials(20)
    assert health_of(rest, (32, 100)) == RectifierHealth(0.0, 0, False)
    moved = health_of(rest * [1, 1.2] + [0.1, 0], (32, 100))
    assert moved.num_outside == 20 and not moved.is_folded
    assert moved.moved == pytest.approx(np.hypot(5, 3.2), rel=1e-6)
    assert health_of(rest[::-1] * [0.9, 0.9], (32, 100)).is_folded is False  # turned over as a whole
    crossed = rest.copy()
    crossed[[2, 7]] = crossed[[7, 2]]
    assert health_of(crossed, (32, 100)).is_folded
