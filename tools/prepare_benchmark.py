"""Writes evaluation LMDBs of IIIT5K, SVT, IC03, IC13, IC15, SVTP and CUTE80, one for each subset that papers report.

DIR holds the sets as their authors distribute them, or the common LMDB release, at any depth. A folder name such as
IC13 says which set a text file is of.

Exit code 0: what was found is written, and each count is the published one; 1: a set could not be used, or a count
differs; 2: nothing could be done.
"""

import argparse
import functools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from ppocr_rare.data.benchmarks.prepare import prepare_benchmark, summarize
from ppocr_rare.data.benchmarks.subsets import LISTED
from ppocr_rare.utils.cli import run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", metavar="DIR", type=Path, help="folder that holds the sets")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="gets a folder for each subset")
    parser.add_argument(
        "--subset", action="append", default=[], metavar="NAME=FILE",
        help=f"the words of a published list ({', '.join(LISTED)}): image names, or numbers in an LMDB, one a line",
    )  # fmt: skip
    args = parser.parse_args()
    pairs = [option.partition("=") for option in args.subset]
    if wrong := [name for name, _, file in pairs if name not in LISTED or not file]:
        parser.error(f"--subset {wrong[0]}: say NAME=FILE, where NAME is one of {', '.join(LISTED)}")
    args.lists = {name: Path(file) for name, _, file in pairs}
    return args


def main() -> int:
    args = parse_args()
    prepared, unknown = prepare_benchmark(
        args.dir, args.out, args.lists, functools.partial(tqdm, unit="word", disable=None)
    )
    print(*summarize(prepared, unknown), sep="\n")
    return int(any(item.has_failed or item.rejections for item in prepared))


if __name__ == "__main__":
    run(main, fault_code=2)
