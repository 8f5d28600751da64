"""Attention decoder: one character a step, from the encoder columns it looks at (RARE, section 3.2.2)."""

from typing import NamedTuple

import paddle
import paddle.nn.functional as F
from paddle import nn


class StepWeights(NamedTuple):
    """The parameters of a decoder step in the form that a step multiplies by; they depend on no input."""

    token_gates: paddle.Tensor  # each class's share in the GRU's gates, with the input bias, [V, 3 hidden]
    context_weight: paddle.Tensor  # the context's share in the GRU's gates, [C, 3 hidden]
    state_weight: paddle.Tensor  # what is made of the state: attention query, then GRU gates, [hidden, 4 hidden]
    state_bias: paddle.Tensor  # [4 hidden]


class DecoderInput(NamedTuple):
    """What stays the same through all decoder steps of a batch."""

    columns: paddle.Tensor  # [B, T, C]
    projected: paddle.Tensor  # the columns as the attention compares them, [B, T, hidden]
    weights: StepWeights


def _transposed(weight: paddle.Tensor) -> paddle.Tensor:
    """A parameter [out, in] as [in, out].

    The copy lets its gradient be dense. That of a bare transpose is a view with its own strides, which Paddle's
    DataParallel adds up over the ranks as if it had none.
    """
    return paddle.assign(weight).t()


class AttentionGRUCell(nn.Layer):
    """One decoder step: attention over the columns, then a gated recurrent unit.

    Parameters and results are those of PaddleOCR's cell. The arithmetic is the same, done less often: columns are
    projected once instead of at every step, and the product of a one-hot vector with a matrix is a look-up.

    Args:
        in_channels: C, channels of a column.
        hidden_size: size of the state.
        num_classes: V.

    Source: RARE, equations 5 to 8; PaddleOCR 2.8.1, heads/rec_att_head.py, AttentionGRUCell.
    Differs: 16.
    """

    def __init__(self, in_channels: int, hidden_size: int, num_classes: int):
        super().__init__()
        self.in_channels = in_channels
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(in_channels, hidden_size, bias_attr=False)
        self.h2h = nn.Linear(hidden_size, hidden_size)
        self.score = nn.Linear(hidden_size, 1, bias_attr=False)
        self.rnn = nn.GRUCell(in_channels + num_classes, hidden_size)

    def step_weights(self) -> StepWeights:
        """The parameters as ``forward`` needs them."""
        input_weight = _transposed(self.rnn.weight_ih)  # [C + V, 3 hidden]
        return StepWeights(
            token_gates=input_weight[self.in_channels :] + self.rnn.bias_ih,
            context_weight=input_weight[: self.in_channels],
            state_weight=paddle.concat([self.h2h.weight, _transposed(self.rnn.weight_hh)], axis=1),
            state_bias=paddle.concat([self.h2h.bias, self.rnn.bias_hh]),
        )

    def prepare(self, columns: paddle.Tensor, weights: StepWeights | None = None) -> DecoderInput:
        """The part of the arithmetic that no step changes.

        Args:
            columns: [B, T, C].
            weights: what ``step_weights`` gave, where it is known already.
        """
        return DecoderInput(columns, self.i2h(columns), weights or self.step_weights())

    def forward(
        self, prepared: DecoderInput, state: paddle.Tensor, token_gates: paddle.Tensor
    ) -> tuple[paddle.Tensor, paddle.Tensor]:
        """The next state.

        Args:
            prepared: what ``prepare`` gave.
            state: [B, hidden].
            token_gates: rows of ``prepared.weights.token_gates`` of the characters before, [B, 3 hidden].

        Returns:
            The next state [B, hidden] and the attention weights [B, T].
        """
        hidden = self.hidden_size
        from_state = paddle.matmul(state, prepared.weights.state_weight) + prepared.weights.state_bias
        query, state_gates, state_candidate = from_state.split([hidden, 2 * hidden, hidden], axis=1)
        energy = self.score(paddle.tanh(prepared.projected + query.unsqueeze(1))).squeeze(2)  # [B, T]
        alpha = F.softmax(energy, axis=1)
        context = paddle.matmul(alpha.unsqueeze(1), prepared.columns).squeeze(1)  # g, [B, C]
        from_input = paddle.matmul(context, prepared.weights.context_weight) + token_gates
        input_gates, input_candidate = from_input.split([2 * hidden, hidden], axis=1)

        reset, update = F.sigmoid(input_gates + state_gates).split(2, axis=1)
        candidate = paddle.tanh(input_candidate + reset * state_candidate)
        return candidate + update * (state - candidate), alpha


