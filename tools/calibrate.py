"""Fits the temperature with which a model's scores say how often its words are right, and writes it beside the model.

--data names words with labels on which the model was not trained, a few hundred at least: LMDB folders, or label files
(path<TAB>label, beside the images). No text depends on a temperature; what min_score, drop_score and the benchmark page
work with does.

Exit code 1: a sample could not be read.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.metrics import PROTOCOLS
from ppocr_rare.postprocess.scores import SCORE_KINDS
from ppocr_rare.utils.cli import run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--model", required=True, metavar="DIR", help="what train.py or export_model.py wrote")
    add("--data", required=True, nargs="+", metavar="PATH", help="LMDB folders, or label files")
    add("--score", choices=SCORE_KINDS, default="product", help="of a word, made of its characters' (default: product)")
    add("--protocol", choices=PROTOCOLS, default="alphanumeric", help="how words are compared (default: alphanumeric)")
    add("--name", metavar="TEXT", help="what to call the words in inference.yml (default: the paths)")
    add("--dry_run", action="store_true", help="print, and write nothing")
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.engine.evaluate.calibrate import calibrate, open_words, write_calibration
    from ppocr_rare.engine.read.opening import open_folder

    found = calibrate(open_folder(args.model), open_words(args.data), args.score, args.protocol)
    print(
        f"{found.num_words} words, {found.accuracy:.1%} of them right; score: {found.score}\n"
        f"temperature {found.temperature}: expected calibration error {found.error_after:.1%}, "
        f"with temperature 1 {found.error_before:.1%}"
    )
    if not args.dry_run:
        for path in write_calibration(Path(args.model), found, args.name or ", ".join(args.data)):
            print(f"written to {path}")
    for line in found.rejections.summary():
        print(f"excluded: {line}", file=sys.stderr)
    return int(len(found.rejections) > 0)


if __name__ == "__main__":
    run(main)
