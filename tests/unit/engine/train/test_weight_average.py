"""The average of weights, worked out by hand."""

import numpy as np
import paddle
import pytest
from paddle import nn

from ppocr_rare.engine.train.weight_average import WeightAverage
from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.pickle_file import write_state


class Small(nn.Layer):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 2)
        self.norm = nn.BatchNorm1D(2)


@pytest.fixture
def network():
    paddle.seed(0)
    return Small()


def fill(network, value):
    for tensor in network.state_dict().values():
        paddle.assign(paddle.full_like(tensor, value), output=tensor)


def test_decay_is_small_at_first(network):
    fill(network, 1.0)
    average = WeightAverage(network, 0.3)
    fill(network, 2.0)
    average.update(1)  # 2 / 11 of the old
    np.testing.assert_allclose(average.state()["norm.weight"], 2 - 2 / 11, rtol=1e-6)
    average.update(3)  # 4 / 13 is above 0.3
    np.testing.assert_allclose(average.state()["norm._mean"], 2 - 2 / 11 * 0.3, rtol=1e-6)


def test_what_rests_stays_to_the_last_bit(network):
    average = WeightAverage(network, 0.999)
    for number in range(1, 200):
        average.update(number)
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(average.state()[name], value.numpy())


def test_it_lends_the_network_its_values_and_gives_the_weights_back(network):
    average = WeightAverage(network, 0.5)
    before = {name: value.numpy() for name, value in network.state_dict().items()}
    fill(network, 3.0)
    with pytest.raises(KeyError), average.applied():
        for name, value in network.state_dict().items():
            np.testing.assert_array_equal(value.numpy(), before[name])
        raise KeyError
    assert all((value.numpy() == 3.0).all() for value in network.state_dict().values())
    assert not network.norm.weight.stop_gradient


def test_half_weights_have_float32_averages():
    layer = nn.Linear(2, 2)
    layer.to(dtype="bfloat16")
    average = WeightAverage(layer, 0.5)
    assert {value.dtype for value in average.state().values()} == {np.dtype("float32")}
    with average.applied():
        assert layer.weight.dtype == paddle.bfloat16


def test_it_goes_on_from_a_file(network, tmp_path):
    average = WeightAverage(network, 0.5)
    fill(network, 0.25)
    average.update(1)
    write_state(tmp_path / "a.ema.pdparams", average.state())
    other = WeightAverage(Small(), 0.5)
    other.load(tmp_path / "a.ema.pdparams")
    assert average.state().keys() == network.state_dict().keys()
    for name, value in average.state().items():
        np.testing.assert_array_equal(other.state()[name], value)
    with pytest.raises(CheckpointError, match="does not hold weight of this model"):
        WeightAverage(nn.Linear(2, 2), 0.5).load(tmp_path / "a.ema.pdparams")
