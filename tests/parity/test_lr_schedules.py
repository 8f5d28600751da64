"""Learning-rate schedules against the rates that PaddleOCR 2.8.1 used for each batch (see data/README.md)."""

import json

import numpy as np
import pytest
from parity.data.model_weights import HERE

from ppocr_rare.builder import build_optimizer
from ppocr_rare.config import make_config

RECORDS = json.loads((HERE / "data_ops.json").read_text())["lr_schedules"]


@pytest.fixture(scope="module")
def arrays():
    with np.load(HERE / "data_ops.npz") as data:
        return {record["array"]: data[record["array"]] for record in RECORDS}


def test_there_is_something_to_compare():
    assert len(RECORDS) == 45


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: json.dumps(record["config"]))
def test_rate_of_every_batch(record, arrays):
    from paddle import nn

    config = make_config({"Optimizer": {"name": "Adam", "lr": record["config"]}})
    optimizer, schedule = build_optimizer(
        config, nn.Linear(1, 1), steps_per_epoch=record["step_each_epoch"], epochs=record["epochs"]
    )
    rates = []
    for _ in range(record["epochs"] * record["step_each_epoch"]):
        rates.append(optimizer.get_lr())
        schedule.step()
    np.testing.assert_allclose(rates, arrays[record["array"]], rtol=1e-9, atol=1e-15)
