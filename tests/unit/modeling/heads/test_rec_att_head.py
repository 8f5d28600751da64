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


def decode_in_numpy(weights, columns, num_steps, fed=None):
    """One-hot products and a projection at every step, as the equations are written; one sample [T, C].

    ``fed`` are the tokens of the steps behind the first; None feeds back what was most probable.
    """
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
        token = int(logits.argmax()) if fed is None else int(fed[len(result) - 1])
    return np.array(result)


@pytest.fixture
def head():
    paddle.seed(3)
    return AttentionHead(HIDDEN, in_channels=C, out_channels=V, num_steps=L, sos_id=0, eos_id=V - 1)


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


@pytest.fixture
def taught():
    """A head with teacher forcing, and the weights of ``head``."""
    paddle.seed(3)
    return AttentionHead(HIDDEN, True, in_channels=C, out_channels=V, num_steps=L, sos_id=0, eos_id=V - 1)


def test_teacher_forcing_equals_the_equations_fed_with_the_labels_one_step_late(taught):
    columns, targets = paddle.randn([4, T, C]), paddle.randint(0, V, [4, L])
    logits = taught(columns, targets).numpy()
    for sample in range(4):
        fed = targets.numpy()[sample]
        expected = decode_in_numpy(taught.state_dict(), columns.numpy()[sample].astype("float64"), L, fed)
        np.testing.assert_allclose(logits[sample], expected, atol=1e-5)
    np.testing.assert_array_equal(taught(columns, targets.astype("int32")).numpy(), logits)


@pytest.mark.parametrize("step", [0, 4, L - 1])
def test_teacher_forcing_cannot_be_learnt_by_copying(taught, step):
    """The logits of a step do not depend on its own target, nor on a later one; those of the next step do."""
    columns, targets = paddle.randn([2, T, C]), paddle.randint(0, V, [2, L]).numpy()
    others = targets.copy()
    others[:, step:] = (targets[:, step:] + 1) % V
    logits, changed = (taught(columns, paddle.to_tensor(labels)).numpy() for labels in (targets, others))
    np.testing.assert_array_equal(changed[:, : step + 1], logits[:, : step + 1])
    assert np.all(changed[:, step + 1 :] != logits[:, step + 1 :])


def test_targets_are_ignored_unless_the_head_trains_with_teacher_forcing(head, taught):
    columns, targets = paddle.randn([2, T, C]), paddle.randint(0, V, [2, L])
    np.testing.assert_array_equal(head(columns, targets).numpy(), head(columns).numpy())
    head.eval(), taught.eval()
    np.testing.assert_array_equal(taught(columns, targets).numpy(), head(columns).numpy())
    np.testing.assert_array_equal(taught(columns).numpy(), head(columns).numpy())


def test_teacher_forcing_does_not_silently_do_without(taught):
    with pytest.raises(ValueError, match="needs targets"):
        taught(paddle.randn([2, T, C]))


def test_columns_are_projected_once_however_many_steps_there_are(head):
    projections = []
    head.attention_cell.i2h.register_forward_post_hook(lambda layer, inputs, output: projections.append(output.shape))
    head(paddle.randn([2, T, C]))
    assert projections == [[2, T, HIDDEN]]


def test_number_of_steps_follows_the_argument():
    for steps in (3, 25, 40):
        head = AttentionHead(HIDDEN, in_channels=C, out_channels=V, num_steps=steps, sos_id=0, eos_id=V - 1)
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


@pytest.mark.parametrize("fixture", ["head", "taught"])
def test_every_parameter_receives_a_gradient(request, fixture):
    head = request.getfixturevalue(fixture)
    head(paddle.randn([4, T, C]), paddle.randint(0, V, [4, L])).square().sum().backward()
    assert [name for name, p in head.named_parameters() if p.grad is None or float(p.grad.abs().sum()) == 0] == []
