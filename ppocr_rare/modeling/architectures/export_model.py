"""The network as it is exported: images in, probabilities out, the decoder's loop inside."""

from typing import Any

import paddle
from paddle import nn

from ppocr_rare.modeling.heads.rec_att_head import StepWeights
from ppocr_rare.modeling.heads.rec_att_loop import decode_in_graph


class ExportModel(nn.Layer):
    """Wraps a trained network for ``paddle.jit``.

    Args:
        network: a ``BaseModel`` in eval mode with an ``AttentionHead``.
        stop_at_eos: end the decoder's loop when every word of the batch has ended.
        has_attention: a second output, the attention weights.
    """

    def __init__(self, network: nn.Layer, stop_at_eos: bool = True, has_attention: bool = False):
        super().__init__()
        self.network = network
        self.stop_at_eos = stop_at_eos
        self.has_attention = has_attention
        # Made here, they are weights of the exported model and not operators that every run repeats.
        for name, value in network.head.attention_cell.step_weights()._asdict().items():
            self.register_buffer(name, paddle.to_tensor(value.numpy()))

    def forward(self, x: paddle.Tensor) -> Any:
        """Probabilities [B, L, V] of images x [B, 3, H, W]; with ``has_attention`` also alpha [B, L, T]."""
        weights = StepWeights(*(getattr(self, name) for name in StepWeights._fields))
        columns = self.network.encode(x)
        decoded = decode_in_graph(self.network.head, columns, weights, self.stop_at_eos, self.has_attention)
        return tuple(decoded) if self.has_attention else decoded.probabilities
