"""Thin-plate spline against its definition, worked out by solving the paper's system point by point."""

import numpy as np
import paddle
import pytest

from ppocr_rare.modeling.transforms.localization import base_fiducials, slanted_fiducials
from ppocr_rare.modeling.transforms.tps import TPS, grid_points, spline_basis


def solve_spline(source, target, points):
    """Carries ``points`` by the thin-plate spline through source -> target, by the textbook's linear system."""
    k = len(source)

    def u(r):
        return np.where(r > 0, r**2 * np.log(np.maximum(r, 1e-300)), 0.0)

    system = np.zeros((k + 3, k + 3))
    for i in range(k):
        for j in range(k):
            system[i, j] = u(np.linalg.norm(source[i] - source[j]))
        system[i, k:] = system[k:, i] = 1.0, *source[i]
    coefficients = np.linalg.solve(system, np.concatenate([target, np.zeros((3, 2))]))
    result = []
    for point in points:
        features = [u(np.linalg.norm(point - c)) for c in source]
        result.append(np.array([*features, 1.0, *point]) @ coefficients)
    return np.array(result)


@pytest.mark.parametrize(("num_fiducial", "height", "width"), [(20, 32, 100), (6, 8, 12), (10, 48, 30)])
def test_basis_equals_the_textbook_solution(num_fiducial, height, width):
    rng = np.random.default_rng(0)
    target = base_fiducials(num_fiducial) + rng.normal(0, 0.1, (num_fiducial, 2))
    points = grid_points(height, width)[::7]
    expected = solve_spline(base_fiducials(num_fiducial), target, points)
    grid = spline_basis(num_fiducial, height, width)[::7] @ np.concatenate([target, np.zeros((3, 2))])
    np.testing.assert_allclose(grid, expected, atol=2e-5)  # the epsilon in the logarithm is the difference


def test_base_fiducials_give_the_identity():
    grid = spline_basis(20, 32, 100) @ np.concatenate([base_fiducials(20), np.zeros((3, 2))])
    np.testing.assert_allclose(grid, grid_points(32, 100), atol=2e-5)


def test_grid_points_are_pixel_centres_row_by_row():
    points = grid_points(2, 4)
    np.testing.assert_allclose(points[:4], [[-0.75, -0.5], [-0.25, -0.5], [0.25, -0.5], [0.75, -0.5]])
    np.testing.assert_allclose(points[4], [-0.75, 0.5])


def test_fresh_model_starts_on_the_papers_slanted_lines():
    fiducials = slanted_fiducials(20)
    np.testing.assert_allclose(fiducials[[0, 9]], [[-1, 0], [1, -1]])  # upper line
    np.testing.assert_allclose(fiducials[[10, 19]], [[-1, 1], [1, 0]])  # lower line
    found = TPS(20, model_name="small").loc_net(paddle.rand([2, 3, 32, 100])).numpy()
    np.testing.assert_allclose(found, np.stack([fiducials, fiducials]), atol=1e-6)


def test_a_fresh_model_can_start_with_the_image_as_it_is():
    height, width = 32, 100
    tps = TPS(20, model_name="small", initial_fiducials="identity")
    found = tps.loc_net(paddle.rand([2, 3, height, width])).numpy()
    np.testing.assert_allclose(found, np.stack([base_fiducials(20)] * 2), atol=1e-6)
    column, row = np.meshgrid(np.arange(width), np.arange(height))
    images = paddle.to_tensor(np.stack([column, row, column + row]).astype("float32")[None])
    x, y = (column + 0.5) * (width - 1) / width, (row + 0.5) * (height - 1) / height  # corners are pixel centres
    np.testing.assert_allclose(tps(images).numpy()[0], np.stack([x, y, x + y]), atol=0.01)


@pytest.mark.parametrize(("model_name", "bound"), [("large", 512**-0.5), ("small", 128**-0.5)])
def test_first_fully_connected_layer_starts_uniform_within_the_root_of_its_inputs(model_name, bound):
    weight = TPS(20, model_name=model_name).loc_net.fc1.weight.numpy()
    assert 0.99 * bound < np.abs(weight).max() <= bound * (1 + 1e-6)
    np.testing.assert_allclose(weight.std(), bound / 3**0.5, rtol=0.03)  # of a uniform distribution


def test_learning_rates_follow_loc_lr():
    tps = TPS(20, loc_lr=0.1, model_name="small")
    rates = {name: p.optimize_attr["learning_rate"] for name, p in tps.named_parameters()}
    slow = {"loc_net.fc1.weight", "loc_net.fc2.weight", "loc_net.fc2.bias"}
    assert {name for name, rate in rates.items() if rate == 0.1} == slow
    frozen = {"grid_generator.fc.weight", "grid_generator.fc.bias"}
    assert {name for name, rate in rates.items() if rate == 0.0} == frozen
    assert all(rate == 1.0 for name, rate in rates.items() if name not in slow | frozen)


def test_constants_are_not_part_of_the_checkpoint_and_are_made_once():
    tps = TPS(20, model_name="small")
    before = set(tps.state_dict())
    tps(paddle.rand([1, 3, 32, 100]))
    assert set(tps.state_dict()) == before
    assert tps.grid_generator.basis(32, 100) is tps.grid_generator.basis(32, 100)


def test_sizes_other_than_the_usual():
    tps = TPS(20, model_name="large")
    for height, width in ((32, 160), (48, 320), (33, 101)):
        assert tps(paddle.rand([2, 3, height, width])).shape == [2, 3, height, width]


def test_gradients_reach_the_localization_network_and_not_the_grid():
    tps = TPS(20, model_name="small")
    tps(paddle.rand([2, 3, 32, 100])).square().sum().backward()
    assert float(tps.loc_net.fc2.bias.grad.abs().sum()) > 0
    assert tps.grid_generator.fc.weight.grad is None


def test_without_trainable_parameters_it_passes_no_gradient_on():
    tps = TPS(20, model_name="small")
    for parameter in tps.parameters():
        parameter.stop_gradient = True
    assert tps(paddle.rand([2, 3, 32, 100])).stop_gradient
