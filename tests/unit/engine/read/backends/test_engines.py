"""What ONNX Runtime and OpenVINO have in common: batches, threads, and how they say what is wrong."""

import logging
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ppocr_rare.engine.read.backends import BackendOptions, openvino_runtime
from ppocr_rare.errors import CheckpointError, RareError


def test_it_runs_batches_of_any_size_and_kind_of_number(engine, model_file):
    backend = engine.Backend(model_file(), BackendOptions(cpu_threads=1))
    assert backend.image_shape == (3, 32, 100)
    for size in (1, 4):
        images = np.random.default_rng(0).random((size, 3, 32, 100))  # float64
        (found,) = backend(images[:, :, :, ::-1])
        np.testing.assert_allclose(found, 2 * images[:, :, :, ::-1], rtol=1e-6)


def test_several_threads_run_beside_each_other(engine, model_file):
    backend = engine.Backend(model_file(), BackendOptions(cpu_threads=3))
    assert backend.num_at_once == 3
    batches = [np.full((1 + number % 3, 3, 32, 100), number, np.float32) for number in range(12)]
    for run in (backend.run_beside, backend):
        with ThreadPoolExecutor(6) as pool:
            found = [output for (output,) in pool.map(run, batches)]
        for number, output in enumerate(found):
            assert output.shape[0] == 1 + number % 3 and (output == 2 * number).all()


@pytest.mark.parametrize("cpu_threads", [1, 3])
def test_parts_of_a_large_batch_end_each_for_themselves(engine, ending_model_file, cpu_threads):
    backend = engine.Backend(ending_model_file, BackendOptions(cpu_threads=cpu_threads))
    lengths = np.array([1.0] * 12 + [2.0] * 8)
    images = np.broadcast_to(lengths[:, None, None, None], (20, 3, 2, 2))
    for run in (backend, backend.run_beside):
        (found,) = run(images)
        assert found.shape == (20, 2, 2, 2)
        for row, length in zip(found, lengths, strict=True):
            assert (row[: int(length)] == length).all()


def test_half_precision_is_not_its_business_and_says_so(engine, model_file, caplog):
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        engine.Backend(model_file(), BackendOptions(precision="fp16"))
    assert f"{engine.name} computes in fp32" in caplog.text


def test_a_model_of_any_image_size(engine, model_file):
    backend = engine.Backend(model_file(("N", 3, "H", "W")), BackendOptions())
    assert backend.image_shape is None
    assert backend(np.ones((1, 3, 8, 9)))[0].shape == (1, 3, 8, 9)


@pytest.mark.parametrize("content", [b"", b"text", b"\x08\x08", None])
def test_what_is_no_model_is_one_line(engine, model_file, content, capfd):
    file = model_file()
    file.write_bytes(file.read_bytes()[:-20] if content is None else content)
    with pytest.raises(CheckpointError, match=r"model.onnx cannot be loaded: .+") as raised:
        engine.Backend(file, BackendOptions())
    assert "\n" not in str(raised.value) and "Exception from" not in str(raised.value)
    assert capfd.readouterr() == ("", "")


def test_a_gpu_that_is_not_there_is_a_warning(engine, model_file, monkeypatch, caplog):
    if engine.library == "onnxruntime":
        import onnxruntime

        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    engine.Backend(model_file(), BackendOptions(use_gpu=True))
    (record,) = caplog.records
    assert record.message.startswith(f"use_gpu is True, but {engine.name} ") and "the CPU" in record.message


def test_without_its_library(engine, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, engine.library, None)
    openvino_runtime._core.cache_clear()
    message = rf"{engine.library} is not installed: pip install 'ppocr_rare\[{engine.extra}\]'"
    with pytest.raises(RareError, match=message):
        engine.Backend(tmp_path / "model.onnx", BackendOptions())
