"""Words rendered per second by one processor, all layouts and effects mixed, and where the time goes.

Processor time of this process is measured, so that what else runs on the machine matters little.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine

STAGES = {  # what a step of the renderer's is called in the table: (module, function)
    "text": ("texts.TextSource", "draw"),
    "font": ("font_pool.FontPool", "draw"),
    "recipe": ("synthesizer", "draw_recipe"),
    "layout": ("renderer", "_compose"),
    "glyphs": ("paint", "draw_glyphs"),
    "surface": ("paint", "surface"),
    "ink, rim, shadow": ("renderer", "_print"),
    "camera": ("renderer", "_photograph"),
    "contrast": ("paint", "contrast"),
    "JPEG file": ("synthesizer.SynthWord", "encode"),
}


def measure(height: int, num: int, fonts: list[str]) -> float:
    """Seconds of processor time per word, after as many words to warm the fonts' glyphs."""
    from ppocr_rare.data.charset import Charset
    from ppocr_rare.data.synth.synthesizer import WordSynthesizer

    synthesizer = WordSynthesizer(Charset.from_file(None), fonts, height=height)
    for number in range(1, num + 1):
        synthesizer.draw((0, number)).encode()
    start = time.process_time()
    for number in range(1, num + 1):
        synthesizer.draw((1, number)).encode()
    return (time.process_time() - start) / num


def measure_stages(height: int, num: int, fonts: list[str]) -> dict[str, float]:
    """Seconds per word of each stage. Taking the time costs a little itself."""
    import importlib

    spent = dict.fromkeys(STAGES, 0.0)
    restore = []
    for stage, (place, name) in STAGES.items():
        module, _, cls = place.partition(".")
        owner = importlib.import_module(f"ppocr_rare.data.synth.{module}")
        owner = getattr(owner, cls) if cls else owner
        restore.append((owner, name, getattr(owner, name)))
        setattr(owner, name, timed(getattr(owner, name), stage, spent))
    measure(height, num, fonts)
    for owner, name, function in restore:
        setattr(owner, name, function)
    return {stage: seconds / (2 * num) for stage, seconds in spent.items()}


def timed(function, stage: str, spent: dict[str, float]):
    """The function, whose processor time is added to that of the stage."""

    def call(*args, **kwargs):
        start = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[stage] += time.process_time() - start

    return call


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--height", type=int, nargs="+", default=[32, 48], help="of the images (default: 32 48)")
    parser.add_argument("--num", type=int, default=1000, help="words to measure (default: 1000)")
    parser.add_argument("--fonts", nargs="+", default=["shipped"], metavar="DIR", help="see tools/synthesize.py")
    args = parser.parse_args()
    machine.use_threads(1)
    import cv2

    cv2.setNumThreads(1)
    print("height | images/s on one processor\n---|---")
    for height in args.height:
        print(f"{height} | {1 / measure(height, args.num, args.fonts):.0f}")
    print(f"\nstage, {args.height[0]} pixels high | ms per image\n---|---")
    for stage, seconds in measure_stages(args.height[0], args.num, args.fonts).items():
        print(f"{stage} | {seconds * 1000:.3f}")


if __name__ == "__main__":
    main()
