"""Reads millions of words from Parquet files, LMDBs or folders, on all cores or a Ray cluster: ppocr_rare[batch].

  ppocr_rare batch --input 'crops/*.parquet' --output words/          # every row once: key, text, score, error
  ppocr_rare batch --input s3://bucket/crops --output s3://bucket/words --address auto

Stopped or killed, the same command goes on. Exit code 0: all is read; 1: all but some rows or files; 2: not finished.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.errors import RareError
from ppocr_rare.utils.cli import ENGINES, add_look_flags, run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--input", required=True, nargs="+", metavar="IN", help="files, folders, patterns: paths or s3://, gs://, abfs://")
    add("--output", required=True, metavar="DIR", help="folder to make or to go on with, a path or such a URI")
    add("--kind", choices=["parquet", "lmdb", "images"], help="files to take (default: the first that is there)")
    add("--image_column", default="image", metavar="NAME", help="bytes, or a struct with them (default: image)")
    add("--key_column", metavar="NAME", help="what names a row (default: key where there is one, or file#number)")
    add("--limit", type=int, metavar="N", help="read the first N rows (default: all)")
    add("--dry_run", action="store_true", help="list what would be read, and write nothing")
    add("--workers", type=int, metavar="N", help="processes, one thread each (default: one a core)")
    add("--address", help="of a Ray cluster, or auto; needs ppocr_rare[ray] (default: this machine alone)")
    add("--shard_rows", type=int, default=5000, metavar="N", help="rows of a part, at most (default: 5000)")
    add("--price_per_core_hour", type=float, metavar="P", help="what a million rows cost is told then")
    add("--model", metavar="DIR", help="what train.py or export_model.py wrote, or a .onnx file (default: shipped)")
    add("--engine", choices=ENGINES, help="runs the model (default: what there is; onnx for the shipped)")
    add("--min_score", type=float, default=0.0, help="below it, in [0, 1], a word counts as unreadable (default: 0.0)")
    add_look_flags(parser, rotate_tall=True, views="doubtful")
    return parser.parse_args()


def main() -> int:
    args = vars(parse_args())
    is_dry = args.pop("dry_run")
    try:  # here, so that --help and a mistyped option do not wait for it
        from ppocr_rare.engine.batch.run import BatchOptions, Stopped, make_plan, run_batch
    except ModuleNotFoundError as error:
        raise RareError(f"{error.name} is not installed: pip install 'ppocr_rare[batch]'") from error
    options = BatchOptions(**{**args, "input": tuple(args["input"])})
    try:
        result = make_plan(options) if is_dry else run_batch(options)
    except Stopped as stopped:
        print(f"stopped ({stopped.name}): what is written stays, the same command goes on", file=sys.stderr)
        return stopped.exit_code
    print("\n".join(result.lines()))
    return result.exit_code


if __name__ == "__main__":
    run(main, fault_code=2)
