"""Draws the pictures of doc/: doc/samples.png, what the word renderer can do, each layout and each effect by its name.

With --rectified, doc/rectified.png: curved and slanted words with the points that a trained localization network finds,
and beside each what TPS makes of the word. With --scene, doc/scene.jpg: a whole scene; with --spotted, doc/spotted.jpg:
that scene with the words that are found in it.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.data.synth.samples import write_samples, write_scene
from ppocr_rare.utils.cli import run
from ppocr_rare.utils.shipped import PACKAGE

WEIGHTS = PACKAGE / "weights" / "rec_mv3_tps_bilstm_att"
SCENE = "doc/scene.jpg"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="FILE", help="picture to write: .png, of scenes .jpg")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--rectified", action="store_true", help="what TPS makes of words")
    which.add_argument("--scene", action="store_true", help="a whole scene")
    which.add_argument("--spotted", action="store_true", help="what is found in doc/scene.jpg")
    parser.add_argument("--model_dir", default=WEIGHTS, help="that locates or reads (default: %(default)s)")
    args = parser.parse_args()
    if args.rectified:
        from ppocr_rare.engine.evaluate.rectified_sheet import write_rectified

        write_rectified(args.out, args.model_dir)
    elif args.spotted:
        from ppocr_rare import TextRecognizer, TextSpotter
        from ppocr_rare.engine.spot.draw import write_spotted

        write_spotted(args.out, SCENE, TextSpotter(TextRecognizer(args.model_dir)))
    elif args.scene:
        write_scene(args.out)
    else:
        write_samples(args.out)
    print(args.out)


if __name__ == "__main__":
    run(main)
