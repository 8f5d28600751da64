"""Loss of an attention decoder, and of columns that learn to name their characters."""

from collections.abc import Sequence
from typing import Literal

import paddle

from ppocr_rare.errors import ConfigError
from ppocr_rare.losses.rec_att_loss import AttentionLoss
from ppocr_rare.modeling.heads.rec_column_classifier import ColumnLogits


class ColumnAttentionLoss(AttentionLoss):
    """``AttentionLoss``, and the cross-entropy of the backbone's columns with the characters that stand over them.

    The columns' losses are added up, weighted, to those of the decoder's steps before these are reduced.

    Args:
        column_weight: weight of a column beside a step of the decoder, at least 0. An image has a column for each four
            pixels of its width.
        ignore_padding: see AttentionLoss, as are all others; it concerns the steps alone.

    Raises:
        ConfigError: ``column_weight`` is negative, or as AttentionLoss.
    """

    def __init__(
        self,
        column_weight: float = 0.3,
        ignore_padding: bool = False,
        reduction: Literal["sum", "mean"] = "sum",
        label_smoothing: float = 0.0,
        *,
        eos_id: int,
    ):
        super().__init__(ignore_padding, reduction, label_smoothing, eos_id=eos_id)
        if column_weight < 0:
            raise ConfigError(f"column_weight must be at least 0, got {column_weight}")
        self.column_weight = column_weight

    def forward(self, predictions: ColumnLogits, batch: Sequence[paddle.Tensor]) -> dict[str, paddle.Tensor]:
        """Loss of one batch.

        Args:
            predictions: ``ColumnLogits``: of the steps [B, L, V] and of the columns [B, T, V].
            batch: images, labels [B, L], lengths, columns [B, T]: class ids, sos where no character stands.

        Returns:
            ``{"loss": scalar}``.

        Raises:
            ValueError: labels and logits have different numbers of steps, or of columns.
        """
        logits, column_logits = predictions
        columns = batch[3].astype("int64")
        if columns.shape != column_logits.shape[:2]:
            raise ValueError(f"columns {columns.shape} do not fit logits {column_logits.shape}: [B, T] and [B, T, V]")
        loss = super().forward(logits, batch)["loss"]
        column_losses = self._cross_entropy(column_logits, columns).sum()
        return {"loss": loss + self._reduce(self.column_weight * column_losses, batch[1].astype("int64"))}
