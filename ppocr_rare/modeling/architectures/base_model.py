"""RARE: four stages in a row."""

from typing import Any

import paddle
from paddle import nn

from ppocr_rare.modeling.heads.rec_column_classifier import ColumnLogits


class BaseModel(nn.Layer):
    """Joins the stages under the attribute names of PaddleOCR's checkpoints.

    Args:
        transform: rectifies images, or None.
        backbone: images [B, 3, H, W] to features [B, C, 1, T].
        neck: features to encoder columns [B, T, C].
        head: columns to characters [B, L, V].
        column_classifier: features to characters [B, T, V], in training alone; or None.

    Source: RARE, figure 2; PaddleOCR 2.8.1, architectures/base_model.py, BaseModel.
    """

    def __init__(
        self,
        transform: nn.Layer | None,
        backbone: nn.Layer,
        neck: nn.Layer,
        head: nn.Layer,
        column_classifier: nn.Layer | None = None,
    ):
        super().__init__()
        self.transform = transform
        self.backbone = backbone
        self.neck = neck
        self.head = head
        self.column_classifier = column_classifier

    def forward(self, images: paddle.Tensor, targets: paddle.Tensor | None = None, stop_at_eos: bool = False) -> Any:
        """Reads words.

        Args:
            images: [B, 3, H, W], values in [-1, 1], padded on the right with 0.
            targets: labels, ids [B, L], for a head that is trained with teacher forcing.
            stop_at_eos: decode only until every word of the batch has ended (the text is the same).

        Returns:
            [B, L, V]: probabilities in eval mode, logits in train mode: ``ColumnLogits`` with a column classifier.
        """
        features = self._look(images)
        decoded = self.head(self.neck(features), targets, stop_at_eos)
        if self.training and self.column_classifier is not None:
            return ColumnLogits(decoded, self.column_classifier(features))
        return decoded

    def encode(self, images: paddle.Tensor) -> paddle.Tensor:
        """Encoder columns [B, T, C] of images [B, 3, H, W]: all that is done before the first character."""
        return self.neck(self._look(images))

    def encode_with_points(self, images: paddle.Tensor) -> tuple[paddle.Tensor, paddle.Tensor | None]:
        """The columns, and the fiducial points [B, K, 2] that the transform found; None without a transform."""
        if self.transform is None:
            return self.encode(images), None
        points = self.transform.loc_net(images)
        return self.neck(self.backbone(self.transform.rectify(images, points))), points

    def _look(self, images: paddle.Tensor) -> paddle.Tensor:
        """Features [B, C, 1, T] of images [B, 3, H, W]."""
        return self.backbone(images if self.transform is None else self.transform(images))
