"""Opens a model that was exported: which files there are, what is said about them, and what runs them."""

import functools
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug.operators import DecodeImage
from ppocr_rare.data.imaug.rec_img_aug import RecResizeImg
from ppocr_rare.engine.read.backends import Backend, BackendOptions
from ppocr_rare.engine.read.backends.engines import (
    ExportedEngine,
    is_installed,
    runtime_of_onnx,
    start_backend,
    start_step,
)
from ppocr_rare.engine.read.description import FILE_NAME, ModelDescription, read_description, sha256
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.errors import CheckpointError, ConfigError
from ppocr_rare.postprocess import AttnLabelDecode

PROGRAMS = ("inference.json", "inference.pdmodel")
PARAMS = "inference.pdiparams"
ONNX, ONNX_INT8 = "model.onnx", "model_int8.onnx"
STEP_PROGRAMS, STEP_PARAMS, STEP_ONNX = ("step.json", "step.pdmodel"), "step.pdiparams", "step.onnx"
STEP_FILES = (*STEP_PROGRAMS, STEP_PARAMS, STEP_ONNX)
MODEL_FILES = (*PROGRAMS, PARAMS, ONNX, ONNX_INT8, FILE_NAME, f"{PARAMS}.info", *STEP_FILES)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Overrides:
    """What a user says about a model beside its description; None: nothing.

    Args:
        image_shape: (3, H, W) of the input.
        charset: the dictionary.
        max_text_length: L.
        charset_source: what to call the dictionary in a fault.
        use_space_char: whether a space belongs to the dictionary, where that is all that is said of it.
    """

    image_shape: tuple[int, int, int] | None = None
    charset: Charset | None = None
    max_text_length: int | None = None
    charset_source: str = "the dictionary"
    use_space_char: bool | None = None


def is_exported(path: Path) -> bool:
    """Whether a path is an exported model rather than a folder that training wrote."""
    return path.suffix == ".onnx" or any((path / name).exists() for name in (*MODEL_FILES,))


def holds_program(folder: Path) -> bool:
    """Whether Paddle Inference has a model in a folder."""
    return any((folder / name).is_file() for name in PROGRAMS)


def open_exported(
    path: Path,
    engine: ExportedEngine | None = None,
    options: BackendOptions | None = None,
    overrides: Overrides | None = None,
) -> LoadedModel:
    """Opens an exported model and tries that it is what it is said to be.

    Args:
        path: the folder that ``export_model.py`` or PaddleOCR wrote, or a ``.onnx`` file.
        engine: what runs it; None: Paddle Inference, or ``runtime_of_onnx`` where there is no Paddle or nothing for it.
        options: how to run it.
        overrides: what differs from its description.

    Raises:
        CheckpointError: the model is not there, not whole, or cannot be loaded.
        ConfigError: the description, an override or the precision does not fit the model, or its engine.
    """
    options, overrides = options or BackendOptions(), overrides or Overrides()
    folder, engine, files = find_files(path, engine, options)
    written = read_description(folder)
    if written is None:
        logger.warning("%s holds no %s: it is taken for RARE as PaddleOCR exports it", folder, FILE_NAME)
        if options.enable_mkldnn is None:  # what PaddleOCR exports does not load with oneDNN
            options = replace(options, enable_mkldnn=False)
    else:
        written.check_files(folder, [file.name for file in files])
        _warn_of_other_weights(files[0], written)
    description, charset = _apply(overrides, written or ModelDescription(), folder if written else None)
    backend = start_backend(engine, files, options)
    _try_out(backend, description, charset, files[0], overrides)
    resize = RecResizeImg(description.image_shape, description.padding, description.interpolation)
    operators = [DecodeImage(description.img_mode), resize]
    post_process = AttnLabelDecode(description.stop_at_eos, description.temperature, description.score, charset=charset)
    step_files = [file for file in _step_files(files) if file.is_file()]
    if written and step_files:
        written.check_files(folder, [file.name for file in step_files])
    return LoadedModel(
        operators,
        backend,
        post_process,
        description.outputs,
        max_text_length=description.max_text_length,
        state_size=description.state_size,
        open_step=functools.cache(lambda: start_step(engine, step_files, options)) if step_files else None,
    )


def _step_files(files: list[Path]) -> list[Path]:
    """What the decoder's step lies in beside a model of these files, where it was exported."""
    if len(files) == 1:
        return [files[0].with_name(STEP_ONNX)]
    return [files[0].with_name(f"step{files[0].suffix}"), files[0].with_name(STEP_PARAMS)]


