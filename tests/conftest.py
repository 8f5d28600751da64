"""Fixtures that several folders of tests use."""

import os
import warnings

import pytest

os.environ.setdefault("GLOG_minloglevel", "2")  # Paddle's own chatter on stderr
warnings.filterwarnings("ignore", category=UserWarning, module="paddle")

ROOT = __import__("pathlib").Path(__file__).resolve().parents[1]
CONFIGS = ("rec_mv3_tps_bilstm_att", "rec_r34_vd_tps_bilstm_att")


@pytest.fixture(scope="session")
def config_path():
    """Path of a configuration of this repository by its name."""
    return lambda name: ROOT / "configs" / "rec" / f"{name}.yml"
