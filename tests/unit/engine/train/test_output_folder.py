"""The folder of a training: one at a time, none overwritten, and resumed as it was."""

import pytest

from ppocr_rare.config import Config
from ppocr_rare.engine.train import output_folder
from ppocr_rare.engine.train.output_folder import checkpoint_prefix, claimed_folder, require_same_setup
from ppocr_rare.errors import CheckpointError, RareError
from ppocr_rare.utils.ranks import Ranks


def config(folder, batch_size=4, dictionary=None, **settings):
    return Config(
        {
            "Global": {
                "save_model_dir": str(folder), "checkpoints": None, "overwrite": False,
                "character_dict_path": dictionary, "use_space_char": False, **settings,
            },
            "Architecture": {"Neck": {"hidden_size": 96}},
            "Optimizer": {"name": "Adam"},
            "Train": {"loader": {"batch_size_per_card": batch_size}},
        }
    )  # fmt: skip


def test_two_trainings_do_not_write_to_one_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(output_folder, "PATIENCE_S", 0.0)
    with claimed_folder(config(tmp_path), Ranks()):
        with pytest.raises(RareError, match="another training writes there"), claimed_folder(config(tmp_path), Ranks()):
            pass
        with claimed_folder(config(tmp_path), Ranks(rank=1)):  # of the same run
            pass
    with claimed_folder(config(tmp_path), Ranks()):
        pass


def test_a_training_is_overwritten_only_where_that_is_asked_for(tmp_path):
    (tmp_path / "latest.states").touch()
    with pytest.raises(RareError) as fault, claimed_folder(config(tmp_path), Ranks()):
        pass
    for way in (f"Global.checkpoints={tmp_path / 'latest'}", "Global.save_model_dir=", "Global.overwrite=True"):
        assert way in str(fault.value)
    for settings in ({"overwrite": True}, {"checkpoints": "x"}):
        with claimed_folder(config(tmp_path, **settings), Ranks()):
            pass


def test_a_folder_stands_for_its_latest(tmp_path):
    assert checkpoint_prefix(str(tmp_path)) == str(tmp_path / "latest")
    assert checkpoint_prefix(str(tmp_path / "best_accuracy")) == str(tmp_path / "best_accuracy")


def test_what_differs_is_named_in_one_line(tmp_path):
    dictionary, other = tmp_path / "a.txt", tmp_path / "b.txt"
    dictionary.write_text("a")
    other.write_text("b")
    config(tmp_path, dictionary=str(dictionary)).dump(str(tmp_path / "config.yml"))
    prefix = str(tmp_path / "latest")
    require_same_setup(config("elsewhere", dictionary=str(dictionary)), prefix)
    with pytest.raises(CheckpointError) as fault:
        require_same_setup(config("elsewhere", batch_size=8, dictionary=str(other)), prefix)
    assert "Train.loader.batch_size_per_card was 4 and is 8" in str(fault.value)
    assert f"Global.character_dict_path was {dictionary} and is {other}" in str(fault.value)
    assert "\n" not in str(fault.value)
    other.write_text("a")  # the same characters under another name
    require_same_setup(config("elsewhere", dictionary=str(other)), prefix)


def test_a_checkpoint_without_a_configuration_is_taken(tmp_path):
    require_same_setup(config(tmp_path), str(tmp_path / "latest"))
