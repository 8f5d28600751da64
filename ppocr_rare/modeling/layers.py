"""Building blocks that more than one stage uses."""

from collections.abc import Callable

import paddle
from paddle import nn


class ConvBN(nn.Layer):
    """Convolution without bias, padded to keep the size at stride 1, then batch normalisation.

    The attribute names ``conv`` and ``bn`` are those of PaddleOCR's checkpoints.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: side of the square kernel in pixels, odd.
        stride: one number, or (vertical, horizontal).
        groups: channel groups; ``in_channels`` makes a depthwise convolution.
        activation: a function applied last, such as ``paddle.nn.functional.relu``; None leaves it out.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int | tuple[int, int] = 1,
        groups: int = 1,
        activation: Callable | None = None,
    ):
        super().__init__()
        self.conv = nn.Conv2D(
            in_channels, out_channels, kernel_size, stride, (kernel_size - 1) // 2, groups=groups, bias_attr=False
        )
        self.bn = nn.BatchNorm2D(out_channels)
        self.activation = activation

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        x = self.bn(self.conv(x))
        return self.activation(x) if self.activation else x
