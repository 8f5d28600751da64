"""What a network gives in training beside the logits."""

from typing import NamedTuple

import paddle


class Predictions(NamedTuple):
    """What the losses look at; None for what was not asked for."""

    logits: paddle.Tensor | None  # of the decoder's steps, [B, L, V]
    column_logits: paddle.Tensor | None = None  # of the backbone's columns, [B, T, V]
    fiducials: paddle.Tensor | None = None  # C' of the transform, [B, K, 2], (x, y)
