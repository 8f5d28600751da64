"""An attention decoder whose columns learn to name their characters, too."""

from typing import NamedTuple

import paddle
from paddle import nn

from ppocr_rare.modeling.heads.rec_att_head import AttentionHead


class ColumnLogits(NamedTuple):
    """What ``ColumnAttentionHead`` gives in training."""

    logits: paddle.Tensor  # of the decoder's steps, [B, L, V]
    column_logits: paddle.Tensor  # of the encoder's columns, [B, T, V]


class ColumnAttentionHead(AttentionHead):
    """``AttentionHead`` with a classifier of single columns, which helps a fresh network to begin.

    Attention learns little as long as columns say nothing, and columns learn little as long as the attention looks
    everywhere. Where it is known which character stands over a column (``LocateCharacters``), ``ColumnAttentionLoss``
    teaches the columns at once. Reading, evaluation and export are those of ``AttentionHead``.

    Args:
        hidden_size: see AttentionHead, as are all.
    """

    def __init__(
        self,
        hidden_size: int,
        teacher_forcing: bool = False,
        *,
        in_channels: int,
        out_channels: int,
        num_steps: int,
        sos_id: int,
        eos_id: int,
    ):
        super().__init__(
            hidden_size,
            teacher_forcing,
            in_channels=in_channels,
            out_channels=out_channels,
            num_steps=num_steps,
            sos_id=sos_id,
            eos_id=eos_id,
        )
        self.column_classifier = nn.Linear(in_channels, out_channels)

    def forward(self, columns, targets=None, stop_at_eos=False):
        """Decodes encoder columns [B, T, C].

        Returns:
            In eval mode probabilities [B, L, V]; in train mode ``ColumnLogits``.
        """
        decoded = super().forward(columns, targets, stop_at_eos)
        return ColumnLogits(decoded, self.column_classifier(columns)) if self.training else decoded
