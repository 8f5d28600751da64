"""The network that finds the fiducial points of a word, and where they lie at the start."""

import paddle
import paddle.nn.functional as F
from paddle import ParamAttr, nn
from paddle.nn.initializer import Assign, Constant, Uniform

from ppocr_rare.modeling.layers import ConvBN
from ppocr_rare.utils.thin_plate import base_fiducials, slanted_fiducials

# Part of the gradient that passes where a unit of fc1 is off, with ``keep_alive``.
LEAK = 0.1

# Where the fiducial points of a fresh model lie, by the name that a configuration gives.
INITIAL_FIDUCIALS = {"slanted": slanted_fiducials, "identity": base_fiducials}


class LocalizationNetwork(nn.Layer):
    """Finds the fiducial points of a word.

    Args:
        in_channels: channels of the image.
        num_fiducial: K, even.
        loc_lr: factor on the learning rate of ``fc1.weight`` and of ``fc2``.
        model_name: "large" or "small", the widths of the four convolutions.
        initial_fiducials: a name of ``INITIAL_FIDUCIALS``.
        keep_alive: see ``TPS``.

    Source: RARE, section 3.1.1; widths and factors: PaddleOCR 2.8.1, transforms/tps.py, LocalizationNetwork.
    """

    def __init__(
        self,
        in_channels: int,
        num_fiducial: int,
        loc_lr: float,
        model_name: str,
        initial_fiducials: str,
        keep_alive: bool,
    ):
        super().__init__()
        self.num_fiducial = num_fiducial
        self.keep_alive = keep_alive
        widths, fc_width = ((64, 128, 256, 512), 256) if model_name == "large" else ((16, 32, 64, 128), 64)
        self.convs = []
        for index, width in enumerate(widths):
            conv = ConvBN(in_channels, width, kernel_size=3, activation=F.relu)
            self.convs.append(self.add_sublayer(f"loc_conv{index}", conv))
            in_channels = width
        bound = in_channels**-0.5
        self.fc1 = nn.Linear(
            in_channels, fc_width, weight_attr=ParamAttr(initializer=Uniform(-bound, bound), learning_rate=loc_lr)
        )
        # Zero weights: a fresh model begins at the same fiducial points for every image.
        start = INITIAL_FIDUCIALS[initial_fiducials](num_fiducial).reshape(-1).astype("float32")
        self.fc2 = nn.Linear(
            fc_width,
            2 * num_fiducial,
            weight_attr=ParamAttr(initializer=Constant(0.0), learning_rate=loc_lr),
            bias_attr=ParamAttr(initializer=Assign(start), learning_rate=loc_lr),
        )

    def forward(self, images: paddle.Tensor) -> paddle.Tensor:
        """Fiducial points C' [B, K, 2], (x, y), of images [B, C, H, W]."""
        return self.fc2(self.units(images)).reshape([-1, self.num_fiducial, 2])

    def units(self, images: paddle.Tensor) -> paddle.Tensor:
        """What fc1 makes of images, [B, F], at least 0: all that the points know of them."""
        x = images
        for conv in self.convs[:-1]:
            x = F.max_pool2d(conv(x), kernel_size=2, stride=2)
        x = F.adaptive_avg_pool2d(self.convs[-1](x), 1).flatten(1)
        x = self.fc1(x)
        if self.training and self.keep_alive:  # the values of ReLU, with another gradient
            leaky = F.leaky_relu(x, LEAK)
            return leaky + (F.relu(x) - leaky).detach()
        return F.relu(x)

    @paddle.no_grad()
    def is_dead(self, images: paddle.Tensor) -> bool:
        """Whether no unit of fc1 rises above 0 for any of the images [B, C, H, W], as they are read.

        Then every image has the same points, and ReLU passes no gradient by which that could change.
        """
        was_training = self.training
        self.eval()
        try:
            return not bool((self.units(images) > 0).any())
        finally:
            if was_training:
                self.train()
