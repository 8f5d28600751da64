"""OpenVINO reads the shipped models as ONNX Runtime does, in the precision that was asked for, and tells nobody."""

import os
import subprocess
import sys

import numpy as np
import pytest
from material import ROOT

from ppocr_rare.data.synth.demo import render_demo_word
from ppocr_rare.engine.read.backends import BackendOptions, engines, openvino_runtime
from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend, OnnxStep
from ppocr_rare.engine.read.backends.openvino_runtime import OpenvinoBackend, OpenvinoStep
from ppocr_rare.engine.read.recognizer import PRETRAINED_DIR
from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.images import resize_norm_img

pytest.importorskip("onnxruntime")
if not engines.is_installed("openvino"):
    pytest.skip("OpenVINO is not installed", allow_module_level=True)

SHIPPED = sorted(path.parent for path in PRETRAINED_DIR.glob("*/model.onnx"))


@pytest.fixture(scope="module")
def images():
    words = [resize_norm_img(render_demo_word(number % 10), (3, 32, 100))[0] for number in range(32)]
    return np.stack(words) * np.linspace(0.5, 1, 32, dtype=np.float32)[:, None, None, None]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_every_output_is_onnx_runtimes(folder, images):
    options = BackendOptions(cpu_threads=2)
    theirs, ours = (backend(folder / "model.onnx", options) for backend in (OnnxBackend, OpenvinoBackend))
    assert ours.image_shape == theirs.image_shape
    for size in (1, 6, 32, 3, 13):
        for run in ("__call__", "run_beside"):
            expected, found = (getattr(backend, run)(images[:size]) for backend in (theirs, ours))
            assert len(expected) == len(found)
            np.testing.assert_array_equal(found[0].argmax(2), expected[0].argmax(2))
            np.testing.assert_allclose(found[0], expected[0], rtol=0, atol=2e-5)
            for output, reference in zip(found[1:], expected[1:], strict=True):
                np.testing.assert_allclose(output, reference, rtol=0, atol=3e-4)  # the memory's values go up to 10


def test_a_step_is_onnx_runtimes():
    rng = np.random.default_rng(0)
    theirs, ours = (step(SHIPPED[0] / "step.onnx", BackendOptions()) for step in (OnnxStep, OpenvinoStep))
    for size in (1, 5, 2):
        memory, state = rng.random((size, 25, 288), np.float32), rng.random((size, 96), np.float32)
        token = rng.integers(0, 38, size)
        for output, reference in zip(ours(memory, state, token), theirs(memory, state, token), strict=True):
            np.testing.assert_allclose(output, reference, rtol=0, atol=1e-5)


def test_bfloat16_is_chosen_and_never_by_itself(images):
    if not openvino_runtime.has_bfloat16():
        pytest.skip("this CPU does not compute in bfloat16")
    exact, rough = (
        OpenvinoBackend(SHIPPED[0] / "model.onnx", BackendOptions(precision=precision))(images[:8])[0]
        for precision in ("fp32", "bf16")
    )
    ends = (exact.argmax(2) == exact.shape[2] - 1).argmax(1)
    differences = [
        np.abs(ours[:end] - theirs[:end]).max() for ours, theirs, end in zip(rough, exact, ends, strict=True)
    ]
    assert 1e-4 < max(differences) < 0.5


def test_a_cpu_without_bfloat16_is_told(model_file, monkeypatch):
    class Core:
        def get_property(self, *_):
            return ["FP32", "INT8"]

    monkeypatch.setattr(openvino_runtime, "_core", Core)
    with pytest.raises(ConfigError, match="precision bf16: this CPU does not compute in bfloat16; say fp32"):
        OpenvinoBackend(model_file(), BackendOptions(precision="bf16"))


def test_nothing_is_told_to_anybody(tmp_path):
    """Where OpenVINO's sender of statistics is imported it writes an identity into the home and asks for an address."""
    code = f"""
import sys
asked = []
sys.addaudithook(lambda event, given: asked.append(given) if event.startswith("socket.") else None)
from pathlib import Path
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.openvino_runtime import OpenvinoBackend
OpenvinoBackend(Path({str(SHIPPED[0])!r}) / "model.onnx", BackendOptions())
print(asked, [name for name in sys.modules if name.startswith("openvino_telemetry")])
"""
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | home, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[] []\n"), done.stderr
    assert list(tmp_path.iterdir()) == []
