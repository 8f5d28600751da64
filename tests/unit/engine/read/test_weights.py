"""Which weights are taken from a folder or a configuration, and that incomplete ones are refused."""

import shutil

import paddle
import pytest
from material import CONFIG

from ppocr_rare import load_config
from ppocr_rare.engine.read.weights import find_model, load_weights, pretrained_weights
from ppocr_rare.errors import CheckpointError, RareError
from ppocr_rare.utils.checkpoint.save_load import save_checkpoint


@pytest.fixture
def model_dir(tmp_path, weights):
    """A folder as training leaves it."""
    shutil.copy(CONFIG, tmp_path / "config.yml")
    shutil.copy(f"{weights}.pdparams", tmp_path / "best_accuracy.pdparams")
    return tmp_path


def test_which_weights_of_a_folder(model_dir):
    best = model_dir / "best_accuracy.pdparams"
    (model_dir / "latest.pdparams").touch()
    (model_dir / "iter_epoch_3.pdparams").touch()
    assert find_model(model_dir) == (model_dir / "config.yml", best)
    best.unlink()
    assert find_model(model_dir)[1].name == "latest.pdparams"
    (model_dir / "latest.pdparams").unlink()
    assert find_model(model_dir)[1].name == "iter_epoch_3.pdparams"
    (model_dir / "iter_epoch_6.pdparams").touch()
    with pytest.raises(CheckpointError, match="found: iter_epoch_3.pdparams, iter_epoch_6.pdparams"):
        find_model(model_dir)


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(CheckpointError, match="is not a folder with a model"):
        find_model(tmp_path / "none")
    with pytest.raises(CheckpointError, match="holds no config.yml"):
        find_model(tmp_path)
    (tmp_path / "config.yml").touch()
    with pytest.raises(CheckpointError, match="found: none"):
        find_model(tmp_path)


def test_weights_with_a_hole_are_refused(tmp_path):
    save_checkpoint(paddle.nn.Linear(2, 2), tmp_path / "linear")
    with pytest.raises(CheckpointError, match="2 of the model's 4 entries"):
        load_weights(_Larger(), tmp_path / "linear")


class _Larger(paddle.nn.Linear):
    """Has what a linear layer has, and as much again."""

    def __init__(self):
        super().__init__(2, 2)
        self.second = paddle.nn.Linear(2, 2)


def test_where_weights_come_from():
    def weights_of(*overrides):
        return pretrained_weights(load_config(CONFIG, overrides))

    assert weights_of("Global.pretrained_model=a", "Global.checkpoints=b") == "a"
    assert weights_of("Global.checkpoints=b") == "b"
    with pytest.raises(RareError, match="no weights: say -o Global.pretrained_model"):
        weights_of()
