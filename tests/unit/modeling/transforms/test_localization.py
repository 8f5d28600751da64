"""A localization network that looks at the image no more, and one that learns to again."""

import numpy as np
import paddle
import pytest

from ppocr_rare.modeling.transforms.tps import TPS


def network(keep_alive=False, is_dead=False):
    paddle.seed(3)
    net = TPS(6, 1.0, "small", keep_alive=keep_alive).loc_net
    net.fc2.weight.set_value(np.random.default_rng(0).normal(0, 0.1, net.fc2.weight.shape).astype("float32"))
    if is_dead:
        net.fc1.bias.set_value(np.full(net.fc1.bias.shape, -1.0, np.float32))
    return net


def test_dead_is_where_no_unit_is_on_for_any_image():
    images = paddle.rand([4, 3, 32, 100])
    net, dead = network(), network(is_dead=True)
    before = {name: value.numpy() for name, value in net.state_dict().items()}
    assert not net.is_dead(images) and dead.is_dead(images) and net.training
    assert all(np.array_equal(value.numpy(), before[name]) for name, value in net.state_dict().items())
    net.eval(), dead.eval()
    assert np.ptp(dead(images).numpy(), axis=0).max() == 0 < np.ptp(net(images).numpy(), axis=0).max()
    assert not dead.training


def test_keeping_alive_changes_no_value():
    images = paddle.rand([2, 3, 32, 100])
    for is_training in (True, False):
        nets = [network(keep_alive) for keep_alive in (False, True)]
        for net in nets:
            net.train() if is_training else net.eval()
        assert np.array_equal(*(net(images).numpy() for net in nets))


@pytest.mark.parametrize("keep_alive", [False, True])
def test_a_dead_one_comes_back_where_it_is_kept_alive(keep_alive):
    """Two images whose points are to differ."""
    net = network(keep_alive, is_dead=True)
    images = paddle.concat([paddle.zeros([1, 3, 32, 100]), paddle.rand([1, 3, 32, 100])])
    targets = paddle.to_tensor([[[0.5, 0.5]] * 6, [[-0.5, -0.5]] * 6])
    optimizer = paddle.optimizer.Adam(0.01, parameters=net.parameters())
    for _ in range(60):
        (net(images) - targets).square().sum().backward()
        optimizer.step()
        optimizer.clear_grad()
    is_apart = float((net(images)[0] - net(images)[1]).mean()) > 0.5
    assert is_apart is keep_alive and (not bool((net.units(images) > 0).any())) is not keep_alive
