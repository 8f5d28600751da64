"""RARE scene-text recognition on PaddlePaddle.

The names below are loaded when they are first used: ``import ppocr_rare`` alone loads nothing heavy. Threads may share
a recogniser and a configuration, but not a network that is trained; each docstring says so.
"""

import importlib
import zlib  # noqa: F401 - Paddle 2.6 brings a copy of its own; loaded before this one, it breaks PNG files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what __getattr__ finds at run time
    from ppocr_rare.builder import build_model
    from ppocr_rare.config import load_config
    from ppocr_rare.engine.read.recognizer import TextRecognizer
    from ppocr_rare.engine.spot.spotter import TextSpotter
    from ppocr_rare.errors import RareError
    from ppocr_rare.utils.checkpoint.save_load import load_checkpoint

RELEASE = "0.1.0"  # the last one; what __version__ is where nothing is installed


_HOME = {
    "load_config": "ppocr_rare.config",
    "build_model": "ppocr_rare.builder",
    "load_checkpoint": "ppocr_rare.utils.checkpoint.save_load",
    "TextRecognizer": "ppocr_rare.engine.read.recognizer",
    "TextSpotter": "ppocr_rare.engine.spot.spotter",
    "RareError": "ppocr_rare.errors",
}
__all__ = ["RareError", "TextRecognizer", "TextSpotter", "__version__", "build_model", "load_checkpoint", "load_config"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _installed_version()
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        home = importlib.import_module(_HOME[name])
    except ModuleNotFoundError as error:
        if error.name != "paddle":
            raise
        raise ImportError(f"{name} needs paddle, which is not installed: pip install 'ppocr_rare[cpu]'") from error
    return getattr(home, name)


def _installed_version() -> str:
    """What git's tags said when this package was installed, as setup.py asks them."""
    from importlib import metadata

    try:
        return metadata.version("ppocr_rare")
    except metadata.PackageNotFoundError:
        return RELEASE


def __dir__() -> list[str]:
    return sorted(__all__)
