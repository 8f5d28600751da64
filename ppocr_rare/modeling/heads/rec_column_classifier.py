"""A classifier of single columns, which helps a fresh network to begin."""

import paddle
from paddle import nn

from ppocr_rare.modeling.necks.rnn import Im2Seq


class ColumnClassifier(nn.Layer):
    """Says which character stands over each column of the backbone's features; for training alone.

    Attention learns little as long as columns say nothing, and columns learn little as long as the attention looks
    everywhere. Where it is known which character stands over a column (``LocateCharacters``), ``ColumnAttentionLoss``
    teaches the backbone at once, with neither the BiLSTM nor the decoder in between.

    Args:
        in_channels: channels of the features.
        out_channels: V, classes with sos, which stands for "no character", and eos.
    """

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.reshape = Im2Seq()
        self.fc = nn.Linear(in_channels, out_channels)

    def forward(self, features: paddle.Tensor) -> paddle.Tensor:
        """Logits [B, T, V] of features [B, C, 1, T]."""
        return self.fc(self.reshape(features))
