"""What the network takes of an image, of a tall one, and of one that is looked at again."""

import math

import numpy as np
import pytest

from ppocr_rare.data.imaug import DecodeImage, RecResizeImg
from ppocr_rare.engine.read.looks import DOUBTFUL_SCORE, Looker, sureness
from ppocr_rare.errors import ConfigError, SampleError
from ppocr_rare.postprocess import Word

OPERATORS = [DecodeImage("BGR"), RecResizeImg([3, 32, 100])]
IMAGE = np.random.default_rng(0).integers(0, 256, (92, 60, 3), np.uint8)


def input_of(image):
    return RecResizeImg([3, 32, 100])({"image": np.ascontiguousarray(image)})["image"]


@pytest.mark.parametrize("image", [IMAGE, IMAGE[2:], IMAGE.transpose(1, 0, 2)])
@pytest.mark.parametrize("rotate_tall", [True, False])
def test_a_tall_image_is_turned_either_way(image, rotate_tall):
    is_turned = rotate_tall and image is IMAGE
    expected = [image, np.rot90(image), np.rot90(image, -1)] if is_turned else [image]
    prepared = Looker(OPERATORS, rotate_tall, 1).prepare(image)
    assert prepared.size == image.shape[:2]
    assert [look.aspect for look in prepared.looks] == [part.shape[1] / part.shape[0] for part in expected]
    for look, part in zip(prepared.looks, expected, strict=True):
        np.testing.assert_array_equal(look.network_input, input_of(part))


def test_what_cannot_be_read_is_the_reason():
    assert isinstance(Looker(OPERATORS, True, 1).prepare(b"no image"), SampleError)


def test_second_looks_show_less_more_and_wider():
    image = np.random.default_rng(0).integers(0, 256, (50, 120, 3), np.uint8)
    looker = Looker(OPERATORS, True, "all")
    less, more, wider = looker.again(looker.prepare(image).looks[0])
    np.testing.assert_array_equal(less.network_input, input_of(image[3:-3, 3:-3]))
    np.testing.assert_array_equal(more.network_input, input_of(np.pad(image, ((10, 10), (10, 10), (0, 0)), "edge")))
    assert wider.aspect == pytest.approx(156 / 50)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (9, 2), (3000, 40)])
def test_images_of_any_size_are_looked_at_again(size):
    looker = Looker(OPERATORS, False, "all")
    (look,) = looker.prepare(np.zeros((*size, 3), np.uint8)).looks
    assert look.aspect == size[1] / size[0] and look.pixels.shape[0] <= 128
    assert [view.network_input.shape for view in looker.again(look)] == [(3, 32, 100)] * 3


def test_which_words_are_in_doubt():
    words = [Word("a", score, (score,)) for score in (0.0, DOUBTFUL_SCORE - 0.01, DOUBTFUL_SCORE, 1.0)]
    for views, expected in ((1, "0000"), ("doubtful", "1100"), ("all", "1111")):
        assert [Looker(OPERATORS, True, views).is_doubtful(word) for word in words] == [bit == "1" for bit in expected]
    for views in (0, 2, True, "some", None):
        with pytest.raises(ConfigError, match='views is 1, "doubtful" or "all"'):
            Looker(OPERATORS, True, views)


def test_the_surest_word_is_the_likeliest_character_by_character():
    assert sureness(Word("ab", 0.5, (0.5, 0.5))) == pytest.approx(math.log(0.5))
    assert sureness(Word("ab", 0.55, (0.99, 0.11))) < sureness(Word("ab", 0.5, (0.5, 0.5)))
    assert sureness(Word("", 0.0, ())) == sureness(Word("a", 0.0, (0.0,))) == -math.inf
