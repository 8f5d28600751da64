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
    return load_config(CONFIG, ["Global.use_gpu=False"])


@pytest.fixture(scope="session")
def recognizer(config, weights):
    return TextRecognizer(config=config, weights=weights)


@pytest.fixture(scope="session")
def images():
    return [word_image(number) for number in range(33)]


@pytest.fixture
def model_dir(tmp_path, weights):
    """A folder as training leaves it."""
    shutil.copy(CONFIG, tmp_path / "config.yml")
    shutil.copy(f"{weights}.pdparams", tmp_path / "best_accuracy.pdparams")
    return tmp_path
