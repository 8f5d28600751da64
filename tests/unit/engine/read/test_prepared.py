"""What the network takes of an image, and of a tall one."""

import numpy as np
import pytest

from ppocr_rare.data.imaug import DecodeImage, RecResizeImg
from ppocr_rare.engine.read.prepared import prepare
from ppocr_rare.errors import SampleError

OPERATORS = [DecodeImage("BGR"), RecResizeImg([3, 32, 100])]
IMAGE = np.random.default_rng(0).integers(0, 256, (90, 60, 3), np.uint8)


def input_of(image):
    return RecResizeImg([3, 32, 100])({"image": np.ascontiguousarray(image)})["image"]


@pytest.mark.parametrize("image", [IMAGE, IMAGE[1:], IMAGE.transpose(1, 0, 2)])
@pytest.mark.parametrize("turn_tall", [True, False])
def test_a_tall_image_is_turned_either_way(image, turn_tall):
    is_turned = turn_tall and image is IMAGE
    expected = [image, np.rot90(image), np.rot90(image, -1)] if is_turned else [image]
    prepared = prepare(image, OPERATORS, turn_tall)
    assert prepared.size == image.shape[:2]
    assert [aspect for aspect, _ in prepared.inputs] == [part.shape[1] / part.shape[0] for part in expected]
    for (_, found), part in zip(prepared.inputs, expected, strict=True):
        np.testing.assert_array_equal(found, input_of(part))


def test_what_cannot_be_read_is_the_reason():
    assert isinstance(prepare(b"no image", OPERATORS, True), SampleError)
