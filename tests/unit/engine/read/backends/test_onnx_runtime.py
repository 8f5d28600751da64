"""ONNX Runtime's own options; what it shares with OpenVINO is in test_engines.py."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend
from ppocr_rare.errors import RareError


def test_who_calls_while_another_runs_gets_one_thread(model_file, monkeypatch):
    backend = OnnxBackend(model_file(), BackendOptions(cpu_threads=2))
    sessions, inside, go_on = [], threading.Event(), threading.Event()

    def run(session, images):
        sessions.append(session.get_session_options().intra_op_num_threads)
        inside.set()
        assert len(sessions) > 1 or go_on.wait(10)
        return [images]

    monkeypatch.setattr(backend, "_run", run)
    images = np.zeros((1, 3, 32, 100), np.float32)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(backend, images)
        assert inside.wait(10)
        backend(images)
        go_on.set()
        first.result()
    backend(images)
    assert sessions == [2, 1, 2]


def test_providers_that_are_not_there_are_named(model_file):
    with pytest.raises(RareError, match="onnx_providers: NoProvider cannot be used here; there are: .*CPUExecution"):
        OnnxBackend(model_file(), BackendOptions(onnx_providers=("NoProvider",)))
    OnnxBackend(model_file(), BackendOptions(onnx_providers=("CPUExecutionProvider",)))
