"""The flags of PaddleOCR's predict_rec.py, and what they mean here."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.backends import BackendOptions
from ppocr_rare.engine.read.backends.engines import ExportedEngine
from ppocr_rare.engine.read.decoding.lexicon_file import read_lexicon
from ppocr_rare.engine.read.exported import Overrides, open_exported
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.read.stage_times import StageTimes
from ppocr_rare.errors import ConfigError
from ppocr_rare.utils.cli import ENGINES, PRECISIONS, add_decoding_flags, add_look_flags, true_or_false
from ppocr_rare.utils.platforms import num_cores

# Flags of the programs that PaddleOCR's tools/infer holds: taken with any value, and without effect here.
WITHOUT_EFFECT = """
use_xpu use_npu use_mlu use_gcu page_num det_algorithm det_model_dir det_limit_side_len det_limit_type det_box_type
det_db_thresh det_db_box_thresh det_db_unclip_ratio use_dilation det_db_score_mode det_east_score_thresh
det_east_cover_thresh det_east_nms_thresh det_sast_score_thresh det_sast_nms_thresh det_sast_polygon det_pse_thresh
det_pse_box_thresh det_pse_box_type det_pse_min_area det_pse_scale scales alpha beta fourier_degree det_fce_box_type
rec_image_inverse vis_font_path e2e_algorithm e2e_model_dir e2e_limit_side_len e2e_limit_type
e2e_pgnet_score_thresh e2e_char_dict_path e2e_pgnet_valid_set e2e_pgnet_mode e2e_pgnet_polygon use_angle_cls
cls_model_dir cls_image_shape label_list cls_batch_num cls_thresh use_pdserving sr_model_dir sr_image_shape sr_batch_num
draw_img_save_dir save_crop_res crop_res_save_dir show_log onnx_sess_options return_word_box warmup
""".split()  # noqa: SIM905

logger = logging.getLogger(__name__)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds predict_rec.py's flags to a parser."""
    add = parser.add_argument
    add("--image_dir", required=True, metavar="PATH", help="an image, a folder of images, or a pattern")
    add("--rec_model_dir", required=True, metavar="DIR", help="what export_model.py wrote, or a .onnx file")
    add("--min_score", type=float, default=0.0, help="a word with a lower score gets an empty text (default: 0.0)")
    add("--drop_score", type=float, dest="min_score", help="the same, by PaddleOCR's name")
    add("--use_mp", type=true_or_false, default=False, help="read with --total_process_num processes (default: False)")
    add("--save_log_path", metavar="DIR", help="gets the messages, too: DIR/predict_rec.log")
    add_model_flags(parser)
    add_look_flags(parser, rotate_tall=True, views=1)
    add_decoding_flags(parser)
    add_without_effect(parser, WITHOUT_EFFECT)


def add_model_flags(parser: argparse.ArgumentParser) -> None:
    """Adds what predict_rec.py and predict_system.py say alike of the model that reads, and of what is read."""
    add = parser.add_argument
    add("--rec_algorithm", help="RARE, the only one here")
    add("--rec_image_shape", help='"3, 32, 100", where inference.yml does not say it')
    add("--rec_batch_num", type=int, default=6, help="images in a batch (default: 6)")
    add("--rec_char_dict_path", metavar="FILE", help="dictionary, where inference.yml does not say it")
    add("--use_space_char", type=true_or_false, default=None, help="a space follows --rec_char_dict_path's characters")
    add("--max_text_length", type=int, help="decoder steps, where inference.yml does not say it")
    add("--use_gpu", type=true_or_false, default=False, help="read on an NVIDIA card (default: False)")
    add("--gpu_id", type=int, default=0, help="which card (default: 0)")
    add("--gpu_mem", type=int, default=500, help="MiB that are reserved at the start (default: 500)")
    add("--precision", choices=PRECISIONS, default="fp32", help="of the computation; bf16: openvino's (default: fp32)")
    add("--use_tensorrt", type=true_or_false, default=False, help="on an NVIDIA card (default: False)")
    add("--min_subgraph_size", type=int, default=15, help="operators that TensorRT takes over at least (default: 15)")
    add("--max_batch_size", type=int, default=10, help="that TensorRT is built for (default: 10)")
    add("--ir_optim", type=true_or_false, default=True, help="optimise the graph (default: True)")
    add("--enable_mkldnn", type=true_or_false, default=None, help="oneDNN on the CPU (default: on for our own exports)")
    add("--cpu_threads", type=int, help="computing threads (default: one a core)")
    add("--use_onnx", type=true_or_false, default=False, help="ONNX Runtime, without Paddle (default: False)")
    add("--engine", choices=ENGINES, help="runs the model (default: paddle, or onnx as --use_onnx says)")
    add("--onnx_providers", nargs="+", default=[], metavar="NAME", help="of ONNX Runtime (default: CPU)")
    add("--total_process_num", type=int, default=1, help="that share the images: read every n-th … (default: 1)")
    add("--process_id", type=int, default=0, help="… from this one on (default: 0)")
    add("--benchmark", type=true_or_false, default=False, help="print the stages' times at the end (default: False)")


