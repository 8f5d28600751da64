"""Fixtures that several folders of tests use."""

import os
import signal
import warnings

import pytest

os.environ.setdefault("GLOG_minloglevel", "2")  # Paddle's own chatter on stderr
warnings.filterwarnings("ignore", category=UserWarning, module="paddle")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as nohup leaves it: the tools started here are to see Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = __import__("pathlib").Path(__file__).resolve().parents[1]
CONFIGS = ("rec_mv3_tps_bilstm_att", "rec_r34_vd_tps_bilstm_att")


@pytest.fixture(scope="session")
def config_path():
    """Path of a configuration of this repository by its name."""
    return lambda name: ROOT / "configs" / "rec" / f"{name}.yml"
