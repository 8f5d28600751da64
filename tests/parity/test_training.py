"""Three training steps against those of PaddleOCR 2.8.1 from the same weights (see data/README.md).

Train mode normalises with the statistics of four images, which magnifies rounding: PaddleOCR differs from itself by as
much as the tolerances here when samples or threads come in another order.
"""

import csv

import numpy as np
import paddle
import pytest
from parity.data import model_weights

from ppocr_rare import build_model, load_config
from ppocr_rare.builder import build_loss, build_optimizer

CONFIGS = ("rec_mv3_tps_bilstm_att", "rec_r34_vd_tps_bilstm_att")
STEPS = 3
LOSS_RTOL = (5e-5, 5e-3, 2e-2)
GRADIENT_RTOL = {"transform": 0.6, "backbone": 0.3, "neck": 2e-2, "head": 2e-2}  # largest; the median is below 2e-2
TINY = 1e-3  # below it is rounding: gradients that are 0 but for it


def read_params(name: str) -> list[dict]:
    """PaddleOCR's parameters in order: attribute, learning_rate, trainable."""
    with open(model_weights.HERE / f"{name}.params.tsv", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def norms(tensors) -> np.ndarray:
    arrays = (None if tensor is None else tensor.numpy().astype(np.float64) for tensor in tensors)
    return np.array([0.0 if array is None else np.linalg.norm(array) for array in arrays])


def difference(actual: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Relative differences, after a check of the entries that are too small for them."""
    tiny = expected <= TINY
    np.testing.assert_allclose(actual[tiny], expected[tiny], rtol=0, atol=1e-5)
    np.testing.assert_array_equal(actual[expected == 0], 0)
    return np.where(tiny, 0.0, np.abs(actual - expected) / np.where(tiny, 1.0, expected))


@pytest.fixture(scope="module", params=CONFIGS)
def run(request, config_path):
    """(PaddleOCR's parameters, record, the same measured here, model) after the recorded steps."""
    name = request.param
    config = load_config(config_path(name), ["Global.use_gpu=False"])
    rows = read_params(name)
    attributes = [row["attribute"] for row in rows]
    model = build_model(config)
    model.set_state_dict(model_weights.state(name))
    model.train()
    loss_of = build_loss(config)
    optimizer, schedule = build_optimizer(config, model, steps_per_epoch=STEPS, epochs=1)
    state, parameters = model.state_dict(), dict(model.named_parameters())
    measured = {"losses": []}
    for step in range(STEPS):
        images, labels = model_weights.images(4, 10 * step), model_weights.labels(4, 10 * step)
        loss = loss_of(model(paddle.to_tensor(images)), [None, paddle.to_tensor(labels)])["loss"]
        loss.backward()
        measured["losses"].append(float(loss))
        if step == 0:
            gradients = [parameters[key].grad if key in parameters else None for key in attributes]
            measured["grad_norms"] = norms(gradients)
        optimizer.step()
        optimizer.clear_grad()
        schedule.step()
        measured[f"param_norms_after_{step + 1}"] = norms(state[key] for key in attributes)
    with np.load(model_weights.HERE / f"{name}.npz") as record:
        return rows, {key: record[key] for key in measured if key in record.files}, measured, model


def test_the_same_parameters_are_trained_at_the_same_rates(run):
    rows, _, _, model = run
    trainable = [(key, parameter) for key, parameter in model.named_parameters() if parameter.trainable]
    assert [(key, parameter.optimize_attr["learning_rate"]) for key, parameter in trainable] == [
        (row["attribute"], float(row["learning_rate"])) for row in rows if row["trainable"] == "1"
    ]


def test_losses(run):
    _, record, measured, _ = run
    for actual, expected, rtol in zip(measured["losses"], record["losses"], LOSS_RTOL, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=rtol)


def test_gradients(run):
    rows, record, measured, _ = run
    differences = difference(measured["grad_norms"], record["grad_norms"])
    limits = np.array([GRADIENT_RTOL[row["attribute"].partition(".")[0]] for row in rows])
    assert [row["attribute"] for row, over in zip(rows, differences > limits, strict=True) if over] == []
    assert np.median(differences[record["grad_norms"] > TINY]) < 2e-2


@pytest.mark.parametrize(("steps", "largest", "median"), [(1, 1e-2, 1e-4), (3, 2e-2, 1e-3)])
def test_parameters_after_steps(run, steps, largest, median):
    rows, record, measured, _ = run
    expected = record[f"param_norms_after_{steps}"]
    differences = difference(measured[f"param_norms_after_{steps}"], expected)
    assert [row["attribute"] for row, over in zip(rows, differences > largest, strict=True) if over] == []
    assert np.median(differences[expected > TINY]) < median


def test_every_parameter_but_those_without_a_rate_gets_a_gradient(run):
    rows, _, measured, _ = run
    norms_of = zip(rows, measured["grad_norms"], strict=True)
    without = {row["attribute"] for row, norm in norms_of if row["trainable"] == "1" and norm == 0}
    assert without == {"transform.grid_generator.fc.weight", "transform.grid_generator.fc.bias"}
