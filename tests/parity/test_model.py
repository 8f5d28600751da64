"""The network against what PaddleOCR 2.8.1 computed with the same weights and images (see data/README.md)."""

import numpy as np
import paddle
import pytest
from parity.data import model_weights

from ppocr_rare import build_model, load_config
from ppocr_rare.builder import build_loss

CONFIGS = ("rec_mv3_tps_bilstm_att", "rec_r34_vd_tps_bilstm_att")
# Twice to six times what PaddleOCR differs from itself when samples or threads come in another order.
ATOL = {
    "fiducials": 1e-5,
    "grid": 2e-4,
    "rectified": 2e-3,
    "sequence": 3e-4,
    "probabilities": 1e-5,
    "train_logits": 2e-3,
}
FEATURES_ATOL = {"rec_mv3_tps_bilstm_att": 3e-3, "rec_r34_vd_tps_bilstm_att": 2e-2}


@pytest.fixture(scope="module", params=CONFIGS)
def case(request, config_path):
    """(name, model with the recorded weights, record)."""
    model = build_model(load_config(config_path(request.param), ["Global.use_gpu=False"]))
    model.set_state_dict(model_weights.state(request.param))
    with np.load(model_weights.HERE / f"{request.param}.npz") as record:
        return request.param, model, {name: record[name] for name in record.files}


def test_state_dict_has_paddleocrs_names_and_shapes_in_order(case):
    name, model, _ = case
    assert [(key, tuple(value.shape)) for key, value in model.state_dict().items()] == model_weights.read_keys(name)


def test_stages_in_eval_mode(case):
    name, model, record = case
    model.eval()
    images = paddle.to_tensor(model_weights.images(4))
    with paddle.no_grad():
        transform = model.transform
        fiducials = transform.loc_net(images)
        grid = transform.grid_generator(fiducials, 32, 100)
        rectified = transform(images)
        features = model.backbone(rectified)
        sequence = model.neck(features)
        probabilities = model(images).numpy()
    np.testing.assert_allclose(fiducials.numpy(), record["fiducials"], rtol=0, atol=ATOL["fiducials"])
    np.testing.assert_allclose(grid.numpy()[:, ::37], record["grid"], rtol=0, atol=ATOL["grid"])
    np.testing.assert_allclose(rectified.numpy()[:, :, ::5, ::7], record["rectified"], rtol=0, atol=ATOL["rectified"])
    np.testing.assert_allclose(features.numpy()[:, ::7], record["features"], rtol=0, atol=FEATURES_ATOL[name])
    np.testing.assert_allclose(sequence.numpy()[:, ::3, ::5], record["sequence"], rtol=0, atol=ATOL["sequence"])
    np.testing.assert_allclose(probabilities, record["probabilities"], rtol=0, atol=ATOL["probabilities"])
    np.testing.assert_array_equal(probabilities.argmax(-1), record["probabilities"].argmax(-1))


def test_logits_in_train_mode(case):
    name, model, record = case
    model.set_state_dict(model_weights.state(name))
    model.train()
    with paddle.no_grad():
        logits = model(paddle.to_tensor(model_weights.images(4))).numpy()
    np.testing.assert_allclose(logits, record["train_logits"], rtol=0, atol=ATOL["train_logits"])
    np.testing.assert_array_equal(logits.argmax(-1), record["train_logits"].argmax(-1))


def test_loss_of_recorded_logits(case, config_path):
    name, _, record = case
    loss = build_loss(load_config(config_path(name)))
    labels = paddle.to_tensor(model_weights.labels(4))
    value = loss(paddle.to_tensor(record["train_logits"]), [None, labels])["loss"]
    np.testing.assert_allclose(float(value), record["losses"][0], rtol=5e-5)
