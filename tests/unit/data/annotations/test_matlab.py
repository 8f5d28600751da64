"""Bounded, and one line where it cannot be read. What the sets hold is tested with their readers."""

import sys

import numpy as np
import pytest

from ppocr_rare.data.annotations import matlab
from ppocr_rare.data.annotations.matlab import is_matlab, load_matlab
from ppocr_rare.errors import SampleError


@pytest.fixture
def path(tmp_path):
    scipy_io = pytest.importorskip("scipy.io")
    scipy_io.savemat(tmp_path / "a.mat", {"gt": np.zeros(400_000), "other": np.ones((1, 3))}, do_compression=True)
    return tmp_path / "a.mat"


def test_the_variables_asked_for(path):
    assert is_matlab(path.read_bytes()[:32]) and not is_matlab(b"MATLAB is a language")
    found = load_matlab(path, ["polygt", "other"])
    assert list(found) == ["other"] and found["other"].tolist() == [1, 1, 1]


def test_a_file_that_grows_beyond_measure_is_refused(path, monkeypatch):
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(matlab, "MAX_UNPACKED_BYTES", 3_000_000)
    with pytest.raises(SampleError, match="MATLAB file: .*unpacks to more than 3000000 bytes"):
        load_matlab(path, ["gt"])
    monkeypatch.setattr(matlab, "MAX_UNPACKED_BYTES", 4_000_000)
    assert load_matlab(path, ["gt"])["gt"].shape == (400_000,)


def test_damaged_files(path):
    data = path.read_bytes()
    for damaged in (b"no MATLAB file at all" * 20, data[:150], data[:128] + b"\xff" * 64, b"MATLAB 7.3 MAT-file" * 20):
        path.write_bytes(damaged)
        with pytest.raises(SampleError, match="MATLAB file"):
            load_matlab(path, ["gt"])
    path.write_bytes(b"")
    with pytest.raises(SampleError, match="empty file"):
        load_matlab(path, ["gt"])


def test_without_scipy_one_line_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "a.mat").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    with pytest.raises(SampleError, match=r"MATLAB file: .*pip install 'ppocr_rare\[benchmark\]'"):
        load_matlab(tmp_path / "a.mat", ["gt"])
