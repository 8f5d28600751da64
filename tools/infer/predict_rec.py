"""Reads words in images with an exported model, by the flags of PaddleOCR's predict_rec.py.

--image_dir and --rec_model_dir suffice: inference.yml beside the model says the rest, and a flag overrides it. The exit
code is 1 where an image could not be read: its line says why.
"""

import argparse
import logging
import sys
import time
from contextlib import ExitStack, closing, nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tqdm import tqdm

from ppocr_rare.engine.read.predict_flags import (
    add_flags,
    check_flags,
    given_without_effect,
    open_recognizer,
    share_of,
)
from ppocr_rare.engine.read.processes import read_with_processes
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.read.stage_times import StageTimes
from ppocr_rare.utils.cli import open_output, run
from ppocr_rare.utils.image_paths import list_images
from ppocr_rare.utils.log_file import LogFile
from ppocr_rare.utils.printable import escape, json_row, row

logger = logging.getLogger("ppocr_rare.predict_rec")



def _readings(word: RecognizedWord) -> dict:
    return {"readings": [asdict(reading) for reading in word.readings]} if word.readings else {}


FORMATS = {
    "text": lambda path, word: f"Predicts of {escape(path)}:{(word.text, word.score)}",
    "tsv": lambda path, word: row(path, *word.cells()),
    "json": lambda path, word: json_row({"path": path, "text": word.text, "score": word.score} | _readings(word)),
}
ERRORS = {
    "text": lambda path, word: escape(f"Predicts of {path}: error: {word.error}"),
    "tsv": lambda path, word: row(path, f"error: {word.error}"),
    "json": lambda path, word: json_row({"path": path, "error": word.error}),
}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_flags(parser)
    parser.add_argument("--output_format", choices=sorted(FORMATS), default="text", help="default: text")
    parser.add_argument("--save_res_path", metavar="FILE", help="gets the same lines")
    return parser.parse_args()


def main() -> int:
    flags = parse_args()
    with LogFile(Path(flags.save_log_path) / "predict_rec.log") if flags.save_log_path else nullcontext():
        check_flags(flags)
        return predict(flags)


def predict(flags: argparse.Namespace) -> int:
    """Reads what the flags name, writes a line for each image; returns the exit code."""
    paths = list_images(flags.image_dir)
    paths = paths if flags.use_mp else share_of(paths, flags)
    times = StageTimes() if flags.benchmark else None
    with ExitStack() as stack:
        if flags.use_mp:
            words = read_with_processes(paths, flags.total_process_num, partial(open_recognizer, flags), times)
        else:
            words = open_recognizer(flags, times).iterate(paths)
        stack.enter_context(closing(words))  # whatever ends this, nothing more is read
        outputs = [sys.stdout]
        if flags.save_res_path:
            outputs.append(stack.enter_context(open_output(flags.save_res_path)))
        began, has_failed = time.perf_counter(), False
        pairs = zip(paths, words, strict=True)
        for path, word in tqdm(pairs, total=len(paths), unit="img", disable=None, leave=False):
            has_failed |= word.error is not None
            line = (FORMATS if word.error is None else ERRORS)[flags.output_format](path, word)
            for output in outputs:
                tqdm.write(line, file=output)
    tell_end(flags, len(paths), time.perf_counter() - began, times)
    return int(has_failed)


def tell_end(flags: argparse.Namespace, num_images: int, seconds: float, times: StageTimes | None) -> None:
    """Logs what the benchmark asks for, and which flags changed nothing."""
    if flags.benchmark:
        logger.info("%d images in %.2f s, %.1f images/s", num_images, seconds, num_images / seconds)
    if times:
        name, precision = Path(flags.rec_model_dir).name, flags.precision
        for line in times.report(num_images, seconds, name, precision, flags.rec_batch_num):
            logger.info("%s", line)
    if given := given_without_effect(flags):
        logger.warning("without effect here: %s", ", ".join(given))


if __name__ == "__main__":
    run(main)
