"""Both backbones: shapes at every depth, width and height, and the channels that their papers give."""

import paddle
import pytest

from ppocr_rare.modeling.backbones import MobileNetV3, ResNet
from ppocr_rare.modeling.backbones.rec_mobilenet_v3 import round_channels


@pytest.mark.parametrize("scale", [0.35, 0.5, 0.75, 1.0, 1.25])
@pytest.mark.parametrize("model_name", ["large", "small"])
def test_mobilenet_gives_one_row_of_a_quarter_of_the_width(model_name, scale):
    backbone = MobileNetV3(model_name, scale, small_stride=[1, 2, 2, 2])
    backbone.eval()
    channels = round_channels({"large": 960, "small": 576}[model_name] * scale)
    assert backbone(paddle.rand([2, 3, 32, 100])).shape == [2, channels, 1, 25]
    assert backbone.out_channels == channels


def test_mobilenet_without_squeeze_and_excite_has_none_of_its_parameters():
    assert not any("mid_se" in name for name in MobileNetV3("large", 0.5, disable_se=True).state_dict())
    assert sum("mid_se.conv1.weight" in name for name in MobileNetV3("large", 0.5).state_dict()) == 8


@pytest.mark.parametrize(("channels", "rounded"), [(8, 8), (3, 8), (12, 16), (20.0, 24), (36, 40), (92, 96), (91, 88)])
def test_round_channels(channels, rounded):
    assert round_channels(channels) == rounded


@pytest.mark.parametrize(("layers", "channels"), [(18, 512), (34, 512), (50, 2048)])
def test_resnet_gives_one_row_of_a_quarter_of_the_width(layers, channels):
    backbone = ResNet(layers)
    backbone.eval()
    assert backbone(paddle.rand([1, 3, 32, 100])).shape == [1, channels, 1, 25]
    assert backbone.out_channels == channels


@pytest.mark.parametrize("height", [31, 32, 33, 48, 63, 64, 70])
def test_output_height_is_what_comes_out(height):
    images = paddle.rand([1, 3, height, 40])
    for backbone, args in ((ResNet(18), {"layers": 18}), (MobileNetV3("large", 0.35), {"model_name": "large"})):
        backbone.eval()
        expected = backbone.output_height(height, **args)
        if expected:
            assert backbone(images).shape[2] == expected


@pytest.mark.parametrize(
    ("strides", "message"),
    [
        ([1, 2, 2], r"large_stride needs 4 numbers, got 3: \[1, 2, 2\]"),
        ([], "large_stride needs 4 numbers, got 0"),
        ([1, -2, -2, 2], r"large_stride needs numbers from 1 to 3, got \[1, -2, -2, 2\]"),
        ([0, 2, 2, 2], "large_stride needs numbers from 1 to 3"),
        ([1, 2, 2, 4], "large_stride needs numbers from 1 to 3"),
    ],
)
def test_mobilenet_needs_four_strides(strides, message):
    with pytest.raises(ValueError, match=message):
        MobileNetV3("large", large_stride=strides)
    with pytest.raises(ValueError, match=message):
        MobileNetV3.output_height(32, "large", large_stride=strides)


def test_the_narrowest_image_gives_a_column():
    backbone = MobileNetV3("large", 0.35, large_stride=[3, 2, 2, 1])
    backbone.eval()
    assert backbone(paddle.rand([1, 3, 32, 8])).shape[2:] == [1, 1]
    assert backbone.output_height(32, "large", large_stride=[3, 2, 2, 1]) == 1
