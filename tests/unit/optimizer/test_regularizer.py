import paddle
import pytest

from ppocr_rare.errors import ConfigError
from ppocr_rare.optimizer import L1, L2
from ppocr_rare.registry import REGULARIZERS


@pytest.mark.parametrize(("regularizer", "step"), [(L1(0.5), [-0.5, 0.0, 0.5]), (L2(0.5), [-2.0, 0.0, 4.0])])
def test_what_is_added_to_a_gradient(regularizer, step):
    parameter = paddle.create_parameter([3], "float32")
    start = paddle.to_tensor([-4.0, 0.0, 8.0])
    parameter.set_value(start)
    sgd = paddle.optimizer.SGD(1.0, parameters=[parameter], weight_decay=regularizer)
    (parameter * 0.0).sum().backward()
    sgd.step()
    assert (start - parameter).tolist() == step


def test_a_factor_below_zero():
    assert L1().factor == L2().factor == 0.0
    for regularizer in (L1, L2):
        with pytest.raises(ConfigError, match="^factor must be at least 0, got -1$"):
            regularizer(-1)


def test_registered():
    assert REGULARIZERS.names() == ["L1", "L2"]
