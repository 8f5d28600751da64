"""The decoder as a loop in a graph gives what the head gives, and ends early without a trace in the words."""

import numpy as np
import paddle
import pytest

from ppocr_rare.modeling.heads import AttentionHead
from ppocr_rare.modeling.heads.rec_att_loop import decode_in_graph

T, C, HIDDEN, V, L = 7, 10, 6, 9, 12
EOS = V - 1


def head_of(seed):
    """A drawn head whose words end at different steps, some never."""
    paddle.seed(seed)
    head = AttentionHead(HIDDEN, in_channels=C, out_channels=V, num_steps=L, sos_id=0, eos_id=EOS)
    head.generator.weight.set_value(paddle.randn([HIDDEN, V]) * 4)
    head.generator.bias.set_value(paddle.nn.functional.one_hot(paddle.to_tensor(EOS), V) * 2)
    for parameter in head.attention_cell.parameters():
        parameter.set_value(parameter * 3)
    head.eval()
    return head


def decode(head, columns, **options):
    with paddle.no_grad():
        return decode_in_graph(head, head.attention_cell.prepare(columns), **options)


def lengths_of(probabilities):
    """Steps up to the first eos, that included; L for a word without."""
    is_eos = probabilities.argmax(2) == EOS
    return np.where(is_eos.any(1), is_eos.argmax(1) + 1, L)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_all_steps_are_those_of_the_head(batch_size):
    for seed in range(4):
        head = head_of(seed)
        columns = paddle.randn([batch_size, T, C])
        full = head(columns).numpy()
        found = decode(head, columns, stop_at_eos=False)
        np.testing.assert_allclose(found.probabilities.numpy(), full, rtol=0, atol=1e-5)
        assert found.attention is None


def compositions(lengths):
    """Batches of rows: each alone, words of one length, the shortest and the longest, all."""
    order = np.argsort(lengths, kind="stable")
    yield from order[:, None]
    yield from (np.flatnonzero(lengths == length) for length in set(lengths.tolist()))
    yield order[[0, -1]]
    yield order[: len(order) // 2]
    yield order


def test_an_early_end_changes_no_character_whatever_shares_the_batch():
    seen = set()
    for seed in (4, 5, 6, 7):
        head = head_of(seed)
        columns = paddle.randn([12, T, C])
        full = head(columns).numpy()
        lengths = lengths_of(full)
        for rows in compositions(lengths):
            found = decode(head, paddle.to_tensor(columns.numpy()[rows])).probabilities.numpy()
            done = lengths[rows].max()
            # Products of another batch size round otherwise, which large weights amplify: 1.2e-5 on one processor.
            np.testing.assert_allclose(found[:, :done], full[rows, :done], rtol=0, atol=1e-4)
            np.testing.assert_array_equal(lengths_of(found), lengths[rows])
            np.testing.assert_allclose(found[:, done:] - np.eye(V)[EOS], 0, rtol=0, atol=1e-20)
            seen.add(int(done))
    assert len(seen) > 3 and {L} < seen, "the weights of this test end all words alike"


def test_attention_is_a_distribution_over_the_columns_up_to_the_end():
    head = head_of(1)
    columns = paddle.randn([6, T, C])
    found = decode(head, columns, has_attention=True)
    assert found.attention.shape == [6, L, T]
    done = lengths_of(found.probabilities.numpy()).max()
    sums = found.attention.numpy().sum(2)
    np.testing.assert_allclose(sums[:, :done], 1, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(sums[:, done:], 0)


def test_attention_of_the_first_step_by_its_equation():
    head = head_of(1)
    columns = paddle.randn([3, T, C])
    cell = {name: value.numpy() for name, value in head.attention_cell.state_dict().items()}
    energy = np.tanh(columns.numpy() @ cell["i2h.weight"] + cell["h2h.bias"]) @ cell["score.weight"]  # the state is 0
    expected = np.exp(energy[..., 0]) / np.exp(energy[..., 0]).sum(1, keepdims=True)
    found = decode(head, columns, has_attention=True).attention.numpy()[:, 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
