"""Loss of the attention decoder."""

import paddle.nn.functional as F
from paddle import nn


class AttentionLoss(nn.Layer):
    """Cross-entropy summed over the batch and all decoder steps.

    Targets are not shifted and the padding counts: step 0 learns sos, the steps behind eos learn sos (id 0).

    Source: PaddleOCR 2.8.1, losses/rec_att_loss.py, AttentionLoss.
    """

    def forward(self, logits, batch):
        """Loss of one batch.

        Args:
            logits: [B, L, V].
            batch: images, labels [B, L] (int64), and whatever follows.

        Returns:
            ``{"loss": scalar}``.

        Raises:
            ValueError: labels and logits have different numbers of steps.
        """
        labels = batch[1].astype("int64")
        if labels.shape != logits.shape[:2]:
            raise ValueError(f"labels {labels.shape} do not fit logits {logits.shape}: [B, L] and [B, L, V] are needed")
        return {"loss": F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")}
