"""Weights that read something, written once, and a recogniser with them."""

import shutil

import pytest
from material import CONFIG, save_weights, word_image

from ppocr_rare import TextRecognizer, load_config


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """Prefix of weights for the small configuration."""
    return save_weights(tmp_path_factory.mktemp("weights") / "tiny")


@pytest.fixture(scope="session")
def config():
    return load_config(CONFIG, ["Global.use_gpu=False", "Global.max_text_length=8"])  # untrained words end late


@pytest.fixture(scope="session")
def recognizer(config, weights):
    return TextRecognizer(config=config, weights=weights)


@pytest.fixture(scope="session")
def images():
    return [word_image(number) for number in range(33)]


@pytest.fixture
def model_dir(tmp_path, weights):
    """A folder as training leaves it."""
    text = CONFIG.read_text(encoding="utf-8").replace("max_text_length: 25", "max_text_length: 8")
    (tmp_path / "config.yml").write_text(text, encoding="utf-8")
    shutil.copy(f"{weights}.pdparams", tmp_path / "best_accuracy.pdparams")
    return tmp_path
