"""Loss of an attention decoder, and of columns that learn to name their characters."""

from collections.abc import Sequence
from typing import Literal

import paddle

from ppocr_rare.errors import ConfigError
from ppocr_rare.losses.rec_att_loss import AttentionLoss
from ppocr_rare.modeling.architectures.predictions import Predictions


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

    FIDUCIALS_PLACE = 4  # behind the columns

    def __init__(
        self,
        column_weight: float = 0.3,
        ignore_padding: bool = False,
        reduction: Literal["sum", "mean"] = "sum",
        label_smoothing: float = 0.0,
        fiducial_weight: float = 0.0,
        *,
        eos_id: int,
    ):
        super().__init__(ignore_padding, reduction, label_smoothing, fiducial_weight, eos_id=eos_id)
        if column_weight < 0:
            raise ConfigError(f"column_weight must be at least 0, got {column_weight}")
        self.column_weight = column_weight

    def _losses(self, given: Predictions, batch: Sequence[paddle.Tensor]) -> list[paddle.Tensor]:
        """Those of AttentionLoss, and that of the columns.

        Args:
            given: with ``column_logits`` [B, T, V].
            batch: images, labels [B, L], lengths, columns [B, T]: class ids, sos where no character stands.

        Raises:
            ValueError: labels and logits have different numbers of steps, or of columns.
        """
        losses = super()._losses(given, batch)
        if given.column_logits is None:
            return losses
        columns = batch[3].astype("int64")
        if columns.shape != given.column_logits.shape[:2]:
            shape = given.column_logits.shape
            raise ValueError(f"columns {columns.shape} do not fit logits {shape}: [B, T] and [B, T, V]")
        return [*losses, self.column_weight * self._cross_entropy(given.column_logits, columns).sum()]
