"""Reads words in images with an exported model, by the flags of PaddleOCR's predict_rec.py.

--image_dir and --rec_model_dir suffice: inference.yml beside the model says the rest, and a flag overrides it. The exit
code is 1 where an image could not be read: its line says why.
"""

import argparse
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tqdm import tqdm

from ppocr_rare.engine.read.predict_flags import add_flags, open_model, share_of
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.utils.cli import open_output, run
from ppocr_rare.utils.image_paths import list_images

FORMATS = {
    "text": lambda path, word: f"Predicts of {path}:{(word.text, word.score)}",
    "tsv": lambda path, word: f"{path}\t{word.text}\t{word.score:.4f}",
    "json": lambda path, word: json.dumps({"path": path, "text": word.text, "score": word.score}, ensure_ascii=False),
}
ERRORS = {
    "text": lambda path, word: f"Predicts of {path}: error: {word.error}",
    "tsv": lambda path, word: f"{path}\terror: {word.error}",
    "json": lambda path, word: json.dumps({"path": path, "error": word.error}, ensure_ascii=False),
}


SAME = ("min_score", "rotate_tall", "views")  # flags that are the recogniser's arguments


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_flags(parser)
    parser.add_argument("--output_format", choices=sorted(FORMATS), default="text")
    parser.add_argument("--save_res_path", metavar="FILE", help="gets the same lines")
    return parser.parse_args()


def main() -> int:
    flags = parse_args()
    recognizer = TextRecognizer(
        model=open_model(flags), batch_size=flags.rec_batch_num, **{name: getattr(flags, name) for name in SAME}
    )
    paths = share_of(list_images(flags.image_dir), flags)
    began, has_failed = time.perf_counter(), False
    with ExitStack() as stack:
        outputs = [sys.stdout]
        if flags.save_res_path:
            outputs.append(stack.enter_context(open_output(flags.save_res_path)))
        words = zip(paths, recognizer.iterate(paths), strict=True)
        for path, word in tqdm(words, total=len(paths), unit="img", disable=None, leave=False):
            has_failed |= word.error is not None
            line = (FORMATS if word.error is None else ERRORS)[flags.output_format](path, word)
            for output in outputs:
                tqdm.write(line, file=output)
    seconds = time.perf_counter() - began
    if flags.benchmark:
        print(f"{len(paths)} images in {seconds:.2f} s, {len(paths) / seconds:.1f} images/s", file=sys.stderr)
    return int(has_failed)


if __name__ == "__main__":
    run(main)
