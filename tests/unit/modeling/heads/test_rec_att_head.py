"""The attention decoder against the paper's equations, computed step by step in numpy."""

import numpy as np
import paddle
import pytest

from ppocr_rare.modeling.heads import AttentionHead

T, C, HIDDEN, V, L = 7, 10, 6, 9, 12


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def decode_in_numpy(weights, columns, num_steps):
    """One-hot products and a projection at every step, as the equations are written; one sample [T, C]."""
    cell = {name.removeprefix("attention_cell."): value.numpy().astype("float64") for name, value in weights.items()}
    state, token, result = np.zeros(HIDDEN), 0, []
    for _ in range(num_steps):
        energy = np.tanh(columns @ cell["i2h.weight"] + state @ cell["h2h.weight"] + cell["h2h.bias"])
        alpha = softmax((energy @ cell["score.weight"])[:, 0])
        x = np.concatenate([alpha @ columns, np.eye(V)[token]])
        r_x, z_x, c_x = np.split(cell["rnn.weight_ih"] @ x + cell["rnn.bias_ih"], 3)
        r_h, z_h, c_h = np.split(cell["rnn.weight_hh"] @ state + cell["rnn.bias_hh"], 3)
        z, candidate = sigmoid(z_x + z_h), np.tanh(c_x + sigmoid(r_x + r_h) * c_h)
        state = z * state + (1 - z) * candidate
        logits = state @ cell["generator.weight"] + cell["generator.bias"]
        result.append(logits)
        token = int(logits.argmax())
    return np.array(result)


@pytest.fixture
def head():
    paddle.seed(3)
    return AttentionHead(HIDDEN, in_channels=C, out_channels=V, num_steps=L)


def make_eos_likely(head):
    """Lets words end at some step that depends on the sample."""
    head.generator.weight.set_value(paddle.randn([HIDDEN, V]) * 4)


def test_equals_the_equations(head):
    make_eos_likely(head)
    columns = paddle.randn([5, T, C])
    head.train()
    logits = head(columns).numpy()
    for sample in range(5):
        expected = decode_in_numpy(head.state_dict(), columns.numpy()[sample].astype("float64"), L)
        np.testing.assert_allclose(logits[sample], expected, atol=1e-4)
    head.eval()
    np.testing.assert_allclose(head(columns).numpy(), softmax(logits), atol=1e-6)


def test_number_of_steps_follows_the_argument():
    for steps in (3, 25, 40):
        head = AttentionHead(HIDDEN, in_channels=C, out_channels=V, num_steps=steps)
        assert head(paddle.rand([2, T, C])).shape == [2, steps, V]


def test_stopping_at_eos_leaves_out_only_what_lies_behind_every_end(head):
    paddle.seed(0)
    head.eval()
    make_eos_likely(head)
    lengths = set()
    for _ in range(60):
        columns = paddle.randn([3, T, C])
        full, short = head(columns).numpy(), head(columns, stop_at_eos=True).numpy()
        steps = short.shape[1]
        np.testing.assert_array_equal(short, full[:, :steps])
        has_ended = (full.argmax(-1) == V - 1).cumsum(1) > 0
        assert steps == (L if not has_ended.all(0).any() else int(has_ended.all(0).argmax()) + 1)
        lengths.add(steps)
    assert len(lengths) > 1 and min(lengths) < L, "the weights of this test never end a word"


def test_every_parameter_receives_a_gradient(head):
    head.train()
    head(paddle.randn([4, T, C])).square().sum().backward()
    assert [name for name, p in head.named_parameters() if p.grad is None or float(p.grad.abs().sum()) == 0] == []
