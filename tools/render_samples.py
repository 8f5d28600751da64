"""Draws doc/samples.png: what the word renderer can do, each layout and each degradation with its name.

With --rectified it draws doc/rectified.png: curved and slanted words with the points that a trained localization
network finds, and beside each what TPS makes of the word.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.data.synth.samples import write_samples
from ppocr_rare.utils.cli import run
from ppocr_rare.utils.shipped import PACKAGE

WEIGHTS = PACKAGE / "weights" / "rec_mv3_tps_bilstm_att"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="FILE.png", help="picture to write")
    parser.add_argument("--rectified", action="store_true", help="what TPS makes of words")
    parser.add_argument("--model_dir", default=WEIGHTS, help="whose TPS, with --rectified (default: %(default)s)")
    args = parser.parse_args()
    if args.rectified:
        from ppocr_rare.engine.evaluate.rectified_sheet import write_rectified

        write_rectified(args.out, args.model_dir)
    else:
        write_samples(args.out)
    print(args.out)


if __name__ == "__main__":
    run(main)
