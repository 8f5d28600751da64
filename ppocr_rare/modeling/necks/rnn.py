"""From a one-row feature map to a sequence of columns."""

from typing import Literal

import paddle
from paddle import ParamAttr, nn
from paddle.nn.initializer import Uniform
from paddle.regularizer import L2Decay


class Im2Seq(nn.Layer):
    """Makes columns of a feature map one pixel high; has no parameters."""

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Columns [B, T, C] of features [B, C, 1, T].

        Raises:
            ValueError: the features are more than one pixel high.
        """
        if x.shape[2] != 1:
            raise ValueError(f"the features are {x.shape[2]} pixels high, not 1: the images' height does not fit")
        return x.squeeze(2).transpose([0, 2, 1])


class EncoderWithRNN(nn.Layer):
    """Two bidirectional LSTM layers. Source: RARE, section 3.2.1."""

    def __init__(self, in_channels: int, hidden_size: int):
        super().__init__()
        self.lstm = nn.LSTM(in_channels, hidden_size, num_layers=2, direction="bidirectional")
        self.out_channels = 2 * hidden_size

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        columns, _ = self.lstm(x)
        return columns


class EncoderWithFC(nn.Layer):
    """One fully connected layer. Source: PaddleOCR 2.8.1, necks/rnn.py, EncoderWithFC."""

    def __init__(self, in_channels: int, hidden_size: int):
        super().__init__()
        bound = in_channels**-0.5

        def attribute() -> ParamAttr:
            return ParamAttr(initializer=Uniform(-bound, bound), regularizer=L2Decay(1e-5))

        self.fc = nn.Linear(in_channels, hidden_size, weight_attr=attribute(), bias_attr=attribute())
        self.out_channels = hidden_size

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        return self.fc(x)


ENCODERS: dict[str, type[EncoderWithRNN | EncoderWithFC]] = {"rnn": EncoderWithRNN, "fc": EncoderWithFC}


class SequenceEncoder(nn.Layer):
    """Reads the feature map as a sequence and gives every column its context.

    Args:
        encoder_type: "rnn" two bidirectional LSTM layers, "fc" a fully connected layer, "reshape" nothing.
        hidden_size: units of "rnn" (in each direction) or "fc".
        in_channels: channels of the features.

    Source: PaddleOCR 2.8.1, necks/rnn.py, SequenceEncoder.
    """

    def __init__(
        self, encoder_type: Literal["rnn", "fc", "reshape"] = "rnn", hidden_size: int = 48, *, in_channels: int
    ):
        super().__init__()
        self.encoder_reshape = Im2Seq()
        self.encoder = None
        self.out_channels = in_channels
        if encoder_type in ENCODERS:
            self.encoder = ENCODERS[encoder_type](in_channels, hidden_size)
            self.out_channels = self.encoder.out_channels

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Encoder columns [B, T, C] of features [B, C, 1, T]."""
        columns = self.encoder_reshape(x)
        return columns if self.encoder is None else self.encoder(columns)
