"""Label file to LMDB: --label_file F --data_dir D --out DIR. And back: --export LMDB_DIR --out DIR.

Exit code 0: all samples are written; 1: some are rejected, the others written; 2: nothing is written.
"""

import argparse
import functools
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from ppocr_rare.data.lmdb_convert import create_lmdb, export_lmdb
from ppocr_rare.utils.cli import run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--label_file", metavar="F", help="lines of path<TAB>label, as PaddleOCR has them")
    source.add_argument("--export", metavar="LMDB_DIR", help="write this LMDB's images as files, with a labels.txt")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to make")
    parser.add_argument("--data_dir", metavar="D", help="folder that its paths start from (default: its own)")
    parser.add_argument("--delimiter", default="\t", help="between path and label (default: a tab)")
    parser.add_argument("--workers", type=int, default=4, help="threads that read and check images (default: 4)")
    parser.add_argument("--check", action="store_true", default=True, help="reject files that do not decode (default)")
    parser.add_argument("--no_check", action="store_false", dest="check", help="take every file that is not empty")
    parser.add_argument("--overwrite", action="store_true", help="replace an LMDB that is there")
    args = parser.parse_args()
    if args.workers < 1:
        parser.error("--workers must be at least 1")
    return args


def main() -> int:
    args = parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, so that nothing half-written stays
    progress = functools.partial(tqdm, unit="img", disable=None)
    if args.export:
        result = export_lmdb(args.export, args.out, delimiter=args.delimiter, progress=progress)
    else:
        result = create_lmdb(
            args.label_file, args.data_dir, args.out, delimiter=args.delimiter, has_check=args.check,
            overwrite=args.overwrite, num_threads=args.workers, progress=progress,
        )  # fmt: skip
    print("\n".join(result.summary()))
    return 1 if result.rejections else 0


if __name__ == "__main__":
    run(main, fault_code=2)
