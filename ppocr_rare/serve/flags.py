"""The flags of tools/serve.py that bound what requests may cost, and their limits."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppocr_rare.serve.limits import Limits


def add_limit_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that ``limits_of`` reads."""
    add = parser.add_argument
    add("--max_body_mb", type=int, default=32, metavar="N", help="MiB of one request (default: 32)")
    add("--max_images", type=int, default=256, metavar="N", help="of one request (default: 256)")
    add("--max_pixels", type=int, default=16_000_000, metavar="N", help="of one image (default: 16000000)")
    add("--max_queue", type=int, default=1024, metavar="N", help="images that may wait, of all (default: 1024)")
    add("--body_timeout", type=float, default=20.0, metavar="S", help="seconds for a body to arrive (default: 20)")
    add("--read_timeout", type=float, default=60.0, metavar="S", help="for a request's images to be read (default: 60)")
    add("--stop_timeout", type=float, default=60.0, metavar="S", help="to answer what was taken (default: 60)")


def limits_of(args: argparse.Namespace) -> "Limits":
    """What the flags say.

    Raises:
        ConfigError: they contradict each other.
    """
    from ppocr_rare.serve.limits import MIB, Limits  # here, so that --help does not wait for what reads images

    body = args.max_body_mb * MIB
    seconds = (args.body_timeout, args.read_timeout, args.stop_timeout)
    return Limits(body, max(8 * body, 256 * MIB), args.max_images, args.max_pixels, args.max_queue, *seconds)