def find_files(
    path: Path, engine: ExportedEngine | None, options: BackendOptions
) -> tuple[Path, ExportedEngine, list[Path]]:
    """The model's folder, what runs it, and its files: graph and parameters for Paddle, one for the others.

    Args and faults: of ``open_exported``.
    """
    runtime = runtime_of_onnx(engine)
    if path.suffix == ".onnx":
        if not path.is_file():
            raise CheckpointError(f"{path} does not exist")
        if path.name != ONNX or options.precision != "int8":
            return path.parent, runtime, [path]
        path, engine = path.parent, runtime
    if not path.is_dir():
        raise CheckpointError(f"{path} is not a folder with a model")
    onnx = path / (ONNX_INT8 if options.precision == "int8" else ONNX)
    can_run_program = holds_program(path) and is_installed("paddle")
    if engine == runtime or (engine is None and not can_run_program and onnx.is_file()):
        if not onnx.is_file():
            option = " --int8" if onnx.name == ONNX_INT8 else ""
            raise CheckpointError(f"{path} holds no {onnx.name}: make it with tools/export_onnx.py{option}")
        return path, runtime, [onnx]
    return path, "paddle", [find_program(path), path / PARAMS]


def _warn_of_other_weights(model: Path, description: ModelDescription) -> None:
    """A training's own folder may hold an export: whoever trains on may take that for what was trained last."""
    weights = model.with_name("best_accuracy.pdparams")
    if description.weights_checksum and weights.is_file() and sha256(weights) != description.weights_checksum:
        logger.warning("%s is not what %s, which is read, was exported from: export again", weights, model.name)


def find_program(folder: Path) -> Path:
    """The graph of an exported model for Paddle Inference; its parameters lie beside it.

    Raises:
        CheckpointError: the folder holds none, or no parameters.
    """
    programs = [folder / name for name in PROGRAMS if (folder / name).is_file()]
    if not programs:
        raise CheckpointError(f"{folder} holds no {' or '.join(PROGRAMS)}: export a model with tools/export_model.py")
    if not (folder / PARAMS).is_file():
        raise CheckpointError(f"{folder} holds {programs[0].name}, but no {PARAMS}")
    return programs[0]


def find_step(folder: Path) -> Path | None:
    """The program of the decoder's step beside an exported model; None where it was exported without."""
    return next((folder / name for name in STEP_PROGRAMS if (folder / name).is_file()), None)


def _apply(
    overrides: Overrides, description: ModelDescription, folder: Path | None
) -> tuple[ModelDescription, Charset]:
    """The description with the overrides, which may not contradict it."""
    charset = overrides.charset or description.charset
    if folder:
        source = folder / FILE_NAME
        for name in ("image_shape", "max_text_length"):
            said, known = getattr(overrides, name), getattr(description, name)
            if said is not None and said != known:
                raise ConfigError(f"{name} {_show(said)} contradicts {_show(known)} of {source}")
        if overrides.use_space_char is False and overrides.charset is None and " " in description.characters:
            raise ConfigError(f"use_space_char False contradicts {source}, whose dictionary has a space")
        if len(charset) != len(description.charset):
            raise ConfigError(
                f"{overrides.charset_source} has {len(charset) - 2} characters, {source} has "
                f"{len(description.characters)}"
            )
    given = {name: getattr(overrides, name) for name in ("image_shape", "max_text_length")}
    return replace(description, **{name: value for name, value in given.items() if value is not None}), charset


def _try_out(
    backend: Backend, description: ModelDescription, charset: Charset, path: Path, overrides: Overrides
) -> None:
    """Runs the model once, so that a description that does not fit it is told before any image is read."""
    shape = description.image_shape
    if backend.image_shape not in (None, shape):
        raise ConfigError(f"image_shape {_show(shape)} does not fit {path}, which takes {_show(backend.image_shape)}")
    try:
        probabilities = backend(np.zeros((1, *shape), np.float32))[0]
    except Exception as error:
        raise CheckpointError(f"{path} does not run on images of {_show(shape)}") from error
    if probabilities.ndim != 3 or probabilities.shape[2] != len(charset):
        raise ConfigError(
            f"{overrides.charset_source} has {len(charset) - 2} characters, which makes {len(charset)} classes; "
            f"{path} gives {list(probabilities.shape)}: is it a RARE model with this dictionary?"
        )
    num_steps = probabilities.shape[1]
    if description.max_text_length < num_steps or overrides.max_text_length not in (None, num_steps):
        raise ConfigError(
            f"max_text_length {description.max_text_length} does not fit {path}, which gives {num_steps} steps"
        )


def _show(value: Any) -> str:
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)
