"""Opens what a recogniser is given: a training's folder, an export, weights with their configuration."""

from pathlib import Path

from ppocr_rare.builder import build_operators, build_post_process
from ppocr_rare.config import Config, load_config
from ppocr_rare.engine.read.backends import BackendOptions, Precision
from ppocr_rare.engine.read.backends.engines import ExportedEngine, is_installed
from ppocr_rare.engine.read.description import FILE_NAME
from ppocr_rare.engine.read.exported import find_files, holds_program, is_exported, open_exported
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.engine.read.weights import find_model
from ppocr_rare.errors import ConfigError


def open_folder(
    path: str | Path,
    engine: ExportedEngine | None = None,
    use_gpu: bool | None = None,
    precision: Precision = "fp32",
    cpu_threads: int | None = None,
) -> LoadedModel:
    """Opens a model by its folder, or its ``.onnx`` file.

    Args:
        path: what training wrote, what was exported, or both; see ``TextRecognizer``.
        engine: what runs it; None: what there is.
        use_gpu: None: as the configuration says; an export runs on the CPU then.
        precision: of the computation; see ``BackendOptions``. What is not exported has fp32 alone.
        cpu_threads: that an export runs in; None: one a core.

    Raises:
        CheckpointError: no model, or not a whole one, is there.
        ConfigError: what is said of it does not fit it.
    """
    if _reads_export(Path(path), engine, use_gpu):
        options = BackendOptions(use_gpu=bool(use_gpu), precision=precision, cpu_threads=cpu_threads)
        return open_exported(Path(path), engine, options)
    config_file, weights = find_model(path)
    return open_weights(load_config(config_file), weights, use_gpu, precision)


def files_of_model(path: str | Path, engine: ExportedEngine | None = None) -> list[Path]:
    """The files that ``open_folder`` reads; arguments and faults are its own."""
    if _reads_export(Path(path), engine, None):
        folder, _, files = find_files(Path(path), engine, BackendOptions())
        return [*files, *(file for file in [folder / FILE_NAME] if file.is_file())]
    return list(find_model(path))


def open_weights(
    config: Config, weights: str | Path, use_gpu: bool | None = None, precision: Precision = "fp32"
) -> LoadedModel:
    """Opens the network of a configuration as it was trained; arguments and faults are those of ``open_folder``.

    Args:
        config: as ``load_config`` gives it.
        weights: a ``.pdparams`` file or its path without the ending.
    """
    if precision != "fp32":
        raise ConfigError(f"precision {precision}: trained weights compute in fp32; export them, and say which engine")
    from ppocr_rare.engine.read.backends.dygraph import DygraphBackend

    post_process = build_post_process(config)
    is_on_gpu = config["Global"]["use_gpu"] if use_gpu is None else use_gpu
    backend = DygraphBackend(config, weights, is_on_gpu, post_process.stop_at_eos)
    operators = build_operators(config, "Eval", with_labels=False)
    return LoadedModel(
        operators,
        backend,
        post_process,
        backend.outputs,
        backend.run_details,
        max_text_length=config["Global"]["max_text_length"],
        state_size=config["Architecture"]["Head"]["hidden_size"],
        open_step=lambda: backend.run_step,
    )


def _reads_export(path: Path, engine: ExportedEngine | None, use_gpu: bool | None) -> bool:
    """Whether the export is read: always where nothing else is there.

    Of weights with ``model.onnx`` beside them, as the shipped ones have it, ONNX Runtime or OpenVINO reads the latter,
    ten times as fast; without them, or on a GPU, Paddle reads the former.
    """
    if not is_exported(path) or holds_program(path) or not (path / "config.yml").is_file():
        return is_exported(path)
    has_runtime = is_installed("onnxruntime") or is_installed("openvino")
    return engine in ("onnx", "openvino") or (engine is None and not use_gpu and has_runtime)
