"""Greedy decoding as a loop that is part of an exported graph, and that ends with the last word of the batch."""

from typing import NamedTuple

import numpy as np
import paddle
import paddle.nn.functional as F

# Probabilities of the steps that the loop leaves out are one-hot at eos, as float32: exp(-100) is 0 beside 1.
FILLER_LOGIT = -100.0


class Decoded(NamedTuple):
    """What the loop gives; steps behind the end of the batch's longest word hold eos and no attention."""

    probabilities: paddle.Tensor  # [B, L, V]
    attention: paddle.Tensor  # alpha, weight of each column at each step, [B, L, T]


def decode_in_graph(head, columns, weights, stop_at_eos=True, has_attention=False):
    """Decodes as ``AttentionHead`` does in eval mode; the loop is one operator of the traced graph.

    The form is the one that converters and engines can carry: counters are of shape [1]; every variable of the loop
    starts from the input, because equal constants are merged and two inputs of the loop would then be one; the
    condition compares two variables.

    Args:
        head: an ``AttentionHead`` in eval mode.
        columns: encoder columns [B, T, C].
        weights: the head's ``StepWeights``.
        stop_at_eos: end the loop when every word has ended; else after L steps.
        has_attention: give the attention weights, too.

    Returns:
        The probabilities [B, L, V] and, with ``has_attention``, the attention weights [B, L, T], else None.
    """
    cell, num_steps = head.attention_cell, head.num_steps
    prepared = cell.prepare(columns, weights)
    zero = columns[:, 0, 0] * 0.0  # [B]
    filler = np.full([1, num_steps, head.generator.weight.shape[1]], FILLER_LOGIT, dtype="float32")
    filler[:, :, head.eos_id] = 0.0
    positions = paddle.arange(num_steps, dtype="int64").reshape([1, -1, 1])

    def is_unfinished(step, *_):
        return step < num_steps

    def decode_step(step, state, token, ended, logits, attention):
        state, alpha = cell(prepared, state, F.embedding(token, weights.token_gates))
        is_now = positions == step
        step_logits = head.generator(state)  # [B, V]
        token = step_logits.argmax(axis=1)
        logits = paddle.where(is_now, step_logits.unsqueeze(1), logits)
        if has_attention:
            attention = paddle.where(is_now, alpha.unsqueeze(1), attention)
        if stop_at_eos:
            ended = paddle.maximum(ended, (token == head.eos_id).astype("int64"))
            step = step + num_steps * ended.min().reshape([1])
        return step + 1, state, token, ended, logits, attention

    first = zero.min().reshape([1]).astype("int64")
    start = [
        first,
        zero.unsqueeze(1) + paddle.zeros([1, cell.hidden_size]),
        zero.astype("int64") + head.sos_id,
        zero.astype("int64"),
        zero.reshape([-1, 1, 1]) + paddle.to_tensor(filler),
        zero.reshape([-1, 1, 1]) + paddle.zeros([1, num_steps, columns.shape[1]]),
    ]
    *_, logits, attention = paddle.static.nn.while_loop(is_unfinished, decode_step, start)
    return Decoded(F.softmax(logits, axis=2), attention if has_attention else None)
