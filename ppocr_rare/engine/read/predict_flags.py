"""The flags of PaddleOCR's predict_rec.py, and what they mean here."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.exported import LoadedModel, Overrides, open_exported
from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.cli import add_look_flags, true_or_false

# Flags that change nothing here, with PaddleOCR's defaults: other values get a warning.
INERT = {
    "use_mp": False,
    "save_log_path": "./log_output/",
    "show_log": True,
    "rec_image_inverse": True,
    "drop_score": 0.5,  # of the program that finds words first
}

logger = logging.getLogger(__name__)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags to a parser."""
    add = parser.add_argument
    add("--image_dir", required=True, metavar="PATH", help="an image, a folder of images, or a pattern")
    add("--rec_model_dir", required=True, metavar="DIR", help="what export_model.py wrote, or a .onnx file")
    add("--rec_algorithm", help="RARE")
    add("--rec_image_shape", help='"3, 32, 100", where inference.yml does not say it')
    add("--rec_batch_num", type=int, default=6, help="images in a batch (default: 6)")
    add("--min_score", type=float, default=0.0, help="a word with a lower score gets an empty text")
    add("--rec_char_dict_path", metavar="FILE", help="dictionary, where inference.yml does not say it")
    add("--use_space_char", type=true_or_false, default=None, help="a space follows the dictionary's characters")
    add("--max_text_length", type=int, help="decoder steps, where inference.yml does not say it")
    add("--use_gpu", type=true_or_false, default=False)
    add("--gpu_id", type=int, default=0)
    add("--gpu_mem", type=int, default=500, help="MiB")
    add("--precision", choices=["fp32", "fp16", "int8"], default="fp32")
    add("--use_tensorrt", type=true_or_false, default=False)
    add("--min_subgraph_size", type=int, default=15)
    add("--max_batch_size", type=int, default=10)
    add("--ir_optim", type=true_or_false, default=True)
    add("--enable_mkldnn", type=true_or_false, default=None, help="oneDNN on the CPU (default: on for our own exports)")
    add("--cpu_threads", type=int, help="default: one a core")
    add("--use_onnx", type=true_or_false, default=False, help="ONNX Runtime, without Paddle")
    add("--onnx_providers", nargs="+", default=[], metavar="NAME")
    add("--warmup", type=true_or_false, default=False, help="accepted: a model is always tried once before it is used")
    add("--total_process_num", type=int, default=1, help="read only every n-th image …")
    add("--process_id", type=int, default=0, help="… from this one on")
    add("--benchmark", type=true_or_false, default=False, help="print seconds and images/s at the end")
    add_look_flags(parser, rotate_tall=True, views=1)
    for name, default in INERT.items():
        kind = true_or_false if isinstance(default, bool) else type(default)
        add(f"--{name}", type=kind, default=default, help="accepted for PaddleOCR's command lines")


def open_model(flags: argparse.Namespace) -> LoadedModel:
    """Opens the model that the flags name.

    Raises:
        RareError: as ``open_exported``, or a flag has a value that RARE cannot have.
    """
    for name, default in INERT.items():
        if getattr(flags, name) != default:
            logger.warning("--%s has no effect here", name)
    if flags.rec_algorithm not in (None, "RARE"):
        raise ConfigError(f"--rec_algorithm {flags.rec_algorithm}: this program reads with RARE alone")
    if flags.rec_batch_num < 1 or not 0 <= flags.process_id < flags.total_process_num:
        raise ConfigError("--rec_batch_num must be at least 1, --process_id below --total_process_num")
    if flags.cpu_threads is not None and flags.cpu_threads < 1:
        raise ConfigError(f"--cpu_threads {flags.cpu_threads}: at least 1")
    engine = "onnx" if flags.use_onnx else "paddle"
    return open_exported(Path(flags.rec_model_dir), engine, _options(flags), _overrides(flags))


def _options(flags: argparse.Namespace) -> BackendOptions:
    same = ("use_gpu", "gpu_id", "gpu_mem", "precision", "cpu_threads", "enable_mkldnn", "ir_optim", "use_tensorrt")
    same += ("min_subgraph_size", "max_batch_size")
    return BackendOptions(**{name: getattr(flags, name) for name in same}, onnx_providers=tuple(flags.onnx_providers))


def _overrides(flags: argparse.Namespace) -> Overrides:
    charset = None
    if flags.use_space_char and not flags.rec_char_dict_path:
        logger.warning("--use_space_char has no effect without --rec_char_dict_path")
    if flags.rec_char_dict_path:
        charset = Charset.from_file(flags.rec_char_dict_path, bool(flags.use_space_char))
    shape = _shape(flags.rec_image_shape) if flags.rec_image_shape else None
    source = flags.rec_char_dict_path or "the dictionary"
    return Overrides(shape, charset, flags.max_text_length, source, flags.use_space_char)


def _shape(text: str) -> tuple[int, int, int]:
    try:
        channels, height, width = (int(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigError(f'--rec_image_shape must be like "3, 32, 100", not {text!r}') from error
    if channels != 3 or not (0 < height <= 4096 and 0 < width <= 4096):
        raise ConfigError(f"--rec_image_shape {text}: 3 channels and sizes up to 4096 are possible")
    return channels, height, width


def share_of(paths: Sequence[str], flags: argparse.Namespace) -> Sequence[str]:
    """The images that this process reads, where several share a folder."""
    return paths[flags.process_id :: flags.total_process_num]
