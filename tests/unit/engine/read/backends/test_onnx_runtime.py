"""ONNX Runtime's own options; what it shares with OpenVINO is in test_engines.py."""

import pytest

from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.onnx_runtime import OnnxBackend
from ppocr_rare.errors import RareError


def test_providers_that_are_not_there_are_named(model_file):
    with pytest.raises(RareError, match="onnx_providers: NoProvider cannot be used here; there are: .*CPUExecution"):
        OnnxBackend(model_file(), BackendOptions(onnx_providers=("NoProvider",)))
    OnnxBackend(model_file(), BackendOptions(onnx_providers=("CPUExecutionProvider",)))
