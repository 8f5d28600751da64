r"""Reads words in images with the shipped weights, or another model: path, text and score, a line each on stdout.

  ppocr_rare read word.png
  ppocr_rare read street.jpg                                    # a whole photograph: a line a word, with its corners
  ppocr_rare read words/ --min_score 0.5 > words.tsv
  ppocr_rare read plates/*.png --pattern '[A-Z]{2}\d{3}[A-Z]{2}'
  ppocr_rare read signs/ --lexicon streets.txt --top_k 3        # text and score of three readings a line

The exit code is 1 where an image could not be read: its line says why.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import add_decoding_flags, add_engine_flags, add_look_flags, run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("images", nargs="+", metavar="IMAGE", help="image, folder, or pattern such as 'words/*.png'")
    add("--model", metavar="DIR", help="what train.py or export_model.py wrote, or a .onnx file (default: shipped)")
    add("--photographs", choices=["auto", "always", "never"], default="auto", help="look for the words of images: that "
        "are large, of all, of none; needs ppocr_rare[photo] (default: auto)")  # fmt: skip
    add_engine_flags(parser)
    add("--min_score", type=float, default=0.0, help="below it, in [0, 1], a word counts as unreadable (default: 0.0)")
    add_look_flags(parser, rotate_tall=True, views="doubtful")
    add_decoding_flags(parser)
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.engine.read.decoding.options import each_decoding_of
    from ppocr_rare.engine.read.recognizer import TextRecognizer
    from ppocr_rare.engine.spot.any_image import AnyReader
    from ppocr_rare.utils.image_paths import list_images

    paths = [path for given in args.images for path in list_images(given)]
    options = {name: getattr(args, name) for name in ("engine", "precision", "min_score", "rotate_tall", "views")}
    recognizer = TextRecognizer(args.model, **options) if args.model else TextRecognizer.from_pretrained(**options)
    reader, has_failed = AnyReader(recognizer, args.photographs), False
    for line, is_read in reader.rows(paths, each_decoding_of(args, paths, recognizer.lexicon_of)):
        has_failed |= not is_read
        print(line)
    return int(has_failed)


if __name__ == "__main__":
    run(main)
