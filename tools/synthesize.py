"""Rendered words into an LMDB, to train on: --out train_data/synth --num 200000 --workers 8.

Interrupted, it goes on where it was when it is started again with the same options. The same seed gives the same bytes
whatever the number of workers, on machines with the same fonts and libraries; DIR.synth.json says which.
Exit code 0: done; 1: done, but words of --words are left out; 2: nothing is written.
"""

import argparse
import functools
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.lmdb_job import SynthJob
from ppocr_rare.data.synth.style import EFFECTS, LAYOUTS
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.utils.cli import run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--out", required=True, metavar="DIR", help="LMDB to make")
    add("--num", type=int, required=True, help="number of words")
    add("--workers", type=int, default=4, help="processes that render (default: 4)")
    add("--fonts", nargs="+", metavar="DIR", help="files and folders, or 'shipped' (default: the system's and shipped)")
    add("--words", nargs="+", metavar="FILE", help="a word a line, with tab and weight if not 1 (default: English)")
    add("--dict", metavar="FILE", help="characters, one a line (default: 0-9a-z, drawn as A-Z too)")
    add("--max_length", type=int, metavar="N", help="draw no text of more characters (default: any)")
    add("--layouts", nargs="+", metavar="NAME", help=f"of {', '.join(LAYOUTS)} (default: all)")
    add("--effects", nargs="*", metavar="NAME", help=f"of {', '.join(map(repr, EFFECTS))}; empty: none (default: all)")
    add("--seed", type=int, default=0, help="of all that is drawn (default: 0)")
    add("--height", type=int, default=32, help="of the images, in pixels (default: 32)")
    add("--keep_fiducials", action="store_true", help="store the control points of TPS too")
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, so that the workers end too
    what = args.fonts, args.words, args.height, args.max_length, args.layouts, args.effects
    synthesizer = WordSynthesizer(Charset.from_file(args.dict), *what)
    job = SynthJob(synthesizer, args.num, args.seed, args.keep_fiducials)
    settings = job.write(args.out, args.workers, functools.partial(tqdm, unit="img", disable=None))
    print(f"written: {args.num}\nfonts: {len(synthesizer.fonts.fonts)}\nsettings: {settings}")
    return 1 if synthesizer.texts.words.rejections else 0


if __name__ == "__main__":
    run(main, fault_code=2)
