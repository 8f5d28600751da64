"""Loss of the attention decoder."""

from collections.abc import Sequence
from typing import Literal

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppocr_rare.errors import ConfigError
from ppocr_rare.losses.fiducial_distance import fiducial_distances
from ppocr_rare.modeling.architectures.predictions import Predictions


class AttentionLoss(nn.Layer):
    """Cross-entropy, by default summed over the batch and all decoder steps as PaddleOCR does.

    Targets are not shifted and the padding counts: step 0 learns sos, and so do those behind eos, which sos pads.

    Args:
        ignore_padding: the steps behind eos do not count; those from sos to eos do.
        reduction: the sum over the steps that count, or their mean: then the loss, and with it the learning rate that
            fits, depends neither on the size of the batch nor on the length of its words.
        label_smoothing: part of the probability that is taken from the right class and spread evenly over all V
            classes, in [0, 1).
        fiducial_weight: weight of a word's distance beside a step of the decoder, at least 0; above 0 the points of
            the localization network are taught, too: how far they lie from those of ``LocateFiducials``, in image
            heights, is added up to the losses of the steps before these are reduced.
        eos_id: class that ends a word.

    Raises:
        ConfigError: ``label_smoothing`` is outside [0, 1), or ``fiducial_weight`` is negative.

    Source: PaddleOCR 2.8.1, losses/rec_att_loss.py, AttentionLoss. Label smoothing: Szegedy et al., "Rethinking the
        Inception architecture for computer vision", section 7.
    """

    FIDUCIALS_PLACE = 3  # in a batch

    def __init__(
        self,
        ignore_padding: bool = False,
        reduction: Literal["sum", "mean"] = "sum",
        label_smoothing: float = 0.0,
        fiducial_weight: float = 0.0,
        *,
        eos_id: int,
    ):
        super().__init__()
        if not 0 <= label_smoothing < 1:
            raise ConfigError(f"label_smoothing must be at least 0 and below 1, got {label_smoothing}")
        if fiducial_weight < 0:
            raise ConfigError(f"fiducial_weight must be at least 0, got {fiducial_weight}")
        self.ignore_padding = ignore_padding
        self.reduction = reduction
        self.label_smoothing = label_smoothing
        self.fiducial_weight = fiducial_weight
        self.eos_id = eos_id

    def forward(
        self, predictions: paddle.Tensor | Predictions, batch: Sequence[paddle.Tensor]
    ) -> dict[str, paddle.Tensor]:
        """Loss of one batch.

        Args:
            predictions: logits [B, L, V], or what a network gives beside them; what it does not give is not learnt.
            batch: images, labels [B, L] (int64), lengths and, at ``FIDUCIALS_PLACE`` with a ``fiducial_weight``, the
                points wanted, float32 [B, K, 2].

        Returns:
            ``{"loss": scalar}``.

        Raises:
            ValueError: labels and logits have different numbers of steps.
        """
        given = predictions if isinstance(predictions, Predictions) else Predictions(predictions)
        return {"loss": self._reduce(paddle.add_n(self._losses(given, batch)), batch[1].astype("int64"))}

    def _losses(self, given: Predictions, batch: Sequence[paddle.Tensor]) -> list[paddle.Tensor]:
        """What is added up, before it is reduced: a scalar for each kind of thing that is learnt."""
        losses = []
        if given.logits is not None:
            losses.append(self._loss_of_steps(given.logits, batch[1].astype("int64")))
        if self.fiducial_weight and given.fiducials is not None:
            height, width = batch[0].shape[2:]
            distances = fiducial_distances(given.fiducials, batch[self.FIDUCIALS_PLACE], height, width)
            losses.append(self.fiducial_weight * distances.sum())
        return losses

    def _loss_of_steps(self, logits: paddle.Tensor, labels: paddle.Tensor) -> paddle.Tensor:
        if labels.shape != logits.shape[:2]:
            raise ValueError(f"labels {labels.shape} do not fit logits {logits.shape}: [B, L] and [B, L, V] are needed")
        losses = self._cross_entropy(logits, labels)  # [B, L]
        if self.ignore_padding:
            losses = losses * self._counts(labels)
        return losses.sum()

    def _cross_entropy(self, logits: paddle.Tensor, labels: paddle.Tensor) -> paddle.Tensor:
        """Of each label, smoothed: [B, n] of logits [B, n, V] and labels [B, n]."""
        losses = F.cross_entropy(logits, labels.unsqueeze(2), reduction="none").squeeze(2)
        if self.label_smoothing:
            even = -F.log_softmax(logits, axis=2).mean(axis=2)  # cross-entropy with all classes equally likely
            losses = (1 - self.label_smoothing) * losses + self.label_smoothing * even
        return losses

    def _reduce(self, total: paddle.Tensor, labels: paddle.Tensor) -> paddle.Tensor:
        """The loss of a batch whose losses add up to ``total``."""
        return total if self.reduction == "sum" else total / self._counts(labels).sum()

    def weights(self, batches: Sequence[Sequence[paddle.Tensor]]) -> list[float]:
        """Factors of the losses of batches, by which their sum is the loss of all the batches taken as one.

        Args:
            batches: each as ``forward`` takes it.
        """
        if self.reduction == "sum":
            return [1.0] * len(batches)
        sizes = [self._size(batch) for batch in batches]
        return [size / sum(sizes) for size in sizes]

    def rank_weight(self, batches: Sequence[Sequence[paddle.Tensor]]) -> float:
        """What the batches of a rank count beside those of the others, of which each has its own.

        Of sums the ranks' average is taken, as PaddleOCR does.
        """
        return 1.0 if self.reduction == "sum" else sum(self._size(batch) for batch in batches)

    def _size(self, batch: Sequence[paddle.Tensor]) -> float:
        """Number of steps that count."""
        return float(self._counts(batch[1].astype("int64")).sum())

    def _counts(self, labels: paddle.Tensor) -> paddle.Tensor:
        """1 where a step counts, [B, L]."""
        if not self.ignore_padding:
            return paddle.ones(labels.shape)
        is_eos = (labels == self.eos_id).astype("int64")
        return (is_eos.cumsum(axis=1) - is_eos == 0).astype("float32")  # no eos lies before
