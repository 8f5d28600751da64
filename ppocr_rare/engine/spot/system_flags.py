"""The flags of PaddleOCR's predict_system.py, and what they mean here."""

import argparse

from ppocr_rare.engine.read.predict_flags import (
    WITHOUT_EFFECT,
    add_model_flags,
    add_without_effect,
    check_flags,
    open_model,
)
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.spot.detector import DetectorOptions, RapidDetector
from ppocr_rare.engine.spot.report import LINES
from ppocr_rare.engine.spot.spotter import DEFAULT_DROP_SCORE, TextSpotter
from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.cli import add_decoding_flags, add_look_flags, true_or_false

_DETECTOR = DetectorOptions()
_WITH_EFFECT = """
det_algorithm det_model_dir det_limit_side_len det_limit_type det_db_thresh det_db_box_thresh det_db_unclip_ratio
use_dilation det_db_score_mode draw_img_save_dir save_crop_res crop_res_save_dir return_word_box
""".split()  # noqa: SIM905
_WITHOUT_EFFECT = [*(name for name in WITHOUT_EFFECT if name not in _WITH_EFFECT), "use_mp", "save_log_path"]


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags to a parser."""
    add = parser.add_argument
    add("--image_dir", required=True, metavar="PATH", help="a photograph, a folder of them, or a pattern")
    add("--rec_model_dir", metavar="DIR", help="reads the words: what export_model.py wrote, or a .onnx file "
        "(default: the shipped weights)")  # fmt: skip
    add("--drop_score", type=float, default=DEFAULT_DROP_SCORE,
        help=f"a word with a lower score is left out (default: {DEFAULT_DROP_SCORE})")  # fmt: skip
    add("--draw_img_save_dir", metavar="DIR", help="gets each photograph with its words drawn over it, and "
        "system_results.txt")  # fmt: skip
    add("--save_crop_res", type=true_or_false, default=False, help="write each word's crop to … (default: False)")
    add("--crop_res_save_dir", metavar="DIR", default="./output", help="… this folder (default: ./output)")
    add("--return_word_box", type=true_or_false, default=True, help="each character's place in JSON and drawn; "
        "a model without details needs False (default: True)")  # fmt: skip
    add("--output_format", choices=sorted(LINES), default="text", help="default: text, PaddleOCR's")
    add("--save_res_path", metavar="FILE", help="gets the same lines")
    _add_detector_flags(parser)
    add_model_flags(parser)
    add_look_flags(parser, rotate_tall=True, views="doubtful")
    add_decoding_flags(parser)
    add_without_effect(parser, _WITHOUT_EFFECT)


def _add_detector_flags(parser: argparse.ArgumentParser) -> None:
    add, usual = parser.add_argument, _DETECTOR
    add("--det_algorithm", help="DB, the only one here")
    add("--det_model_dir", metavar="FILE", help="finds the words: a DB detector's .onnx file (default: PP-OCRv6 small)")
    add("--det_limit_side_len", type=int, default=usual.limit_side_len, metavar="N",
        help=f"pixels of a photograph's side: at least, or at most, … (default: {usual.limit_side_len})")  # fmt: skip
    add("--det_limit_type", choices=["min", "max"], default=usual.limit_type,
        help=f"… the shorter at least, or the longer at most (default: {usual.limit_type})")  # fmt: skip
    add("--det_db_thresh", type=float, default=usual.thresh, help=f"of text at a pixel (default: {usual.thresh})")
    add("--det_db_box_thresh", type=float, default=usual.box_thresh,
        help=f"of a polygon in the mean (default: {usual.box_thresh})")  # fmt: skip
    add("--det_db_unclip_ratio", type=float, default=usual.unclip_ratio,
        help=f"how far polygons are widened (default: {usual.unclip_ratio})")  # fmt: skip
    add("--use_dilation", type=true_or_false, default=usual.use_dilation,
        help=f"close gaps of one pixel (default: {usual.use_dilation})")  # fmt: skip
    add("--det_db_score_mode", choices=["fast", "slow"], default=usual.score_mode,
        help=f"mean in a rectangle, or in the outline (default: {usual.score_mode})")  # fmt: skip


def given_without_effect(flags: argparse.Namespace) -> list[str]:
    """The flags of the command line that changed nothing."""
    return [f"--{name}" for name in _WITHOUT_EFFECT if hasattr(flags, name)]


def open_spotter(flags: argparse.Namespace) -> TextSpotter:
    """What finds and reads as the flags say.

    Raises:
        RareError: a flag has a value that cannot be, or as ``open_exported`` and ``RapidDetector``.
    """
    if flags.det_algorithm not in (None, "DB"):
        raise ConfigError(f"--det_algorithm {flags.det_algorithm}: this program finds words with DB alone")
    check_flags(flags)
    options = DetectorOptions(
        flags.det_limit_side_len, flags.det_limit_type, flags.det_db_thresh, flags.det_db_box_thresh,
        flags.det_db_unclip_ratio, flags.use_dilation, flags.det_db_score_mode,
    )  # fmt: skip
    detector = RapidDetector(flags.det_model_dir, options, num_threads=flags.cpu_threads)
    return TextSpotter(_recognizer(flags), detector, drop_score=flags.drop_score)


def _recognizer(flags: argparse.Namespace) -> TextRecognizer:
    options = {"batch_size": flags.rec_batch_num, "rotate_tall": flags.rotate_tall, "views": flags.views}
    if flags.rec_model_dir:
        return TextRecognizer(model=open_model(flags), **options)
    engine = flags.engine or ("onnx" if flags.use_onnx else None)
    options |= {"engine": engine, "precision": flags.precision, "use_gpu": flags.use_gpu}
    return TextRecognizer.from_pretrained(**options)
