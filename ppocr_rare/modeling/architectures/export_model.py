"""The network as it is exported: images in, probabilities out, the decoder's loop inside; and one step of it alone."""

from typing import Any

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppocr_rare.modeling.heads.rec_att_head import AttentionHead, DecoderInput, StepWeights
from ppocr_rare.modeling.heads.rec_att_loop import decode_in_graph


class _WithStepWeights(nn.Layer):
    """Has a head's ``StepWeights`` as weights of its own: no operators that every run of the export repeats."""

    def __init__(self, head: AttentionHead):
        super().__init__()
        for name, value in head.attention_cell.step_weights()._asdict().items():
            self.register_buffer(name, paddle.to_tensor(value.numpy()))

    def step_weights(self) -> StepWeights:
        return StepWeights(*(getattr(self, name) for name in StepWeights._fields))


class ExportModel(_WithStepWeights):
    """Wraps a trained network for ``paddle.jit``.

    Args:
        network: a ``BaseModel`` in eval mode with an ``AttentionHead``.
        stop_at_eos: end the decoder's loop when every word of the batch has ended.
        has_details: further outputs: the attention weights, what ``ExportStep`` decodes from and, of a network that
            rectifies, its fiducial points.
    """

    def __init__(self, network: nn.Layer, stop_at_eos: bool = True, has_details: bool = False):
        super().__init__(network.head)
        self.network = network
        self.stop_at_eos = stop_at_eos
        self.has_details = has_details

    def forward(self, x: paddle.Tensor) -> Any:
        """Probabilities [B, L, V] of images x [B, 3, H, W].

        With ``has_details`` also alpha [B, L, T], memory [B, T, C + hidden], and C' [B, K, 2] of a transform.
        """
        columns, points = self.network.encode_with_points(x)
        prepared = self.network.head.attention_cell.prepare(columns, self.step_weights())
        decoded = decode_in_graph(self.network.head, prepared, self.stop_at_eos, self.has_details)
        if not self.has_details:
            return decoded.probabilities
        memory = paddle.concat([prepared.columns, prepared.projected], axis=2)
        return (*decoded, memory) if points is None else (*decoded, memory, points)


class ExportStep(_WithStepWeights):
    """One step of a trained decoder for ``paddle.jit``; the state before the first is 0.

    Args:
        head: an ``AttentionHead`` in eval mode.
    """

    def __init__(self, head: AttentionHead):
        super().__init__(head)
        self.head = head

    def forward(
        self, memory: paddle.Tensor, state: paddle.Tensor, token: paddle.Tensor
    ) -> tuple[paddle.Tensor, paddle.Tensor, paddle.Tensor]:
        """What comes after a character.

        Args:
            memory: of the image, from ``ExportModel``, [N, T, C + hidden].
            state: after the step before, [N, hidden].
            token: class of the character before, int64 [N].

        Returns:
            Probabilities [N, V], the next state [N, hidden], and alpha [N, T].
        """
        cell, weights = self.head.attention_cell, self.step_weights()
        columns, projected = memory.split([cell.in_channels, cell.hidden_size], axis=2)
        prepared = DecoderInput(columns, projected, weights)
        state, alpha = cell(prepared, state, F.embedding(token, weights.token_gates))
        return F.softmax(self.head.generator(state), axis=1), state, alpha
