"""Finds the words of whole photographs and reads them, by the flags of PaddleOCR's predict_system.py.

  ppocr_rare spot --image_dir street.jpg --draw_img_save_dir pictures
  ppocr_rare spot --image_dir photos/ --output_format json > words.json

Needs pip install 'ppocr_rare[photo]'. The exit code is 1 where a photograph could not be read: its line says why.
"""

import argparse
import logging
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tqdm import tqdm

from ppocr_rare.engine.read.decoding.options import each_decoding_of
from ppocr_rare.engine.read.predict_flags import share_of
from ppocr_rare.engine.spot.gallery import Wanted, spot_photographs
from ppocr_rare.engine.spot.system_flags import add_flags, given_without_effect, open_spotter
from ppocr_rare.utils.cli import open_output, run
from ppocr_rare.utils.image_paths import list_images

logger = logging.getLogger("ppocr_rare.predict_system")


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_flags(parser)
    return parser.parse_args()


def main() -> int:
    flags = parse_args()
    spotter = open_spotter(flags)
    paths = share_of(list_images(flags.image_dir), flags)
    crops = flags.crop_res_save_dir if flags.save_crop_res else None
    wanted = Wanted(flags.output_format, flags.return_word_box, flags.draw_img_save_dir, crops)
    results = [flags.save_res_path]
    results += [Path(flags.draw_img_save_dir, "system_results.txt")] if flags.draw_img_save_dir else []
    began, has_failed = time.perf_counter(), False
    with ExitStack() as stack:
        lines = spot_photographs(spotter, paths, wanted, each_decoding_of(flags, paths, spotter.lexicon_of))
        outputs = [sys.stdout, *(stack.enter_context(open_output(path)) for path in results if path)]
        for line, is_read in tqdm(lines, total=len(paths), unit="img", disable=None, leave=False):
            has_failed |= not is_read
            for output in outputs:
                tqdm.write(line, file=output)
    if flags.benchmark:
        logger.info("%d photographs in %.2f s", len(paths), time.perf_counter() - began)
    if given := given_without_effect(flags):
        logger.warning("without effect here: %s", ", ".join(given))
    return int(has_failed)


if __name__ == "__main__":
    run(main)
