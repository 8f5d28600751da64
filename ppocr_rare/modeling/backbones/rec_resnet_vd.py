"""ResNet-vd for words: the height shrinks to one row, the width by 4 only."""

from typing import Any, Literal

import paddle
import paddle.nn.functional as F
from paddle import nn

# Blocks in each of the four stages ("Deep Residual Learning for Image Recognition", He et al., table 1).
DEPTHS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 12, 48, 3),
}
STAGE_CHANNELS = (64, 128, 256, 512)


class ConvBNLayer(nn.Layer):
    """Convolution and batch normalisation; ``is_vd`` shrinks by an average before it instead of by a stride.

    Source: variant D in "Bag of Tricks for Image Classification" (He et al., 2019), figure 2 (c).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: tuple[int, int] = (1, 1),
        is_vd: bool = False,
        is_relu: bool = False,
    ):
        super().__init__()
        self.pool = nn.AvgPool2D(stride, stride, ceil_mode=True) if is_vd else None
        self._conv = nn.Conv2D(
            in_channels,
            out_channels,
            kernel_size,
            (1, 1) if is_vd else stride,
            (kernel_size - 1) // 2,
            bias_attr=False,
        )
        self._batch_norm = nn.BatchNorm2D(out_channels)
        self.is_relu = is_relu

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        if self.pool is not None:
            x = self.pool(x)
        x = self._batch_norm(self._conv(x))
        return F.relu(x) if self.is_relu else x


class ResidualBlock(nn.Layer):
    """Two 3×3 convolutions, or three in a bottleneck, added to the input.

    Args:
        in_channels: channels of the input.
        channels: channels of the 3×3 convolutions.
        stride: (vertical, horizontal).
        is_bottleneck: 1×1, 3×3, 1×1 with four times the channels at the end.
        has_projection: the input is projected to the output's shape; else it is added as it is.
    """

    def __init__(
        self, in_channels: int, channels: int, stride: tuple[int, int], is_bottleneck: bool, has_projection: bool
    ):
        super().__init__()
        if is_bottleneck:
            self.conv0 = ConvBNLayer(in_channels, channels, 1, is_relu=True)
            self.conv1 = ConvBNLayer(channels, channels, 3, stride, is_relu=True)
            self.conv2: ConvBNLayer | None = ConvBNLayer(channels, 4 * channels, 1)
        else:
            self.conv0 = ConvBNLayer(in_channels, channels, 3, stride, is_relu=True)
            self.conv1 = ConvBNLayer(channels, channels, 3)
            self.conv2 = None
        self.out_channels = 4 * channels if is_bottleneck else channels
        self.short = None
        if has_projection:
            self.short = ConvBNLayer(in_channels, self.out_channels, 1, stride, is_vd=stride != (1, 1))

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        y = self.conv1(self.conv0(x))
        if self.conv2 is not None:
            y = self.conv2(y)
        return F.relu(y + (x if self.short is None else self.short(x)))


class ResNet(nn.Layer):
    """ResNet-vd whose later stages shrink the height only.

    Args:
        layers: depth: 18, 34, 50, 101, 152 or 200.
        in_channels: channels of the image.

    Source: PaddleOCR 2.8.1, backbones/rec_resnet_vd.py, ResNet.
    """

    def __init__(self, layers: Literal[18, 34, 50, 101, 152, 200] = 50, *, in_channels: int = 3):
        super().__init__()
        self.conv1_1 = ConvBNLayer(in_channels, 32, 3, is_relu=True)
        self.conv1_2 = ConvBNLayer(32, 32, 3, is_relu=True)
        self.conv1_3 = ConvBNLayer(32, 64, 3, is_relu=True)
        channels = 64
        self.blocks = []
        for stage, depth in enumerate(DEPTHS[layers]):
            for index in range(depth):
                stride = (2, 1) if index == 0 and stage > 0 else (1, 1)
                block = ResidualBlock(channels, STAGE_CHANNELS[stage], stride, layers >= 50, has_projection=index == 0)
                self.blocks.append(self.add_sublayer(f"bb_{stage}_{index}", block))
                channels = block.out_channels
        self.out_channels = channels

    @classmethod
    def output_height(cls, height: int, **_: Any) -> int:
        """Height in pixels of the features of an image ``height`` pixels high; the depth does not matter."""
        for _stage in range(4):
            height = -(-height // 2)  # padded pool, then three padded convolutions: each rounds up
        return height // 2  # the last pool rounds down

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Features [B, C, H', W / 4] of images [B, 3, H, W]; H' as ``output_height`` says."""
        x = self.conv1_3(self.conv1_2(self.conv1_1(x)))
        x = F.max_pool2d(x, kernel_size=3, stride=2, padding=1)
        for block in self.blocks:
            x = block(x)
        return F.max_pool2d(x, kernel_size=2, stride=2)
