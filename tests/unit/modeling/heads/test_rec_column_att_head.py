"""The head whose columns are taught, too, beside the one that it extends."""

import numpy as np
import paddle
import pytest

from ppocr_rare.modeling.heads import AttentionHead, ColumnAttentionHead

SIZES = {"in_channels": 10, "out_channels": 9, "num_steps": 12, "sos_id": 0, "eos_id": 8}


@pytest.fixture
def heads():
    paddle.seed(3)
    head, plain = ColumnAttentionHead(6, **SIZES), AttentionHead(6, **SIZES)
    state = head.state_dict()
    plain.set_state_dict({name: state[name] for name in plain.state_dict()})
    return head, plain


def test_it_reads_as_the_plain_head_does(heads):
    columns = paddle.randn([5, 7, 10])
    results = []
    for head in heads:
        head.eval()
        results.append(head(columns).numpy())
    assert np.array_equal(*results)


@pytest.mark.parametrize("teacher_forcing", [False, True])
def test_in_training_it_classifies_the_columns_too(heads, teacher_forcing):
    columns, targets = paddle.randn([5, 7, 10]), paddle.ones([5, 12], "int64")
    for head in heads:
        head.teacher_forcing = teacher_forcing
    predictions = heads[0](columns, targets)
    assert np.array_equal(predictions.logits.numpy(), heads[1](columns, targets).numpy())
    weight, bias = (parameter.numpy() for parameter in heads[0].column_classifier.parameters())
    np.testing.assert_allclose(predictions.column_logits.numpy(), columns.numpy() @ weight + bias, atol=1e-5)


def test_every_parameter_receives_a_gradient(heads):
    logits, column_logits = heads[0](paddle.randn([5, 7, 10]))
    ((logits**2).sum() + (column_logits**2).sum()).backward()
    assert all(np.abs(parameter.grad.numpy()).max() > 0 for parameter in heads[0].parameters())
