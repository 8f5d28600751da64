"""The configuration and its files: each fault is found, and nothing is made."""

import shutil
from collections import namedtuple

import pytest
from material import CONFIG

from ppocr_rare import build_model
from ppocr_rare.config import Config
from ppocr_rare.engine.doctor import files
from ppocr_rare.engine.doctor.findings import DryStep
from ppocr_rare.errors import CheckpointError, ConfigError


def only(findings):
    (finding,) = findings
    return finding


def test_a_sound_configuration():
    case, finding = files.open_case(CONFIG, [])
    assert case.is_whole and finding.level == "ok"


def test_a_faulty_configuration_keeps_its_sound_part():
    settings = ["Global.use_gpu=perhaps", "Optimizer.lr.learning_rate=-1", "Train.loader.batch_size_per_card=7"]
    case, finding = files.open_case(CONFIG, settings)
    assert not case.is_whole and finding.level == "FAULT" and len(finding.details) == 2
    assert "Global.use_gpu" in finding.details[0] and "Optimizer.lr" in finding.details[1]
    assert case.config["Train"]["loader"]["batch_size_per_card"] == 7
    assert case.config["Global"]["use_gpu"] is False  # the default


def test_nothing_to_examine(tmp_path):
    (tmp_path / "list.yml").write_text("[1, 2]")
    for path in (tmp_path / "list.yml", tmp_path / "absent.yml"):
        with pytest.raises(ConfigError, match=path.name):
            files.open_case(path, [])


def test_sections(make_case):
    case = make_case()
    assert only(files.check_sections(case)).level == "ok"
    data = case.config.to_dict()
    case.config = Config({name: data[name] for name in data if name != "Eval"})
    assert only(files.check_sections(case)).level == "note"
    case.config = Config({name: data[name] for name in data if name != "Loss"})
    with pytest.raises(ConfigError, match="Loss"):
        [*files.check_sections(case)]
    case.config = Config({name: data[name] for name in data if name not in ("Loss", "Train")})
    assert "not for training" in only(files.check_sections(case)).message


def test_dictionary(make_case, tmp_path):
    assert only(files.check_dictionary(make_case())).message.startswith("36 characters: the built-in")
    path = tmp_path / "dict.txt"
    path.write_text("a\nb\n")
    case = make_case(f"Global.character_dict_path={path}")
    assert only(files.check_dictionary(case)).message == f"2 characters: {path}"
    path.unlink()
    case.charset = None
    finding = only(files.check_dictionary(case))
    assert finding.level == "FAULT" and str(path) in finding.message
    assert case.charset is None and case.config["Global"]["character_dict_path"] is None


def test_inputs(make_case, tmp_path):
    finding = only(files.check_inputs(make_case(f"Global.infer_img={tmp_path}/none.png")))
    assert finding.level == "note" and "none.png" in finding.message
    assert [*files.check_inputs(make_case(f"Global.infer_img={tmp_path}"))] == []


def test_output(make_case, tmp_path, monkeypatch):
    case = make_case(f"Global.save_model_dir={tmp_path}/a/b")
    assert only(files.check_output(case)).level == "ok"
    assert not (tmp_path / "a").exists()
    monkeypatch.setattr(files.os, "access", lambda path, mode: False)
    assert only(files.check_output(case)).level == "FAULT"
    (tmp_path / "a").write_text("a file")
    finding = only(files.check_output(case))
    assert finding.level == "FAULT" and "not a folder" in finding.message


def test_disk(make_case, tmp_path, monkeypatch):
    case = make_case(f"Global.save_model_dir={tmp_path}", "Global.epoch_num=9", "Global.save_epoch_step=4")
    case.step = DryStep(4, 1.0, 1.0, 10 << 20, 0, 20 << 20, 0)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(150 << 20))
    finding = only(files.check_disk(case))  # of epochs 4 and 8, latest and best
    assert finding.level == "ok"
    assert finding.message.startswith("4 checkpoints of 30 MiB, and one while it is saved, make 150 MiB")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage((150 << 20) - 1))
    finding = only(files.check_disk(case))
    assert finding.level == "FAULT" and "save_epoch_step (4)" in finding.message
    averaged = make_case(f"Global.save_model_dir={tmp_path}", "Global.epoch_num=9", "Global.ema_decay=0.9")
    averaged.step = case.step
    assert "with the averaged weights" in only(files.check_disk(averaged)).message


def test_weights(make_case, weights):
    assert "from scratch" in only(files.check_weights(make_case())).message
    case = make_case(f"Global.pretrained_model={weights}")
    case.model = build_model(case.config)
    finding = only(files.check_weights(case))
    assert finding.level == "ok" and finding.message.endswith("entries fit")
    other = make_case(f"Global.pretrained_model={weights}", "Architecture.Head.hidden_size=48")
    other.model = build_model(other.config)
    finding = only(files.check_weights(other))
    assert finding.level == "note" and "start fresh" in finding.message
    other.config = Config({name: value for name, value in other.config.items() if name != "Train"})
    with pytest.raises(CheckpointError, match="for another config"):
        [*files.check_weights(other)]


def test_checkpoint(make_case, weights, tmp_path):
    assert [*files.check_checkpoint(make_case())] == []
    for suffix in ("pdparams", "pdopt", "states"):
        shutil.copy(f"{weights}.pdparams", tmp_path / f"latest.{suffix}")
    case = make_case(f"Global.checkpoints={tmp_path}/latest")
    case.model = build_model(case.config)
    assert only(files.check_checkpoint(case)).level == "ok"
    (tmp_path / "latest.pdopt").write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match=r"latest\.pdopt"):
        [*files.check_checkpoint(case)]
