"""What the command-line tools share: options, log messages, and how they end."""

import argparse
import contextlib
import errno
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from ppocr_rare.errors import RareError
from ppocr_rare.utils.printable import MessageFormatter, escape_message
from ppocr_rare.utils.shipped import find_config

CONFIG_HELP = "configuration (YAML): a file, or the name of one that comes with this package"
ENGINES = ("paddle", "onnx", "openvino")  # of ``TextRecognizer``, and the precisions that they compute in
PRECISIONS = ("fp32", "fp16", "bf16", "int8")


class _TqdmHandler(logging.StreamHandler):
    """Writes log messages to stderr without breaking a progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        tqdm.write(self.format(record), file=sys.stderr)


def setup_logging(level: int = logging.INFO) -> None:
    """Sends this package's log messages to stderr; stdout is for results."""
    handler = _TqdmHandler()
    handler.setFormatter(MessageFormatter("[%(asctime)s] %(levelname)s: %(message)s", "%Y/%m/%d %H:%M:%S"))
    logger = logging.getLogger("ppocr_rare")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False  # Paddle gives the root logger a handler of its own
    # Paddle's and setuptools' warnings about themselves are nothing that a user can mend.
    warnings.filterwarnings("ignore", category=UserWarning)


def config_parser(description: str) -> argparse.ArgumentParser:
    """A parser with the options that every config tool of PaddleOCR has: ``-c``, ``-o``, ``-p``."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-c", "--config", required=True, metavar="FILE", type=find_config, help=CONFIG_HELP)
    parser.add_argument(
        "-o", "--opt", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="set values of the configuration: Global.use_gpu=False Train.dataset.transforms.2.RecResizeImg.…=…",
    )  # fmt: skip
    parser.add_argument("-p", "--profiler_options", metavar="OPTIONS", help="accepted for PaddleOCR's command lines")
    return parser


def add_engine_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that say what runs ``TextRecognizer``'s model."""
    add = parser.add_argument
    add("--engine", choices=ENGINES, help="runs the model (default: what there is; onnx for the shipped)")
    add("--precision", choices=PRECISIONS, default="fp32", help="of an export; bf16: openvino's (default: fp32)")


def add_look_flags(parser: argparse.ArgumentParser, rotate_tall: bool, views: int | str) -> None:
    """Adds the flags of ``TextRecognizer``'s further looks, with their defaults."""
    parser.add_argument(
        "--rotate_tall", type=true_or_false, default=rotate_tall, metavar="True|False",
        help=f"read an image higher than 1.5 times its width turned as well (default: {rotate_tall})",
    )  # fmt: skip
    parser.add_argument(
        "--views", type=_views, default=views, metavar="1|doubtful|all",
        help=f"which words are read again, with less and more around them and wider (default: {views})",
    )  # fmt: skip


def add_decoding_flags(parser: argparse.ArgumentParser, for_evaluation: bool = False) -> None:
    """Adds the flags of ``TextRecognizer``'s decoding; an evaluation counts one reading, and knows its labels."""
    add = parser.add_argument
    add("--beam_width", type=int, metavar="N", help="hypotheses that are followed (default: 1; 5 with a flag below)")
    if not for_evaluation:
        add("--top_k", type=int, default=1, metavar="K", help="readings that are shown of each word (default: 1)")
    full = "; full: all labels of a data set; 50, 1k: the set's own" if for_evaluation else ""
    add("--lexicon", metavar="FILE", help=f"words that may be read, a line each, or {{image: [words]}} as .json{full}")
    add("--pattern", metavar="REGEX", help=r"what may be read, such as '\d{2}-\d{2}'; needs ppocr_rare[pattern]")


def true_or_false(text: str) -> bool:
    """PaddleOCR's spelling of truth values; a wrong one is refused instead of being False."""
    if text.lower() in ("true", "yes", "t", "y", "1"):
        return True
    if text.lower() in ("false", "no", "f", "n", "0"):
        return False
    raise argparse.ArgumentTypeError(f"true or false, not {text!r}")


def _views(text: str) -> int | str:
    if text not in ("1", "doubtful", "all"):
        raise argparse.ArgumentTypeError(f"1, doubtful or all, not {text!r}")
    return 1 if text == "1" else text


def distinct_outputs(parser: argparse.ArgumentParser, *paths: str | None) -> list[str]:
    """The files that a tool is to write, those not asked for left out; it ends where two of them are one."""
    wanted = [path for path in paths if path]
    if len(set(wanted)) < len(wanted):
        parser.error(f"two results name one file: {', '.join(wanted)}")
    return wanted


@contextlib.contextmanager
def open_output(path: str | Path) -> Iterator[TextIO]:
    """A text file to write results to (``with``); its folder is made.

    It takes its place when all is written: until then, and after an exception, an older file is as it was.

    Raises:
        RareError: it cannot be written.
    """
    path = Path(os.path.realpath(path))  # a link stays one
    is_replaced = not path.exists() or path.is_file()  # a terminal or a pipe is written to
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp") if is_replaced else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if is_replaced and path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        file = open(aside, "w", encoding="utf-8", errors="backslashreplace", newline="")  # noqa: SIM115
    except OSError as error:
        raise RareError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with file:
            yield file
        if is_replaced:
            os.replace(aside, path)
    finally:
        if is_replaced:
            aside.unlink(missing_ok=True)


def run(main: Callable[[], int | None], fault_code: int | None = None) -> None:
    """Runs a tool and ends the process: 0 or what ``main`` returns; a fault that a user can mend is one line and 1.

    Args:
        main: the tool.
        fault_code: in the place of 1, where that means that some samples could not be used.
    """
    setup_logging()
    # A file's name need not be text in the terminal's encoding.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # it is a TextIOWrapper
    try:
        code = main()
        sys.stdout.flush()
        sys.exit(code)
    except RareError as error:
        print(f"error: {escape_message(str(error))}", file=sys.stderr)
        sys.exit(fault_code or error.exit_code)
    except ModuleNotFoundError as error:
        if error.name != "paddle":
            raise
        sys.exit("error: paddle is not installed: pip install 'ppocr_rare[cpu]'")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of stdout went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's last flush does not fail
        sys.exit(1)
