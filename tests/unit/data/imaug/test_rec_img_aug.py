import numpy as np
import pytest

from ppocr_rare.data.imaug.rec_img_aug import RecResizeImg
from ppocr_rare.errors import ConfigError, SampleError
from ppocr_rare.registry import OPERATORS


def test_image_and_valid_ratio():
    sample = RecResizeImg([3, 32, 100])({"image": np.full((16, 20, 3), 255, np.uint8), "label": "a"})
    assert (sample["image"].shape, sample["image"].dtype) == ((3, 32, 100), np.float32)
    assert sample["valid_ratio"] == 0.4
    assert (sample["image"][:, :, :40] == 1).all()
    assert (sample["image"][:, :, 40:] == 0).all()
    assert sample["label"] == "a"


def test_without_padding_the_image_is_stretched():
    sample = RecResizeImg([3, 32, 100], padding=False)({"image": np.full((16, 20, 3), 255, np.uint8)})
    assert sample["valid_ratio"] == 1.0
    assert (sample["image"] == 1).all()


@pytest.mark.parametrize("shape", [[1, 32, 100], [3, 0, 100], [3, 32, -1]])
def test_shape_that_no_image_can_have(shape):
    with pytest.raises(ConfigError, match=r"image_shape must be \[3, height, width\]"):
        RecResizeImg(shape)


def test_channels_must_come_last():
    with pytest.raises(SampleError, match=r"\[H, W, 3\]"):
        RecResizeImg([3, 32, 100])({"image": np.zeros((3, 20, 40), np.uint8)})


def test_operators_and_their_keys():
    locating, changing = ["LocateCharacters", "LocateFiducials"], ["RecAug", "RecConAug", "RecResizeImg"]
    assert OPERATORS.names() == ["AttnLabelEncode", "DecodeImage", "KeepKeys", *locating, *changing]
    assert list(OPERATORS.schema("LocateFiducials").keys) == ["margin"]
    assert OPERATORS.schema("RecResizeImg").inert == {"infer_mode", "eval_mode", "character_dict_path"}
    assert OPERATORS.schema("AttnLabelEncode").runtime == {"charset", "max_text_length"}
    assert list(OPERATORS.schema("DecodeImage").keys) == ["img_mode", "channel_first", "ignore_orientation"]


def test_interpolation_is_bilinear_unless_it_is_area():
    image = np.random.default_rng(0).integers(0, 256, (160, 300, 3), np.uint8)
    plain = RecResizeImg([3, 32, 100])({"image": image})["image"]
    for kind, is_same in (("bilinear", True), ("area", False)):
        resized = RecResizeImg([3, 32, 100], interpolation=kind)({"image": image})["image"]
        assert (resized == plain).all() == is_same
