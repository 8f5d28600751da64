"""How often the benchmark page's bucket of a word, found in its image, is that of the line it was drawn on.

Of each layout as many words are drawn, of at least four letters, with the shipped fonts and all effects. What a word
was drawn as follows from the control points that its renderer knows, by the limits of the page's own definition.
"""

import argparse
import collections
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import run

MIN_LENGTH = 4


def drawn_bucket(points) -> str:
    """The bucket of a word by its control points in pixels, [F, 2] as ``locate_fiducials`` orders them."""
    import numpy as np

    from ppocr_rare.engine.evaluate.benchmark.curvature import bucket_of_line

    upper, lower = np.split(points, 2)
    line = (upper + lower) / 2
    chord = line[-1] - line[0]
    departures = np.abs((line - line[0]) @ (-chord[1], chord[0])) / math.hypot(*chord)
    return bucket_of_line(departures.max(), *chord)


def draw_words(layout: str, num: int, seed: int):
    """Yields ``num`` words of a layout that are long enough to be bent."""
    from ppocr_rare.data.charset import Charset
    from ppocr_rare.data.synth.synthesizer import WordSynthesizer

    synthesizer = WordSynthesizer(Charset.from_file(None), fonts=["shipped"], layouts=[layout])
    number = 0
    while num:
        number += 1
        word = synthesizer.draw((seed, number, 1))
        if len(word.text) >= MIN_LENGTH:
            num -= 1
            yield word


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=500, help="words of each layout (default: 500)")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing (default: 0)")
    args = parser.parse_args()
    from ppocr_rare.data.synth.style import LAYOUTS
    from ppocr_rare.engine.evaluate.benchmark.curvature import BUCKETS, bucket_of

    found = {bucket: collections.Counter() for bucket in BUCKETS}
    for layout in LAYOUTS:
        for word in draw_words(layout, args.num, args.seed):
            height, width = word.image.shape[:2]
            found[drawn_bucket((word.fiducials() + 1) / 2 * (width, height))][bucket_of(word.image)] += 1
    print(f"drawn as | words | named {' | '.join(BUCKETS)}\n---|---{'|---' * len(BUCKETS)}")
    for drawn, counts in found.items():
        total = counts.total()
        shares = " | ".join(f"{counts[bucket] / total:.1%}" if total else "" for bucket in BUCKETS)
        print(f"{drawn} | {total} | {shares}", flush=True)


if __name__ == "__main__":
    run(main)
