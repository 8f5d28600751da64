"""The folder that a training writes to: one training at a time, and none that is overwritten unasked."""

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from ppocr_rare.config import Config
from ppocr_rare.config.source import read_yaml
from ppocr_rare.errors import CheckpointError, ConfigError, RareError
from ppocr_rare.utils.checkpoint.moment import clear_leftovers
from ppocr_rare.utils.platforms import locked_folder
from ppocr_rare.utils.ranks import Ranks

PATIENCE_S = 5.0  # processes that read samples for a training that was killed keep its lock for a moment
LATEST_FILES = ("latest.states", "latest.pdparams")
COMPARED = ("Architecture", "Optimizer.name", "Global.use_space_char", "Train.loader.batch_size_per_card")

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def claimed_folder(config: Config, ranks: Ranks) -> Iterator[None]:
    """Keeps ``Global.save_model_dir`` for this training, on the first rank for all; what killed saves left goes.

    Raises:
        RareError: another training writes there, or it holds one that this one would overwrite.
    """
    if not ranks.is_first:
        yield
        return
    folder = Path(config["Global"]["save_model_dir"])
    with contextlib.ExitStack() as stack:
        try:
            _lock(stack, folder)
            _require_no_other(config["Global"], folder)
        except RareError as error:
            ranks.fail(str(error))
            raise
        clear_leftovers(folder)
        yield


def _lock(stack: contextlib.ExitStack, folder: Path) -> None:
    began = time.monotonic()
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked_folder(folder))
            return
        except BlockingIOError as error:
            if time.monotonic() - began > PATIENCE_S:
                raise RareError(f"{folder}: another training writes there; change Global.save_model_dir") from error
            time.sleep(0.1)
        except OSError as error:
            raise RareError(f"{folder} cannot be used ({error.strerror}); change Global.save_model_dir") from error


def _require_no_other(settings: Mapping, folder: Path) -> None:
    if settings["checkpoints"] or settings["overwrite"]:
        return
    if any((folder / name).exists() for name in LATEST_FILES):
        raise RareError(
            f"{folder} holds a training already: go on with it (-o Global.checkpoints={folder / 'latest'}), write to "
            "another folder (-o Global.save_model_dir=...), or begin anew (-o Global.overwrite=True)"
        )


def checkpoint_prefix(path: str) -> str:
    """The checkpoint that ``Global.checkpoints`` names; of a folder its ``latest``."""
    return str(Path(path) / "latest") if Path(path).is_dir() else path


def require_same_setup(config: Config, prefix: str) -> None:
    """Raises CheckpointError where the checkpoint was trained with another network, dictionary or batch size.

    What it was trained with stands in ``config.yml`` beside it; without that file nothing is compared.
    """
    path = Path(prefix).parent / "config.yml"
    try:
        before = read_yaml(str(path)) if path.is_file() else None
    except ConfigError:
        before = None
    if not isinstance(before, dict):
        return
    now = config.to_dict()
    pairs = [pair for key in COMPARED for pair in _differences(key, _find(before, key), _find(now, key))]
    key = "Global.character_dict_path"
    if not _is_same_file(_find(before, key), _find(now, key)):
        pairs.append(f"{key} was {_find(before, key)} and is {_find(now, key)}")
    if pairs:
        raise CheckpointError(
            f"{prefix} cannot be gone on from: {'; '.join(pairs)}; to begin a training with its weights: "
            f"Global.pretrained_model={prefix}"
        )


def _find(settings: object, key: str) -> object:
    for name in key.split("."):
        settings = settings.get(name) if isinstance(settings, Mapping) else None
    return settings


def _differences(key: str, before: object, now: object) -> list[str]:
    """What differs of the values that both have."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        shared = [name for name in before if name in now]
        return [line for name in shared for line in _differences(f"{key}.{name}", before[name], now[name])]
    if before is None or now is None or before == now or str(before) == str(now):
        return []
    return [f"{key} was {before} and is {now}"]


def _is_same_file(before: object, now: object) -> bool:
    """Whether two paths name one dictionary; an old one that is no longer there tells nothing."""
    if before == now:
        return True
    if not before or not now:
        return False
    if not Path(str(before)).is_file():
        return True
    return Path(str(before)).read_bytes() == Path(str(now)).read_bytes()
