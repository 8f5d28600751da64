"""What the command-line tools share: options, log messages, and how they end."""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from ppocr_rare.errors import RareError
from ppocr_rare.utils.shipped import find_config

CONFIG_HELP = "configuration (YAML): a file, or the name of one that comes with this package"


class _TqdmHandler(logging.StreamHandler):
    """Writes log messages to stderr without breaking a progress bar."""

    def emit(self, record):
        tqdm.write(self.format(record), file=sys.stderr)


def setup_logging(level: int = logging.INFO) -> None:
    """Sends this package's log messages to stderr; stdout is for results."""
    handler = _TqdmHandler()
    handler.setFormatter(logging.Formatter("[%(asctime)s] %(levelname)s: %(message)s", "%Y/%m/%d %H:%M:%S"))
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


def open_output(path: str | Path) -> TextIO:
    """A text file to write results to; its folder is made.

    Raises:
        RareError: it cannot be written.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return open(path, "w", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise RareError(f"{path} cannot be written: {error.strerror}") from error


def run(main: Callable[[], int | None]) -> None:
    """Runs a tool and ends the process: 0 or what ``main`` returns; a fault that a user can mend is one line and 1."""
    setup_logging()
    sys.stdout.reconfigure(errors="backslashreplace")  # a file's name need not be text in the terminal's encoding
    try:
        code = main()
        sys.stdout.flush()
        sys.exit(code)
    except RareError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        if error.name != "paddle":
            raise
        sys.exit("error: paddle is not installed: pip install 'ppocr_rare[cpu]'")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of stdout went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's last flush does not fail
        sys.exit(1)
