"""Writes a trained network as a model for Paddle Inference, and tries what it wrote."""

import datetime
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from paddle import nn
from paddle.static import InputSpec

import ppocr_rare
from ppocr_rare.builder import build_charset, build_model, build_post_process
from ppocr_rare.config import Config
from ppocr_rare.data.imaug.operators import DecodeImage
from ppocr_rare.data.imaug.rec_img_aug import RecResizeImg
from ppocr_rare.data.partial_folder import partial_folder
from ppocr_rare.data.synth.demo import DEMO_WORDS, render_demo_word
from ppocr_rare.engine.export.step_export import largest_step_difference, save_step
from ppocr_rare.engine.read.backends import Backend, BackendOptions
from ppocr_rare.engine.read.backends.paddle_inference import PaddleBackend, PaddleStep
from ppocr_rare.engine.read.description import FILE_NAME, ModelDescription, read_description, sha256
from ppocr_rare.engine.read.exported import MODEL_FILES, ONNX, ONNX_INT8, PARAMS, PROGRAMS, STEP_ONNX
from ppocr_rare.engine.read.weights import load_weights
from ppocr_rare.errors import ConfigError, RareError
from ppocr_rare.modeling.architectures.export_model import ExportModel

TOLERANCE = 1e-4
# oneDNN sums in another order, and a network that was hardly trained enlarges that from step to step.
TOLERANCE_MKLDNN = 1e-2

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExportResult:
    """What was written.

    Args:
        files: the files, in the order of their writing.
        largest_difference: of a probability from the trained network's, over the images that were tried.
        largest_difference_mkldnn: the same with oneDNN.
        num_images: how many these were.
    """

    files: list[Path]
    largest_difference: float
    largest_difference_mkldnn: float
    num_images: int


def export_model(config: Config, weights: str | Path, folder: str | Path) -> ExportResult:
    """Exports the network of a configuration.

    Args:
        config: ``Global.export_format`` says in which form, ``Global.export_attention`` whether the attention weights
            and the fiducial points are further outputs.
        weights: a ``.pdparams`` file or its path without the ending.
        folder: gets ``inference.json`` (or ``inference.pdmodel``), ``inference.pdiparams`` and ``inference.yml``, with
            ``export_attention`` also ``step.json`` and ``step.pdiparams`` (see ``ExportStep``), and
            keeps what else it holds. An earlier export of ours is replaced, with what was made of it; another model
            under these names is refused.

    Raises:
        RareError: the weights cannot be used, the folder cannot be written, or the exported model differs by more than
            ``TOLERANCE``; then nothing is left of it.
    """
    settings = config["Global"]
    is_legacy = _is_legacy(settings["export_format"])
    paddle.set_device("cpu")
    network = build_model(config)
    source = load_weights(network, weights)
    network.eval()
    description = describe(config)
    images = _trial_images(description)
    expected = trained_outputs(network, images)
    earlier = _earlier_export(Path(folder))
    with partial_folder(folder, earlier, is_shared=True) as partial:
        _save(ExportModel(network, description.stop_at_eos, settings["export_attention"]), description, partial)
        program = partial / PROGRAMS[is_legacy]
        differences = []
        for has_mkldnn, tolerance in ((False, TOLERANCE), (True, TOLERANCE_MKLDNN)):
            backend = PaddleBackend(program, partial / PARAMS, BackendOptions(enable_mkldnn=has_mkldnn))
            differences.append(largest_difference(backend, images, expected, description))
            _check_difference("model", differences[-1], tolerance)
        names = [program.name, PARAMS]
        if settings["export_attention"]:
            details = dict(zip(description.outputs, backend(images), strict=True))
            names += _save_step(network, description, details, partial)
        checksums = {name: sha256(partial / name) for name in names}
        _stamped(description, checksums, sha256(source)).write(partial)
    for name in sorted({ONNX, ONNX_INT8, STEP_ONNX} & set(earlier)):
        logger.warning("%s is gone, it was the earlier export's: tools/export_onnx.py", Path(folder) / name)
    files = [Path(folder) / name for name in (*names, FILE_NAME)]
    plain, with_mkldnn = differences
    return ExportResult(files, plain, with_mkldnn, len(images))


def _save(exported: nn.Layer, description: ModelDescription, folder: Path) -> None:
    exported.eval()
    spec = InputSpec([None, *description.image_shape], "float32", "x")
    static = paddle.jit.to_static(exported, input_spec=[spec], full_graph=True)
    paddle.jit.save(static, str(folder / "inference"))
    (folder / f"{PARAMS}.info").unlink(missing_ok=True)  # Paddle 2's notes on variables; nothing reads them


def _save_step(
    network: nn.Layer, description: ModelDescription, details: dict[str, np.ndarray], folder: Path
) -> list[str]:
    """Writes the decoder's step, too, and gives the names of its files."""
    files = save_step(network.head, folder / "step", details["memory"].shape[1])
    step = PaddleStep(*files, BackendOptions(enable_mkldnn=False))
    difference = largest_step_difference(step, description.state_size, description.charset, details)
    _check_difference("step", difference, TOLERANCE)
    return [file.name for file in files]


