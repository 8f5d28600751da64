"""Where what comes with the package lies."""

import pytest
from material import ROOT

from ppocr_rare.utils import shipped as module
from ppocr_rare.utils.shipped import find_config, shipped


def test_a_checkout_has_it_beside_the_package():
    assert shipped("tools/train.py") == ROOT / "tools" / "train.py"


def test_a_wheel_has_it_inside(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "ppocr_rare"
    inside = package / "shipped" / "tools" / "train.py"
    stranger = package.parent / "tools" / "train.py"  # of another project, without a setup.py beside it
    for path in (inside, stranger):
        path.parent.mkdir(parents=True)
        path.write_text("")
    monkeypatch.setattr(module, "PACKAGE", package)
    assert shipped("tools/train.py") == inside
    with pytest.raises(FileNotFoundError, match="tools/nothing.py"):
        shipped("tools/nothing.py")


def test_a_configuration_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "rec_mv3_tps_bilstm_att.yml"
    expected = str(ROOT / "configs" / "rec" / name)
    assert find_config(name) == find_config(f"configs/rec/{name}") == expected
    assert find_config("other.yml") == "other.yml"
    (tmp_path / name).write_text("")
    assert find_config(name) == name  # one's own comes first
