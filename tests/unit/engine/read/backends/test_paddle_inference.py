"""Paddle Inference with a network of one operator, 2 x, and with files that it must not see."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
import paddle
import pytest

from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.paddle_inference import PaddleBackend
from ppocr_rare.errors import CheckpointError


class Double(paddle.nn.Layer):
    def __init__(self):
        super().__init__()
        self.factor = self.create_parameter([1], default_initializer=paddle.nn.initializer.Constant(2.0))

    def forward(self, x):
        return x * self.factor


@pytest.fixture
def files(tmp_path):
    """Program and parameters."""
    spec = paddle.static.InputSpec([None, 3, 32, 100], "float32", "x")
    paddle.jit.save(paddle.jit.to_static(Double(), input_spec=[spec], full_graph=True), str(tmp_path / "inference"))
    program = next(path for path in tmp_path.iterdir() if path.suffix in (".json", ".pdmodel"))
    return program, tmp_path / "inference.pdiparams"


@pytest.mark.parametrize("options", [{}, {"enable_mkldnn": False}, {"enable_mkldnn": True}, {"ir_optim": False}])
def test_it_runs_batches_of_any_size_and_kind_of_number(files, options):
    backend = PaddleBackend(*files, BackendOptions(cpu_threads=1, **options))
    for size in (1, 4, 2):
        images = np.random.default_rng(0).random((size, 3, 32, 100))  # float64
        (found,) = backend(images[:, :, :, ::-1])
        np.testing.assert_allclose(found, 2 * images[:, :, :, ::-1], rtol=1e-6)


def test_a_result_stays_when_the_next_batch_is_run(files):
    backend = PaddleBackend(*files, BackendOptions())
    first = backend(np.ones((1, 3, 32, 100)))[0]
    backend(np.zeros((1, 3, 32, 100)))
    assert first.min() == 2


def test_threads_get_their_own_results(files):
    backend = PaddleBackend(*files, BackendOptions(cpu_threads=1))
    batches = [np.full((size, 3, 32, 100), value) for value in range(40) for size in (1, 2)]
    with ThreadPoolExecutor(8) as pool:
        for batch, (found,) in zip(batches, pool.map(backend, batches), strict=True):
            assert found.shape == batch.shape and (found == 2 * batch).all()


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("content", [b"", b"text, and no model", b"\xff" * 4000])
def test_what_is_no_model_is_one_line_and_no_crash(files, which, content):
    files[which].write_bytes(content)
    with pytest.raises(CheckpointError, match=r"cannot be loaded: .+") as raised:
        PaddleBackend(*files, BackendOptions())
    assert "\n" not in str(raised.value)


def test_params_without_their_last_byte(files):
    """Paddle itself takes them, and reads what lies behind."""
    files[1].write_bytes(files[1].read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="inference.pdiparams cannot be loaded: it is cut short"):
        PaddleBackend(*files, BackendOptions())


def test_the_new_format_in_paddle_2(files, monkeypatch):
    """Paddle 2.6 would end the process."""
    monkeypatch.setattr(paddle, "__version__", "2.6.2")
    program = files[0].with_suffix(".json")
    program.write_text("{}")
    with pytest.raises(CheckpointError, match="inference.json needs Paddle 3; this is Paddle 2.6.2"):
        PaddleBackend(program, files[1], BackendOptions())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"use_gpu": True}, "use_gpu is True, but no GPU can be used: using the CPU"),
        ({"precision": "fp16"}, "precision fp16 is for GPUs in Paddle Inference: the CPU computes in fp32"),
    ],
)
def test_what_the_cpu_cannot_do_is_a_warning(files, options, message, monkeypatch, caplog):
    monkeypatch.setattr(paddle, "is_compiled_with_cuda", lambda: False)
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        PaddleBackend(*files, BackendOptions(**options))
    assert [record.message for record in caplog.records] == [message]


def test_a_program_that_writes_files_is_never_opened(tmp_path, files):
    """Paddle's own writer of files, in a program that Paddle itself made."""
    paddle.enable_static()
    try:
        target = tmp_path / "written"
        with getattr(paddle.pir_utils, "OldIrGuard", nullcontext)():
            main = paddle.static.Program()
            block = main.global_block()
            value = block.create_var(name="v", shape=[1], dtype="float32")
            block.append_op(type="fill_constant", outputs={"Out": [value]}, attrs={"shape": [1], "value": 1.0})
            block.append_op(
                type="save_combine",
                inputs={"X": [value]},
                outputs={"Y": [block.create_var(name="y", type=paddle.base.core.VarDesc.VarType.RAW)]},
                attrs={"file_path": str(target)},
            )
            data = main.desc.serialize_to_string()
    finally:
        paddle.disable_static()
    (tmp_path / "evil.pdmodel").write_bytes(data)
    with pytest.raises(CheckpointError, match="save_combine"):
        PaddleBackend(tmp_path / "evil.pdmodel", files[1], BackendOptions())
    assert not target.exists()
