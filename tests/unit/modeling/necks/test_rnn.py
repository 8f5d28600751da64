"""From feature maps to columns."""

import paddle
import pytest

from ppocr_rare.modeling.necks import SequenceEncoder


@pytest.mark.parametrize(("encoder_type", "channels"), [("rnn", 48), ("fc", 24), ("reshape", 16)])
def test_columns(encoder_type, channels):
    neck = SequenceEncoder(encoder_type, hidden_size=24, in_channels=16)
    assert neck(paddle.rand([2, 16, 1, 7])).shape == [2, 7, channels]
    assert neck.out_channels == channels


def test_reshape_keeps_the_values_in_reading_order():
    features = paddle.arange(6, dtype="float32").reshape([1, 2, 1, 3])
    columns = SequenceEncoder("reshape", in_channels=2)(features)
    assert columns.tolist() == [[[0, 3], [1, 4], [2, 5]]]


def test_features_that_are_too_high_say_so():
    with pytest.raises(ValueError, match="2 pixels high"):
        SequenceEncoder("reshape", in_channels=2)(paddle.rand([1, 2, 2, 3]))
