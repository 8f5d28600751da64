"""How well the places of characters fit: drawn words, whose glyphs' boxes the renderer knows, layout by layout.

Of the words that are read right: the share of characters whose box has its centre in the glyph's box, and the mean
intersection over union of both. A glyph's box is that of its ink; a character's is as high as the line.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import run


def measure(recognizer, words):
    """Number of words read right, whether each character's centre is right, and each intersection over union."""
    from shapely.geometry import Point, Polygon

    num_right, hits, overlaps = 0, [], []
    readings = recognizer([word.image for word in words], return_details=True)
    for word, reading in zip(words, readings, strict=True):
        if reading.text != word.text.lower():
            continue
        num_right += 1
        for character, (_, corners) in zip(reading.characters, word.glyphs(), strict=True):
            found, drawn = Polygon(character.box).buffer(0), Polygon(corners)
            x, y = (sum(values) / 4 for values in zip(*character.box, strict=True))
            hits.append(drawn.contains(Point(x, y)))
            overlaps.append(found.intersection(drawn).area / found.union(drawn).area)
    return num_right, hits, overlaps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model_dir", metavar="DIR", help="default: the weights that come with the package")
    parser.add_argument("--num", type=int, default=200, help="words of each layout (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing (default: 0)")
    args = parser.parse_args()
    import numpy as np

    from ppocr_rare import TextRecognizer
    from ppocr_rare.data.charset import Charset
    from ppocr_rare.data.synth.style import LAYOUTS
    from ppocr_rare.data.synth.synthesizer import WordSynthesizer

    options = {"views": 1, "rotate_tall": False}
    recognizer = (
        TextRecognizer(args.model_dir, **options) if args.model_dir else TextRecognizer.from_pretrained(**options)
    )
    print("layout | words | read right | characters | centre in the glyph | mean IoU\n---|---|---|---|---|---")
    for layout in LAYOUTS:
        synthesizer = WordSynthesizer(Charset.from_file(None), fonts=["shipped"], layouts=[layout], height=48)
        words = [synthesizer.draw((args.seed, number + 1)) for number in range(args.num)]
        num_right, hits, overlaps = measure(recognizer, words)
        scores = f"{np.mean(hits):.1%} | {np.mean(overlaps):.2f}" if hits else "none | none"
        print(f"{layout} | {len(words)} | {num_right} | {len(hits)} | {scores}", flush=True)


if __name__ == "__main__":
    run(main)
