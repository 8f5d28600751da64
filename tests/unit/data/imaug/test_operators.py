import cv2
import numpy as np
import pytest

from ppocr_rare.data.imaug.operators import DecodeImage, KeepKeys
from ppocr_rare.errors import SampleError


@pytest.fixture
def png():
    image = np.zeros((2, 3, 3), np.uint8)
    image[:, :, 0] = 200  # blue
    image[0, 0] = (1, 2, 3)
    return cv2.imencode(".png", image)[1].tobytes()


@pytest.mark.parametrize("mode, pixel", [("BGR", (1, 2, 3)), ("RGB", (3, 2, 1))])
def test_order_of_channels(png, mode, pixel):
    image = DecodeImage(img_mode=mode)({"image": png})["image"]
    assert (image.shape, image.dtype) == ((2, 3, 3), np.uint8)
    assert tuple(image[0, 0]) == pixel


def test_default_mode_is_rgb(png):
    assert tuple(DecodeImage()({"image": png})["image"][0, 0]) == (3, 2, 1)


def test_grey_has_three_equal_channels(png):
    image = DecodeImage(img_mode="GRAY")({"image": png})["image"]
    assert image.shape == (2, 3, 3)
    assert (image[1] == 23).all()  # 0.114 of 200


def test_channel_first(png):
    image = DecodeImage(img_mode="BGR", channel_first=True)({"image": png})["image"]
    assert image.shape == (3, 2, 3)
    assert tuple(image[:, 0, 0]) == (1, 2, 3)


def test_undecodable():
    with pytest.raises(SampleError):
        DecodeImage()({"image": b"text"})


def test_keep_keys_orders_the_arrays_and_keeps_the_name_of_the_sample():
    sample = {"key": "a.png", "text": "t", "label": 2, "image": 1, "length": 3, "valid_ratio": 4}
    kept = KeepKeys(["image", "label", "length"])(sample)
    assert list(kept.items()) == [("image", 1), ("label", 2), ("length", 3), ("key", "a.png"), ("text", "t")]


def test_keep_keys_passes_over_what_the_sample_lacks():
    assert KeepKeys(["image", "label", "length"])({"image": 1}) == {"image": 1}
