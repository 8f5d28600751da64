"""MobileNetV3 for words: the height shrinks to one row, the width by 4 only."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppocr_rare.modeling.layers import ConvBN


class Block(NamedTuple):
    """One row of the tables in the MobileNetV3 paper, channels before scaling."""

    kernel_size: int
    mid_channels: int
    out_channels: int
    has_se: bool
    activation: str  # name of a function in paddle.nn.functional
    stride: int  # index into the four stage strides + 1; 0 where the stride is 1


# Tables 1 and 2 of "Searching for MobileNetV3" (Howard et al., 2019); where they shrink, the stage's own stride stands.
LARGE = (
    Block(3, 16, 16, False, "relu", 1),
    Block(3, 64, 24, False, "relu", 2),
    Block(3, 72, 24, False, "relu", 0),
    Block(5, 72, 40, True, "relu", 3),
    Block(5, 120, 40, True, "relu", 0),
    Block(5, 120, 40, True, "relu", 0),
    Block(3, 240, 80, False, "hardswish", 0),
    Block(3, 200, 80, False, "hardswish", 0),
    Block(3, 184, 80, False, "hardswish", 0),
    Block(3, 184, 80, False, "hardswish", 0),
    Block(3, 480, 112, True, "hardswish", 0),
    Block(3, 672, 112, True, "hardswish", 0),
    Block(5, 672, 160, True, "hardswish", 4),
    Block(5, 960, 160, True, "hardswish", 0),
    Block(5, 960, 160, True, "hardswish", 0),
)
SMALL = (
    Block(3, 16, 16, True, "relu", 1),
    Block(3, 72, 24, False, "relu", 2),
    Block(3, 88, 24, False, "relu", 0),
    Block(5, 96, 40, True, "hardswish", 3),
    Block(5, 240, 40, True, "hardswish", 0),
    Block(5, 240, 40, True, "hardswish", 0),
    Block(5, 120, 48, True, "hardswish", 0),
    Block(5, 144, 48, True, "hardswish", 0),
    Block(5, 288, 96, True, "hardswish", 4),
    Block(5, 576, 96, True, "hardswish", 0),
    Block(5, 576, 96, True, "hardswish", 0),
)
STEM_CHANNELS = 16
LAST_CHANNELS = {"large": 960, "small": 576}
MAX_STRIDE = 3  # a kernel of 3 pixels would skip some at a larger one
DEFAULT_STRIDES = {"large": (1, 2, 2, 2), "small": (2, 2, 2, 2)}


def round_channels(channels: float, divisor: int = 8) -> int:
    """The multiple of ``divisor`` nearest to ``channels``, never more than a tenth below it.

    Source: MobileNet reference implementations, ``make_divisible``.
    """
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


class SqueezeExcite(nn.Layer):
    """Weighs channels by what the whole image holds; names as in PaddleOCR's checkpoints."""

    def __init__(self, channels: int, reduction: int = 4):
        super().__init__()
        self.conv1 = nn.Conv2D(channels, channels // reduction, 1)
        self.conv2 = nn.Conv2D(channels // reduction, channels, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        weight = self.conv2(F.relu(self.conv1(F.adaptive_avg_pool2d(x, 1))))  # [B, C, 1, 1]
        return x * F.hardsigmoid(weight, slope=0.2, offset=0.5)


class InvertedResidual(nn.Layer):
    """Expand, depthwise convolution, weigh the channels, project; added to the input where shapes allow."""

    def __init__(
        self,
        in_channels: int,
        mid_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: tuple[int, int] | int,
        has_se: bool,
        activation: Callable,
    ):
        super().__init__()
        self.has_shortcut = stride == 1 and in_channels == out_channels
        self.expand_conv = ConvBN(in_channels, mid_channels, 1, activation=activation)
        self.bottleneck_conv = ConvBN(
            mid_channels, mid_channels, kernel_size, stride, groups=mid_channels, activation=activation
        )
        self.mid_se = SqueezeExcite(mid_channels) if has_se else None
        self.linear_conv = ConvBN(mid_channels, out_channels, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        y = self.bottleneck_conv(self.expand_conv(x))
        if self.mid_se is not None:
            y = self.mid_se(y)
        y = self.linear_conv(y)
        return x + y if self.has_shortcut else y


class MobileNetV3(nn.Layer):
    """MobileNetV3 whose later stages shrink the height only.

    Args:
        model_name: which of the paper's two tables.
        scale: factor on all channel numbers: 0.35, 0.5, 0.75, 1.0 or 1.25.
        large_stride: strides of the four shrinking blocks of "large"; the first counts both ways, the others
            vertically. Default 1, 2, 2, 2.
        small_stride: the same for "small", all vertical. Default 2, 2, 2, 2, which needs images 64 pixels high.
        disable_se: leave the squeeze-and-excite parts out.
        in_channels: channels of the image.

    Source: PaddleOCR 2.8.1, backbones/rec_mobilenet_v3.py, MobileNetV3.
    """

    def __init__(
        self,
        model_name: Literal["large", "small"] = "small",
        scale: Literal[0.35, 0.5, 0.75, 1.0, 1.25] = 0.5,  # type: ignore[valid-type]  # no floats for mypy; for us, yes
        large_stride: list[int] | None = None,
        small_stride: list[int] | None = None,
        disable_se: bool = False,
        *,
        in_channels: int = 3,
    ):
        super().__init__()
        first, *others = self._strides(model_name, large_stride, small_stride)
        # by Block.stride
        strides = 1, first if model_name == "large" else (first, 1), *((stride, 1) for stride in others)
        channels = round_channels(STEM_CHANNELS * scale)
        self.conv1 = ConvBN(in_channels, channels, 3, stride=2, activation=F.hardswish)
        blocks = []
        for block in LARGE if model_name == "large" else SMALL:
            out_channels = round_channels(scale * block.out_channels)
            blocks.append(
                InvertedResidual(
                    channels,
                    round_channels(scale * block.mid_channels),
                    out_channels,
                    block.kernel_size,
                    strides[block.stride],
                    block.has_se and not disable_se,
                    getattr(F, block.activation),
                )
            )
            channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.out_channels = round_channels(scale * LAST_CHANNELS[model_name])
        self.conv2 = ConvBN(channels, self.out_channels, 1, activation=F.hardswish)

    @staticmethod
    def _strides(model_name: str, large_stride: Sequence[int] | None, small_stride: Sequence[int] | None) -> list[int]:
        """Strides of the four stages; raises ValueError where they are none."""
        given = large_stride if model_name == "large" else small_stride
        strides = list(DEFAULT_STRIDES[model_name] if given is None else given)
        if len(strides) != 4:
            raise ValueError(f"{model_name}_stride needs 4 numbers, got {len(strides)}: {strides}")
        if not all(1 <= stride <= MAX_STRIDE for stride in strides):
            raise ValueError(f"{model_name}_stride needs numbers from 1 to {MAX_STRIDE}, got {strides}")
        return strides

    @classmethod
    def output_height(
        cls,
        height: int,
        model_name: str = "small",
        large_stride: Sequence[int] | None = None,
        small_stride: Sequence[int] | None = None,
        **_: Any,
    ) -> int:
        """Height in pixels of the features of an image ``height`` pixels high; other arguments do not matter.

        Raises:
            ValueError: the strides are not four numbers from 1 to MAX_STRIDE.
        """
        for stride in (2, *cls._strides(model_name, large_stride, small_stride)):
            height = -(-height // stride)  # a padded convolution rounds up
        return height // 2  # the pool rounds down

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Features [B, C, H', W / 4] of images [B, 3, H, W]; H' as ``output_height`` says."""
        x = self.conv2(self.blocks(self.conv1(x)))
        return F.max_pool2d(x, kernel_size=2, stride=2)
