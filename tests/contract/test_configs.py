"""Every configuration that comes with the package loads, and a step of its training can be made."""

from pathlib import Path

import pytest
from material import ROOT

from ppocr_rare.builder import build_charset, build_loss, build_model, build_operators
from ppocr_rare.config import load_config
from ppocr_rare.data.imaug import RecResizeImg

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


@pytest.mark.parametrize("path", [*CONFIGS, *sorted((ROOT / "ppocr_rare/weights").glob("*/config.yml"))], ids=str)
def test_images_are_averaged_but_in_the_files_of_paddleocr(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    config = load_config(path)
    is_plain = path.stem in ("rec_mv3_tps_bilstm_att", "rec_r34_vd_tps_bilstm_att")
    operators = [op for name in ("Train", "Eval") if config.get(name) for op in build_operators(config, name, False)]
    kinds = {operator.interpolation for operator in operators if isinstance(operator, RecResizeImg)}
    assert kinds == {"bilinear" if is_plain else "area"}
