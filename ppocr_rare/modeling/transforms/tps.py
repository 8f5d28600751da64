"""Rectification by a thin-plate spline (RARE, section 3.1).

A small network finds K fiducial points along the upper and lower edge of the word; a thin-plate spline carries the
points of an upright image to them; the image is sampled there.
"""

import contextlib
from typing import Literal

import paddle
import paddle.nn.functional as F
from paddle import ParamAttr, nn
from paddle.nn.initializer import Constant

from ppocr_rare.modeling.transforms.localization import LocalizationNetwork
from ppocr_rare.utils.thin_plate import spline_basis


class GridGenerator(nn.Layer):
    """Makes the sampling grid from the fiducial points.

    ``fc`` would give the three affine rows of the spline's system. It is zero and has learning rate 0, as the paper's
    system wants; it is here because checkpoints hold it.

    Args:
        num_fiducial: K, even.

    Source: RARE, section 3.1.2; ``fc``: PaddleOCR 2.8.1, transforms/tps.py, GridGenerator.
    """

    def __init__(self, num_fiducial: int):
        super().__init__()
        self.num_fiducial = num_fiducial
        frozen = {"initializer": Constant(0.0), "learning_rate": 0.0}
        self.fc = nn.Linear(2 * num_fiducial, 6, weight_attr=ParamAttr(**frozen), bias_attr=ParamAttr(**frozen))

    def basis(self, height: int, width: int) -> paddle.Tensor:
        """The constant of ``spline_basis`` for this size, float32 [N, K + 3]: made once, kept beside the weights."""
        name = f"basis_{height}x{width}"
        if name not in self._buffers:
            value = spline_basis(self.num_fiducial, height, width).astype("float32")
            self.register_buffer(name, paddle.to_tensor(value), persistable=False)
        return self._buffers[name]

    def forward(self, fiducials: paddle.Tensor, height: int, width: int) -> paddle.Tensor:
        """Sampling points [B, N, 2], (x, y), of an image of ``height`` × ``width`` pixels; fiducials [B, K, 2]."""
        affine = self.fc(fiducials.flatten(1)).reshape([-1, 3, 2]).detach()
        basis = self.basis(height, width)
        of_fiducials, of_affine = basis[:, : self.num_fiducial], basis[:, self.num_fiducial :]
        # Half precision would put a point up to half a pixel beside where it belongs.
        is_float32 = paddle.amp.auto_cast(enable=False) if paddle.in_dynamic_mode() else contextlib.nullcontext()
        with is_float32:
            return paddle.matmul(of_fiducials, fiducials.astype("float32")) + paddle.matmul(of_affine, affine)


class TPS(nn.Layer):
    """Rectifies images by a thin-plate spline; the size stays.

    Args:
        num_fiducial: K, even, at least 6.
        loc_lr: factor on the learning rate of the localization network's fully connected layers.
        model_name: size of the localization network.
        initial_fiducials: where a fresh model looks: "slanted", on the paper's slanted lines, which shear and crop the
            image, or "identity", on its upper and lower edge, which leave it as it is.
        keep_alive: in training a part of the gradient, ``LEAK``, passes where a unit of the localization network's fc1
            is off, so that one that never comes on any more can learn to; what the network computes is the same.
        in_channels: channels of the image.

    Source: RARE, section 3.1; PaddleOCR 2.8.1, transforms/tps.py, TPS.
    Differs: 1, 16, 17.
    """

    def __init__(
        self,
        num_fiducial: int = 20,
        loc_lr: float = 0.1,
        model_name: Literal["large", "small"] = "large",
        initial_fiducials: Literal["slanted", "identity"] = "slanted",
        keep_alive: bool = False,
        *,
        in_channels: int = 3,
    ):
        super().__init__()
        self.loc_net = LocalizationNetwork(
            in_channels, num_fiducial, loc_lr, model_name, initial_fiducials, keep_alive
        )
        self.grid_generator = GridGenerator(num_fiducial)
        self.out_channels = in_channels

    def forward(self, images: paddle.Tensor) -> paddle.Tensor:
        """Rectified images, same shape as ``images`` [B, C, H, W]; what lies outside the image is 0."""
        return self.rectify(images, self.loc_net(images))

    def rectify(self, images: paddle.Tensor, fiducials: paddle.Tensor) -> paddle.Tensor:
        """The same with fiducial points [B, K, 2], (x, y), that are known."""
        height, width = images.shape[2:]
        grid = self.grid_generator(fiducials, height, width)  # [B, N, 2]
        if self.training and images.stop_gradient and not grid.stop_gradient:
            # Paddle's grid_sample crashes in its backward pass when the image asks for no gradient.
            images = images.detach()
            images.stop_gradient = False
        return F.grid_sample(images, grid.reshape([-1, height, width, 2]))
