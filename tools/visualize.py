"""Draws how words were read: TPS's points, each letter's box, the rectified word, the attention, scores and runners-up.

A PNG for each image goes to --out, and sheet.png with all of them. With --model an export must have its attention
(Global.export_attention=True); checkpoints and the shipped weights have it.

Exit code 1: an image could not be read; the others are drawn.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import add_look_flags, run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="image, folder, or pattern such as 'words/*.png'")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the pictures; made where there is none")
    parser.add_argument("--model", metavar="DIR", help="what train.py or export_model.py wrote (default: shipped)")
    add_look_flags(parser, rotate_tall=True, views="doubtful")
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    # Imported here, so that --help and a mistyped option do not wait.
    from ppocr_rare.engine.read.gallery import draw_gallery
    from ppocr_rare.engine.read.recognizer import TextRecognizer
    from ppocr_rare.utils.image_paths import list_images

    options = {"rotate_tall": args.rotate_tall, "views": args.views}
    recognizer = TextRecognizer(args.model, **options) if args.model else TextRecognizer.from_pretrained(**options)
    return int(draw_gallery(recognizer, [path for given in args.images for path in list_images(given)], args.out))


if __name__ == "__main__":
    run(main)
