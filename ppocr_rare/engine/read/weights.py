"""Which weights are read with, and that they are whole."""

from pathlib import Path
from typing import TYPE_CHECKING

from ppocr_rare.config import Config
from ppocr_rare.errors import CheckpointError, RareError
from ppocr_rare.utils.checkpoint.save_load import load_checkpoint
from ppocr_rare.utils.shipped import PACKAGE

if TYPE_CHECKING:  # ONNX Runtime reads without Paddle
    from paddle import nn


def find_model(model_dir: str | Path) -> tuple[Path, Path]:
    """The configuration and the weights in a folder that training wrote.

    Args:
        model_dir: holds ``config.yml`` and ``best_accuracy.pdparams``, ``latest.pdparams`` or one other ``.pdparams``.

    Raises:
        CheckpointError: something of it is missing.
    """
    folder = Path(model_dir)
    if not folder.is_dir():
        raise CheckpointError(f"{folder} is not a folder with a model")
    config = folder / "config.yml"
    if not config.is_file():
        raise CheckpointError(f"{folder} holds no config.yml")
    return config, _best_in(folder)


def _best_in(folder: Path) -> Path:
    found = sorted(folder.glob("*.pdparams"))
    by_name = {path.stem: path for path in found}
    for name in ("best_accuracy", "latest"):
        if name in by_name:
            return by_name[name]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise CheckpointError(f"{folder} needs best_accuracy.pdparams or one other .pdparams file; found: {names}")
    return found[0]


def load_weights(model: "nn.Layer", weights: str | Path) -> Path:
    """Gives a model all of its weights: with a part of them it would read noise.

    Args:
        model: the network.
        weights: a ``.pdparams`` file or its path without the ending.

    Returns:
        The file.

    Raises:
        CheckpointError: as ``load_checkpoint``, or the file does not hold every entry of the model.
    """
    report = load_checkpoint(model, weights)
    num_lacking = len(report.missing) + len(report.mismatched)
    if num_lacking:
        total = len(report.loaded) + num_lacking
        raise CheckpointError(
            f"{report.path}: {num_lacking} of the model's {total} entries are not in it or have another shape; "
            "is it for another config?"
        )
    return Path(report.path)


def pretrained_weights(config: Config) -> str:
    """``Global.pretrained_model`` or, where that is empty, ``Global.checkpoints``; of a folder its best weights.

    Raises:
        RareError: both are empty.
    """
    path = config["Global"]["pretrained_model"] or config["Global"]["checkpoints"]
    if not path:
        shipped = PACKAGE / "weights" / "rec_mv3_tps_bilstm_att" / "best_accuracy"
        raise RareError(
            "no weights: say -o Global.pretrained_model=PATH, such as output/rec/…/best_accuracy of a training, or "
            f"{shipped}, which come with this package"
        )
    return str(_best_in(Path(path))) if Path(path).is_dir() else path
