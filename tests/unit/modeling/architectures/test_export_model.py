"""The network as it is exported: traced for any batch, it gives what the network gives."""

import numpy as np
import paddle
import pytest

from ppocr_rare import build_model, load_config
from ppocr_rare.modeling.architectures.export_model import ExportModel, ExportStep

SMALL = ["Global.use_gpu=False", "Global.max_text_length=6"]


@pytest.fixture(scope="module")
def network(config_path):
    paddle.seed(1)
    network = build_model(load_config(config_path("rec_mv3_tps_bilstm_att"), SMALL))
    network.eval()
    return network


@pytest.fixture(scope="module")
def images():
    return paddle.to_tensor(np.random.default_rng(0).uniform(-1, 1, (3, 3, 32, 100)).astype(np.float32))


@pytest.fixture(scope="module")
def expected(network, images):
    with paddle.no_grad():
        return network(images).numpy()


def test_one_graph_for_every_batch_size(network, images, expected):
    exported = ExportModel(network, stop_at_eos=False)
    exported.eval()
    spec = paddle.static.InputSpec([None, 3, 32, 100])
    static = paddle.jit.to_static(exported, input_spec=[spec], full_graph=True)
    with paddle.no_grad():
        np.testing.assert_allclose(static(images).numpy(), expected, rtol=0, atol=1e-5)
        np.testing.assert_allclose(static(images[1:2]).numpy(), expected[1:2], rtol=0, atol=1e-5)


def test_details_are_further_outputs(network, images, expected):
    exported = ExportModel(network, stop_at_eos=False, has_details=True)
    exported.eval()
    with paddle.no_grad():
        probabilities, attention, memory, points = exported(images)
        known = network.transform.loc_net(images).numpy()
    np.testing.assert_allclose(probabilities.numpy(), expected, rtol=0, atol=1e-5)
    assert attention.shape == [3, 6, 25]
    np.testing.assert_allclose(attention.numpy().sum(2), 1, rtol=0, atol=1e-5)
    np.testing.assert_allclose(points.numpy(), known, rtol=0, atol=1e-6)


def test_the_decoders_matrices_are_weights_of_the_export(network):
    names = set(ExportModel(network).state_dict())
    assert {"token_gates", "context_weight", "state_weight", "state_bias"} < names


def test_steps_from_the_memory_are_those_of_the_whole(network, images, expected):
    exported, step = ExportModel(network, stop_at_eos=False, has_details=True), ExportStep(network.head)
    exported.eval()
    step.eval()
    with paddle.no_grad():
        _, attention, memory, _ = exported(images)
        state = paddle.zeros([3, network.head.attention_cell.hidden_size])
        token = paddle.full([3], network.head.sos_id, "int64")
        for index in range(6):
            probabilities, state, alpha = step(memory, state, token)
            np.testing.assert_allclose(probabilities.numpy(), expected[:, index], rtol=0, atol=1e-5)
            np.testing.assert_allclose(alpha.numpy(), attention.numpy()[:, index], rtol=0, atol=1e-5)
            token = probabilities.argmax(1)
