"""RARE: four stages in a row."""

from typing import Any

import paddle
from paddle import nn

from ppocr_rare.modeling.architectures.predictions import Predictions


class BaseModel(nn.Layer):
    """Joins the stages under the attribute names of PaddleOCR's checkpoints.

    Args:
        transform: rectifies images, or None.
        backbone: images [B, 3, H, W] to features [B, C, 1, T].
        neck: features to encoder columns [B, T, C].
        head: columns to characters [B, L, V].
        column_classifier: features to characters [B, T, V], in training alone; or None.
        has_fiducials: gives the transform's fiducial points beside the logits, in training alone.

    Source: RARE, figure 2; PaddleOCR 2.8.1, architectures/base_model.py, BaseModel.
    """

    def __init__(
        self,
        transform: nn.Layer | None,
        backbone: nn.Layer,
        neck: nn.Layer,
        head: nn.Layer,
        column_classifier: nn.Layer | None = None,
        has_fiducials: bool = False,
    ):
        super().__init__()
        self.transform = transform
        self.backbone = backbone
        self.neck = neck
        self.head = head
        self.column_classifier = column_classifier
        self.has_fiducials = has_fiducials

    def forward(self, images: paddle.Tensor, targets: paddle.Tensor | None = None, stop_at_eos: bool = False) -> Any:
        """Reads words.

        Args:
            images: [B, 3, H, W], values in [-1, 1], padded on the right with 0.
            targets: labels, ids [B, L], for a head that is trained with teacher forcing.
            stop_at_eos: decode only until every word of the batch has ended (the text is the same).

        Returns:
            [B, L, V]: probabilities in eval mode, logits in train mode: as ``Predictions`` where more is asked for.
        """
        features, points = self._look(images)
        decoded = self.head(self.neck(features), targets, stop_at_eos)
        if not self.training or (self.column_classifier is None and not self.has_fiducials):
            return decoded
        columns = None if self.column_classifier is None else self.column_classifier(features)
        return Predictions(decoded, columns, points if self.has_fiducials else None)

    def localize(self, images: paddle.Tensor) -> Predictions:
        """The transform's fiducial points alone: a tenth of the work of ``forward``."""
        if self.transform is None:
            raise ValueError("a network without a transform has no fiducial points")
        return Predictions(None, fiducials=self.transform.loc_net(images))

    def encode(self, images: paddle.Tensor) -> paddle.Tensor:
        """Encoder columns [B, T, C] of images [B, 3, H, W]: all that is done before the first character."""
        return self.encode_with_points(images)[0]

    def encode_with_points(self, images: paddle.Tensor) -> tuple[paddle.Tensor, paddle.Tensor | None]:
        """The columns, and the fiducial points [B, K, 2] that the transform found; None without a transform."""
        features, points = self._look(images)
        return self.neck(features), points

    def _look(self, images: paddle.Tensor) -> tuple[paddle.Tensor, paddle.Tensor | None]:
        """Features [B, C, 1, T] of images [B, 3, H, W], and the fiducial points."""
        if self.transform is None:
            return self.backbone(images), None
        points = self.transform.loc_net(images)
        return self.backbone(self.transform.rectify(images, points)), points