class AttentionHead(nn.Layer):
    """Decodes greedily: at each step the most probable character of the step before is fed back.

    It does so in training too, as PaddleOCR does for RARE, unless ``teacher_forcing`` is on.

    Args:
        hidden_size: size of the decoder's state.
        teacher_forcing: in training, feed the label's character of the step before instead.
        in_channels: C, channels of an encoder column.
        out_channels: V, classes: sos, the characters, eos.
        num_steps: L, decoder steps.
        sos_id: class that is fed at the first step.
        eos_id: class that ends a sequence.

    Source: PaddleOCR 2.8.1, heads/rec_att_head.py, AttentionHead.
    Differs: 6, 8, 16.
    """

    INERT_KEYS = frozenset({"l2_decay"})

    def __init__(
        self,
        hidden_size: int,
        teacher_forcing: bool = False,
        *,
        in_channels: int,
        out_channels: int,
        num_steps: int,
        sos_id: int,
        eos_id: int,
    ):
        super().__init__()
        self.teacher_forcing = teacher_forcing
        self.num_steps = num_steps
        self.sos_id = sos_id
        self.eos_id = eos_id
        self.attention_cell = AttentionGRUCell(in_channels, hidden_size, out_channels)
        self.generator = nn.Linear(hidden_size, out_channels)

    def forward(
        self, columns: paddle.Tensor, targets: paddle.Tensor | None = None, stop_at_eos: bool = False
    ) -> paddle.Tensor:
        """Decodes encoder columns [B, T, C].

        Args:
            columns: [B, T, C].
            targets: labels, ids [B, L]. Used in train mode with ``teacher_forcing`` only, and then needed.
            stop_at_eos: end as soon as every sequence of the batch has had its end token. The steps that are done
                are the same; those left out lie behind the end of every word. Without effect on teacher forcing.

        Returns:
            [B, L, V]: probabilities in eval mode, logits in train mode. With ``stop_at_eos`` L may be smaller.

        Raises:
            ValueError: targets are needed and not given.
        """
        prepared = self.attention_cell.prepare(columns)
        state = paddle.zeros([columns.shape[0], self.attention_cell.hidden_size], dtype=columns.dtype)
        if self.training and self.teacher_forcing:
            if targets is None:
                raise ValueError("teacher forcing needs targets in train mode")
            return self._follow(targets, prepared, state)
        logits = self._decode(prepared, state, stop_at_eos)
        return logits if self.training else F.softmax(logits, axis=2)

    def _decode(self, prepared: DecoderInput, state: paddle.Tensor, stop_at_eos: bool) -> paddle.Tensor:
        """Logits [B, L, V]; each step is fed what the step before found most probable."""
        batch_size = state.shape[0]
        token = paddle.full([batch_size], self.sos_id, dtype="int64")
        has_ended = paddle.zeros([batch_size], dtype="bool")
        steps = []
        for _ in range(self.num_steps):
            state, _weights = self.attention_cell(prepared, state, F.embedding(token, prepared.weights.token_gates))
            logits = self.generator(state)  # [B, V]
            steps.append(logits)
            token = logits.argmax(axis=1)
            if stop_at_eos:
                has_ended = has_ended | (token == self.eos_id)
                if bool(has_ended.all()):
                    break
        return paddle.stack(steps, axis=1)  # [B, L, V]

    def _follow(self, targets: paddle.Tensor, prepared: DecoderInput, state: paddle.Tensor) -> paddle.Tensor:
        """Logits [B, L, V]; step t is fed the target of step t - 1, never its own: that would only have to be copied.

        Nothing has to be decided between the steps, so what lies outside the recurrence is done once for all of them.
        """
        targets = targets.astype("int64")
        tokens = paddle.concat([paddle.full_like(targets[:, :1], self.sos_id), targets[:, :-1]], axis=1)  # [B, L]
        states = []
        for token_gates in F.embedding(tokens, prepared.weights.token_gates).unbind(axis=1):  # [B, 3 hidden] each
            state, _weights = self.attention_cell(prepared, state, token_gates)
            states.append(state)
        return self.generator(paddle.stack(states, axis=1))
