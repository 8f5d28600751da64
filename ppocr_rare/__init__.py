"""RARE scene-text recognition on PaddlePaddle.

The names below are loaded when they are first used: ``import ppocr_rare`` alone loads nothing heavy. Threads may share
a recogniser and a configuration, but not a network that is trained; each docstring says so.
"""

import importlib
import zlib  # noqa: F401 - Paddle 2.6 brings a copy of its own; loaded before this one, it breaks PNG files

__version__ = "0.1.0"

_HOME = {
    "load_config": "ppocr_rare.config",
    "build_model": "ppocr_rare.builder",
    "load_checkpoint": "ppocr_rare.utils.save_load",
    "TextRecognizer": "ppocr_rare.engine.predictor",
    "RareError": "ppocr_rare.errors",
}
__all__ = [*_HOME, "__version__"]


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        home = importlib.import_module(_HOME[name])
    except ModuleNotFoundError as error:
        if error.name != "paddle":
            raise
        raise ImportError(f"{name} needs paddle, which is not installed: pip install 'ppocr_rare[cpu]'") from error
    return getattr(home, name)


def __dir__():
    return sorted(__all__)
