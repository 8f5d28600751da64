"""Greedy decoding as a loop that is part of an exported graph, and that ends with the last word of the batch."""

from typing import NamedTuple

import paddle
import paddle.nn.functional as F
from paddle import Tensor

from ppocr_rare.modeling.heads.rec_att_head import AttentionHead, DecoderInput

# Makes the probabilities of the steps that the loop leaves out one-hot at eos: exp(-200) is 0 beside 1 in float32.
EOS_LOGIT = 200.0


class Decoded(NamedTuple):
    """What the loop gives; steps behind the end of the batch's longest word hold eos and no attention."""

    probabilities: paddle.Tensor  # [B, L, V]
    attention: paddle.Tensor  # alpha, weight of each column at each step, [B, L, T]


def decode_in_graph(
    head: AttentionHead, prepared: DecoderInput, stop_at_eos: bool = True, has_attention: bool = False
) -> Decoded:
    """Decodes as ``AttentionHead`` does in eval mode; the loop is one operator of the traced graph.

    The form is the one that converters and engines can carry. The counter is of shape [1]. Every variable of the loop
    starts from the input: equal constants are merged, and two inputs of a loop would then be one. What ends the loop
    early raises the counter: with a limit among the loop's variables, Paddle Inference's oneDNN mode returns the
    variables as they were before the loop.

    Args:
        head: an ``AttentionHead`` in eval mode.
        prepared: of the encoder columns, from its cell.
        stop_at_eos: end the loop when every word has ended; else after L steps.
        has_attention: give the attention weights, too.

    Returns:
        The probabilities [B, L, V] and, with ``has_attention``, the attention weights [B, L, T], else None.
    """
    cell, num_steps = head.attention_cell, head.num_steps
    columns, weights = prepared.columns, prepared.weights
    zero = columns[:, 0, 0] * 0.0  # [B]
    positions = paddle.arange(num_steps, dtype="int64").reshape([1, -1, 1])

    def is_unfinished(step: Tensor, *_: Tensor) -> Tensor:
        return step < num_steps

    def decode_step(
        step: Tensor, state: Tensor, token: Tensor, ended: Tensor, logits: Tensor, attention: Tensor
    ) -> tuple[Tensor, ...]:
        state, alpha = cell(prepared, state, F.embedding(token, weights.token_gates))
        step_logits = head.generator(state)  # [B, V]
        token = step_logits.argmax(axis=1)
        is_now = (positions == step).astype("float32")
        logits = logits + is_now * step_logits.unsqueeze(1)
        if has_attention:
            attention = attention + is_now * alpha.unsqueeze(1)
        next_step = step + 1
        if stop_at_eos:
            ended = paddle.maximum(ended, (token == head.eos_id).astype("int64"))
            next_step = next_step + num_steps * ended.min(keepdim=True)
        return next_step, state, token, ended, logits, attention

    start = [
        zero.min(keepdim=True).astype("int64"),
        zero.unsqueeze(1) + paddle.zeros([1, cell.hidden_size]),
        zero.astype("int64") + head.sos_id,
        zero.astype("int64"),
        zero.reshape([-1, 1, 1]) + paddle.zeros([1, num_steps, head.generator.weight.shape[1]]),
        zero.reshape([-1, 1, 1]) + paddle.zeros([1, num_steps, columns.shape[1]]),
    ]
    end, _, _, _, logits, attention = paddle.static.nn.while_loop(is_unfinished, decode_step, start)
    # Not by where(): of `end` and `end - num_steps`, oneDNN's mode writes the second over the first.
    num_done = end - num_steps * (end > num_steps).astype("int64")
    is_left_out = (positions >= num_done).astype("float32")
    is_eos = F.one_hot(paddle.full([1, 1], head.eos_id, dtype="int64"), logits.shape[2])  # [1, 1, V]
    logits = logits + is_left_out * (EOS_LOGIT * is_eos)
    return Decoded(F.softmax(logits, axis=2), attention if has_attention else None)
