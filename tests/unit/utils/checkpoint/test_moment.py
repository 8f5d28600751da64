"""Files of one moment."""

import numpy as np
import pytest

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.moment import SUMS, checksum, clear_leftovers, recover, require_one_moment
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle, write_state

SUFFIXES = (".pdparams", ".states")


def write(prefix, number, aside=""):
    write_state(f"{prefix}.pdparams{aside}", {"w": np.full(3, number, np.float32)})
    states = {"epoch": number, SUMS: {".pdparams": checksum(f"{prefix}.pdparams{aside}")}}
    write_state(f"{prefix}.states{aside}", states)
    return states


def test_files_of_different_moments_are_refused(tmp_path):
    prefix = tmp_path / "latest"
    states = write(prefix, 1)
    require_one_moment(prefix, states, ".states")
    write_state(f"{prefix}.pdparams", {"w": np.zeros(3, np.float32)})
    with pytest.raises(CheckpointError, match="latest.pdparams and .*latest.states are of different moments"):
        require_one_moment(prefix, states, ".states")
    require_one_moment(prefix, {"epoch": 1}, ".states")  # PaddleOCR's, and older ones of ours


def test_an_interrupted_save_is_verified_before_it_replaces_a_good_one(tmp_path):
    prefix = tmp_path / "latest"
    write(prefix, 1)
    write(prefix, 2, aside=".new")
    with open(f"{prefix}.pdparams.new", "r+b") as file:
        file.truncate(20)
    recover(prefix, SUFFIXES, ".states")
    assert read_pickle(f"{prefix}.states")["epoch"] == 1
    require_one_moment(prefix, read_pickle(f"{prefix}.states"), ".states")
    write(prefix, 3, aside=".new")
    recover(prefix, SUFFIXES, ".states")
    assert read_pickle(f"{prefix}.states")["epoch"] == 3
    assert not list(tmp_path.glob("*.new"))


def test_what_killed_saves_left_goes(tmp_path):
    sealed = {"best.pdparams.new", "best.states.new", "latest.pdparams", "notes.new"}
    for name in (*sealed, "latest.pdparams.new", "latest.ema.pdparams.new", ".latest.pdopt.new.12.tmp"):
        (tmp_path / name).touch()
    clear_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == sealed
