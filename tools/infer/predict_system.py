"""Finds the words of whole photographs and reads them, by the flags of PaddleOCR's predict_system.py.

  ppocr_rare spot --image_dir street.jpg --draw_img_save_dir pictures
  ppocr_rare spot --image_dir photos/ --output_format json > words.json

Needs pip install 'ppocr_rare[photo]'. The exit code is 1 where a photograph could not be read: its line says why.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ppocr_rare.utils.cli import add_look_flags, run, true_or_false


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--image_dir", required=True, metavar="PATH", help="a photograph, a folder of them, or a pattern")
    add("--rec_model_dir", metavar="DIR", help="reads the words: what training or export wrote (default: shipped)")
    add("--det_model_dir", metavar="FILE", help="finds them: a DB detector's .onnx file (default: PP-OCRv6 small)")
    add("--drop_score", type=float, default=0.5, help="a word with a lower score is left out (default: 0.5)")
    add("--draw_img_save_dir", metavar="DIR", help="gets each photograph with its words drawn over it")
    add("--output_format", choices=["json", "text", "tsv"], default="text", help="default: text, PaddleOCR's")
    add("--return_word_box", type=true_or_false, default=True, help="each character's place in JSON and drawn; "
        "a model without details needs False (default: True)")  # fmt: skip
    add("--use_gpu", type=true_or_false, default=False, help="read on an NVIDIA card (default: False)")
    add("--rec_batch_num", type=int, default=32, help="words that are read at once (default: 32)")
    add_look_flags(parser, rotate_tall=True, views="doubtful")
    return parser.parse_args()


def main() -> int:
    flags = parse_args()
    # Imported here, so that --help and a mistyped option do not wait for OpenCV and ONNX Runtime.
    from ppocr_rare.engine.read.recognizer import TextRecognizer
    from ppocr_rare.engine.spot.detector import RapidDetector
    from ppocr_rare.engine.spot.gallery import spot_photographs
    from ppocr_rare.engine.spot.spotter import TextSpotter
    from ppocr_rare.utils.image_paths import list_images

    paths = list_images(flags.image_dir)
    options = {"use_gpu": flags.use_gpu, "batch_size": flags.rec_batch_num}
    options |= {"rotate_tall": flags.rotate_tall, "views": flags.views}
    open_recognizer = TextRecognizer if flags.rec_model_dir else TextRecognizer.from_pretrained
    recognizer = open_recognizer(*filter(None, [flags.rec_model_dir]), **options)
    spotter = TextSpotter(recognizer, RapidDetector(flags.det_model_dir), drop_score=flags.drop_score)
    has_failed = False
    told = {"return_details": flags.return_word_box, "folder": flags.draw_img_save_dir}
    for lines, is_read in spot_photographs(spotter, paths, flags.output_format, **told):
        has_failed |= not is_read
        print(lines)
    return int(has_failed)


if __name__ == "__main__":
    run(main)
