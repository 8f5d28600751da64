"""Photographs with word boxes or polygons to word images: --annotations F --images DIR --out DIR.

Exit code 0: all words are written; 1: some are rejected, the others written; 2: nothing is written.
"""

import argparse
import functools
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from ppocr_rare.data.annotations import FORMATS
from ppocr_rare.data.cropping import crop_photographs
from ppocr_rare.data.synth.font import shipped_fonts
from ppocr_rare.utils.cli import run
from ppocr_rare.utils.contact_sheet import write_contact_sheet


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--annotations", required=True, metavar="PATH", help="annotation file, or a folder of them")
    add("--images", metavar="DIR", help="folder of the photographs (default: where the annotations are)")
    add("--out", required=True, metavar="DIR", help="folder to make; one that holds anything is left as it is")
    add("--format", choices=("files", "lmdb"), default="files", help="PNG files and labels.txt (default), or an LMDB")
    add("--annotation_format", choices=("auto", *FORMATS), default="auto", help="default: known by the content")
    add("--mode", choices=("rectangle", "straighten"), default="rectangle", help="polygons: cut the "
        "least rectangle, bent words stay bent (default), or stretch between their long sides")  # fmt: skip
    add("--min_height", type=int, default=4, metavar="N", help="leave out crops with a side below this (default: 4)")
    add("--rotate_vertical", action="store_true", help="turn crops 1.5 times as high as wide, as PaddleOCR does")
    add("--ignore_orientation", action="store_true", help="annotations count pixels as stored, not as EXIF turns them")
    add("--sheet", metavar="FILE.png", help="draw the first 60 crops with their labels")
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, so that nothing half-written stays
    result = crop_photographs(
        args.annotations, args.images, args.out, annotation_format=args.annotation_format,
        output_format=args.format, mode=args.mode, min_side=args.min_height, rotate_vertical=args.rotate_vertical,
        ignore_orientation=args.ignore_orientation, progress=functools.partial(tqdm, unit="picture", disable=None),
    )  # fmt: skip
    print("\n".join(result.summary()))
    if args.sheet:
        write_contact_sheet(args.sheet, result.shown, shipped_fonts()["Karla-Bold"])
    return int(bool(result.conversion.rejections))


if __name__ == "__main__":
    run(main, fault_code=2)