def add_without_effect(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    """Takes flags with any value, which change nothing."""
    for name in names:
        parser.add_argument(f"--{name}", nargs="*", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.epilog = f"taken for PaddleOCR's command lines, without effect: {' '.join(names)}"


def given_without_effect(flags: argparse.Namespace) -> list[str]:
    """The flags of the command line that changed nothing."""
    return [f"--{name}" for name in WITHOUT_EFFECT if hasattr(flags, name)]


def check_flags(flags: argparse.Namespace) -> None:
    """Raises ConfigError where a flag has a value that RARE cannot have."""
    if flags.rec_algorithm not in (None, "RARE"):
        raise ConfigError(f"--rec_algorithm {flags.rec_algorithm}: this program reads with RARE alone")
    if flags.total_process_num < 1 or flags.rec_batch_num < 1 or not 0 <= flags.process_id < flags.total_process_num:
        raise ConfigError("--rec_batch_num must be at least 1, --process_id below --total_process_num")
    if flags.cpu_threads is not None and flags.cpu_threads < 1:
        raise ConfigError(f"--cpu_threads {flags.cpu_threads}: at least 1")


def open_model(flags: argparse.Namespace) -> LoadedModel:
    """Opens the model that the flags name; raises as ``open_exported``."""
    engine: ExportedEngine = flags.engine or ("onnx" if flags.use_onnx else "paddle")
    return open_exported(Path(flags.rec_model_dir), engine, _options(flags), _overrides(flags))


def open_recognizer(flags: argparse.Namespace, times: StageTimes | None = None) -> TextRecognizer:
    """What reads as the flags say.

    Args:
        flags: as ``check_flags`` has found them sound.
        times: gets the times of its stages.

    Raises:
        RareError: as ``open_exported``.
    """
    model = open_model(flags)
    names = ("min_score", "rotate_tall", "views", "beam_width", "top_k", "pattern")
    options = {name: getattr(flags, name) for name in names}
    if flags.lexicon:
        options["lexicon"] = read_lexicon(flags.lexicon)
        if isinstance(options["lexicon"], dict):
            raise ConfigError(f"--lexicon {flags.lexicon}: one list of words here; ppocr_rare read takes one an image")
    return TextRecognizer(model=times.watch(model) if times else model, batch_size=flags.rec_batch_num, **options)


def _options(flags: argparse.Namespace) -> BackendOptions:
    same = ["use_gpu", "gpu_id", "gpu_mem", "precision", "cpu_threads", "enable_mkldnn", "ir_optim", "use_tensorrt"]
    same += ["min_subgraph_size", "max_batch_size"]
    values = {name: getattr(flags, name) for name in same}
    if getattr(flags, "use_mp", False) and flags.cpu_threads is None:  # the processes share the cores
        values["cpu_threads"] = max(1, num_cores() // flags.total_process_num)
    return BackendOptions(**values, onnx_providers=tuple(flags.onnx_providers))


def _overrides(flags: argparse.Namespace) -> Overrides:
    charset = None
    if flags.use_space_char and not flags.rec_char_dict_path:
        logger.warning("--use_space_char has no effect without --rec_char_dict_path")
    if flags.rec_char_dict_path:
        charset = Charset.from_file(flags.rec_char_dict_path, bool(flags.use_space_char))
    shape = _shape(flags.rec_image_shape) if flags.rec_image_shape else None
    source = flags.rec_char_dict_path or "the dictionary"
    if charset and flags.use_space_char:
        source += " with a space (--use_space_char)"
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
    """The images that this program reads, where several that were started so share a folder."""
    return paths[flags.process_id :: flags.total_process_num]