def _check_difference(what: str, difference: float, tolerance: float) -> None:
    if not difference <= tolerance:
        raise RareError(f"the exported {what} differs from the trained one by {difference:.2e}: nothing was kept")


def _earlier_export(folder: Path) -> list[str]:
    """The files in a folder that an export of ours has left there.

    Raises:
        RareError: another model is there under the names of an export.
    """
    found = [name for name in MODEL_FILES if (folder / name).exists()]
    try:
        is_ours = read_description(folder) is not None
    except ConfigError:
        is_ours = False
    if found and not is_ours:
        raise RareError(
            f"{folder} holds {found[0]}, which tools/export_model.py has not written: say another "
            "Global.save_inference_dir, or move it away"
        )
    return found


def _is_legacy(export_format: str | None) -> bool:
    """Whether Paddle writes ``.pdmodel``: Paddle 2 always does, Paddle 3 no more."""
    is_paddle2 = int(paddle.__version__.split(".")[0]) < 3
    if export_format == "legacy" and not is_paddle2:
        raise ConfigError(
            f"Global.export_format: legacy needs Paddle 2.6: Paddle {paddle.__version__} has operators of this network "
            "(grid_sample, matmul, tanh) in its new format alone. What Paddle 2.6 writes runs in Paddle 3, too"
        )
    if export_format == "json" and is_paddle2:
        raise ConfigError(f"Global.export_format: json needs Paddle 3; Paddle {paddle.__version__} writes .pdmodel")
    return is_paddle2


def describe(config: Config) -> ModelDescription:
    """What a configuration says about the model that is made of it."""
    operators = {name: args or {} for entry in config["Eval"]["dataset"]["transforms"] for name, args in entry.items()}
    decode = DecodeImage(**_own(DecodeImage, operators["DecodeImage"]))
    resize = RecResizeImg(**_own(RecResizeImg, operators["RecResizeImg"]))
    post_process = build_post_process(config)
    outputs: tuple[str, ...] = ("probabilities",)
    state_size = 0
    if config["Global"]["export_attention"]:
        state_size = config["Architecture"]["Head"]["hidden_size"]
        outputs += ("attention", "memory", *(["points"] if config["Architecture"].get("Transform") else []))
    return ModelDescription(
        image_shape=resize.image_shape,
        img_mode=decode.img_mode,
        padding=resize.padding,
        interpolation=resize.interpolation,
        characters=build_charset(config).characters,
        max_text_length=config["Global"]["max_text_length"],
        stop_at_eos=post_process.stop_at_eos,
        temperature=post_process.temperature,
        score=post_process.score,
        outputs=outputs,
        state_size=state_size,
    )


def _own(cls: type, args: Mapping[str, Any]) -> dict:
    return {key: value for key, value in args.items() if key not in getattr(cls, "INERT_KEYS", ())}


def _stamped(description: ModelDescription, checksums: dict[str, str], source: str) -> ModelDescription:
    versions = {"ppocr_rare": ppocr_rare.__version__, "paddle": paddle.__version__}
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return replace(description, versions=versions, checksums=checksums, weights_checksum=source, created=now)


def _trial_images(description: ModelDescription) -> np.ndarray:
    """Network inputs [B, 3, H, W] of the demo words, and one of noise: a model need not read to be compared."""
    words = [render_demo_word(index) for index in range(len(DEMO_WORDS))]
    words.append(np.random.default_rng(0).integers(0, 256, (32, 100, 3), dtype=np.uint8))
    return np.stack([description.network_input(word) for word in words])


def trained_outputs(network: nn.Layer, images: np.ndarray) -> np.ndarray:
    """Probabilities [B, L, V] of all L steps; in passing, TPS makes its constants before anything is traced."""
    with paddle.no_grad():
        return network(paddle.to_tensor(images)).numpy()


def largest_difference(
    backend: Backend, images: np.ndarray, expected: np.ndarray, description: ModelDescription
) -> float:
    """How far a backend's probabilities are from the trained network's, up to the end of each word.

    Args:
        backend: what is tried, on the whole batch and on each image alone.
        images: network inputs [B, 3, H, W].
        expected: probabilities [B, L, V] of all L steps.
        description: of the model.
    """
    eos_id = description.charset.eos_id
    difference = 0.0
    together = backend(images)[0]
    for index, row in enumerate(expected):
        ids = row.argmax(1).tolist()
        length = ids.index(eos_id) + 1 if description.stop_at_eos and eos_id in ids else len(row)
        for found in (together[index], backend(images[index : index + 1])[0][0]):
            if found.shape[0] < length:
                return float("inf")
            difference = max(difference, float(np.abs(found[:length] - row[:length]).max()))
    return difference
