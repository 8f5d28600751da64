"""Every configuration that comes with the package loads, and a step of its training can be made."""

from pathlib import Path

import pytest
from material import ROOT

from ppocr_rare.builder import build_charset, build_loss, build_model, build_operators
from ppocr_rare.config import load_config

CONFIGS = sorted((ROOT / "configs" / "rec").glob("*.yml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_it_loads_and_its_parts_can_be_built(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    config = load_config(path)
    assert f"`{path.name}`" in (ROOT / "configs/rec/README.md").read_text(encoding="utf-8")
    model, loss = build_model(config), build_loss(config)
    assert model.head.generator.weight.shape[1] == len(build_charset(config)) and loss.eos_id == model.head.eos_id
    assert build_operators(config, "Train", with_labels=True) and build_operators(config, "Eval", with_labels=False)
    weights = config["Global"]["pretrained_model"]
    assert weights is None or Path(f"{weights}.pdparams").is_file()
