"""``inference.yml``: all that must be known to read words with an exported model."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np

from ppocr_rare.config.source import format_yaml, read_yaml
from ppocr_rare.data.charset import DEFAULT_CHARACTERS, Charset
from ppocr_rare.errors import CheckpointError, ConfigError
from ppocr_rare.postprocess.scores import SCORE_KINDS, ScoreKind
from ppocr_rare.utils.atomic import write_atomically
from ppocr_rare.utils.images import Interpolation, resize_norm_img
from ppocr_rare.utils.pixels import ImageMode

FILE_NAME = "inference.yml"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelDescription:
    """What an exported model takes and gives.

    Args:
        algorithm: "RARE".
        image_shape: (3, H, W) of the input, in pixels.
        img_mode: order of the channels: BGR, RGB or GRAY.
        padding: the aspect ratio is kept and the rest padded on the right with 0; otherwise stretched.
        interpolation: how an image becomes smaller, "bilinear" or "area", as ``resize_norm_img`` says; what was written
            before there was a choice is "bilinear".
        mean: subtracted from values in [0, 1].
        std: divided by, after that.
        characters: the dictionary; class 0 is sos, class i + 1 is ``characters[i]``, the last class is eos.
        max_text_length: L, steps of the decoder.
        stop_at_eos: a word ends at its first eos.
        temperature: of the scores, see ``AttnLabelDecode``.
        score: what a word's score is made of: "mean", "min" or "product".
        calibrated_on: what the temperature was fitted on; "" where it was not.
        outputs: what the model gives, in order: "probabilities" [B, L, V] and maybe "attention" [B, L, T],
            "memory" [B, T, C + hidden], from which the decoder's step goes on, and "points" [B, K, 2], where TPS looks.
        state_size: hidden, size of the state of the decoder's step; 0 where it was not exported.
        versions: of what wrote it.
        checksums: SHA-256 of each file of the model.
        weights_checksum: SHA-256 of the weights that were exported; "" where that is not known.
        created: when, in UTC.
    """

    algorithm: str = "RARE"
    image_shape: tuple[int, int, int] = (3, 32, 100)
    img_mode: ImageMode = "BGR"
    padding: bool = True
    interpolation: Interpolation = "bilinear"
    mean: float = 0.5
    std: float = 0.5
    characters: tuple[str, ...] = tuple(DEFAULT_CHARACTERS)
    max_text_length: int = 25
    stop_at_eos: bool = True
    temperature: float = 1.0
    score: ScoreKind = "mean"
    calibrated_on: str = ""
    outputs: tuple[str, ...] = ("probabilities",)
    state_size: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)
    weights_checksum: str = ""
    created: str = ""

    @property
    def charset(self) -> Charset:
        """The dictionary with its classes."""
        return Charset(self.characters)

    def network_input(self, image: np.ndarray) -> np.ndarray:
        """What the model takes, float32 [3, H, W], of an image uint8 [H, W, 3]."""
        return resize_norm_img(image, self.image_shape, self.padding, self.interpolation)[0]

    def write(self, folder: Path) -> None:
        """Writes ``inference.yml`` into a folder, whole or not at all."""
        data = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
        write_atomically(folder / FILE_NAME, [format_yaml(data).encode()])

    def check_files(self, folder: Path, names: list[str]) -> None:
        """Raises CheckpointError where a file is not the one that was exported with this description.

        A ``.onnx`` file is a warning: whoever runs the converter again gets another one of the same model.
        """
        for name in names:
            if name not in self.checksums or sha256(folder / name) == self.checksums[name]:
                continue
            if name.endswith(".onnx"):
                logger.warning("%s was converted or changed after %s was written", folder / name, FILE_NAME)
            else:
                raise CheckpointError(
                    f"{folder / name} is not the file that {FILE_NAME} beside it describes: it is cut short, "
                    "changed, or from another model; export again, or copy the whole folder"
                )


def read_description(folder: Path) -> ModelDescription | None:
    """The description in a folder, or None where there is none.

    Raises:
        ConfigError: it cannot be understood.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    data = read_yaml(path)
    if not isinstance(data, dict) or not all(_CHECKS.get(key, _is_anything)(value) for key, value in data.items()):
        raise ConfigError(f"{path} is not what export_model.py writes")
    missing = sorted(set(_CHECKS) - set(data) - _ADDED_LATER)
    if missing:
        raise ConfigError(f"{path} lacks {', '.join(missing)}")
    known = {key: data[key] for key in ModelDescription.__dataclass_fields__ if key in data}
    lists = {key: tuple(value) for key, value in known.items() if isinstance(value, list)}
    return ModelDescription(**{**known, **lists})


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _is_anything(value: Any) -> bool:
    return True


def _is_list_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(type(item) is kind for item in value)


_CHECKS = {
    "algorithm": lambda value: value == "RARE",
    "image_shape": lambda value: _is_list_of(int)(value) and len(value) == 3 and 0 < min(value) <= max(value) <= 4096,
    "img_mode": lambda value: value in ("BGR", "RGB", "GRAY"),
    "padding": lambda value: isinstance(value, bool),
    "interpolation": lambda value: value in get_args(Interpolation),
    "mean": lambda value: value == 0.5,  # the one normalisation of the package
    "std": lambda value: value == 0.5,
    "characters": _is_list_of(str),
    "max_text_length": lambda value: type(value) is int and 0 < value <= 4096,
    "stop_at_eos": lambda value: isinstance(value, bool),
    "temperature": lambda value: type(value) in (int, float) and 0 < value < 1000,
    "score": lambda value: value in SCORE_KINDS,
    "calibrated_on": lambda value: isinstance(value, str),
    "outputs": _is_list_of(str),
    "state_size": lambda value: type(value) is int and 0 <= value <= 65536,
    "checksums": lambda value: isinstance(value, dict),
    "weights_checksum": lambda value: isinstance(value, str),
}
# Files of earlier versions lack these.
_ADDED_LATER = {"calibrated_on", "interpolation", "score", "state_size", "temperature", "weights_checksum"}
