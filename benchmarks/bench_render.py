"""Words rendered per second by one processor beside what training takes, all layouts and effects mixed; their stages.

Of the renderer the processor time is measured, so that what else runs on the machine matters little; of the training
step the time that passes.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from ppocr_rare.utils.cli import run

CONFIG = Path(__file__).resolve().parents[1] / "configs" / "rec" / "rec_mv3_tps_bilstm_att.yml"
STAGES = {  # what a step of the renderer's is called in the table: (module, function)
    "text": ("texts.TextSource", "draw"),
    "font": ("font_pool.FontPool", "draw"),
    "recipe": ("synthesizer", "draw_recipe"),
    "layout": ("renderer", "_compose"),
    "glyphs": ("paint", "draw_glyphs"),
    "surface": ("paint", "surface"),
    "ink, rim, shadow": ("renderer", "print_word"),
    "camera": ("renderer", "photograph"),
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


def measure_training(config: Path, batch_size: int, rounds: int) -> float:
    """Seconds per image of a training step, as ``bench_loader.py`` measures it."""
    from benchmarks.train_step import TrainStep, in_turns
    from ppocr_rare import load_config

    return in_turns({"step": TrainStep(load_config(config), batch_size)}, rounds)["step"] / batch_size


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
    parser.add_argument("--fonts", nargs="+", default=["shipped"], metavar="DIR", help="default: shipped")
    parser.add_argument("-c", "--config", type=Path, default=CONFIG, metavar="FILE", help="to train (default: rec_mv3)")
    parser.add_argument("--batch_size", type=int, default=64, help="of the training step (default: 64)")
    parser.add_argument("--rounds", type=int, default=5, help="training steps that count (default: 5)")
    args = parser.parse_args()
    machine.use_threads(1)
    import cv2

    cv2.setNumThreads(1)
    print("one processor | images/s\n---|---")
    for height in args.height:
        print(f"renderer, {height} pixels high | {1 / measure(height, args.num, args.fonts):.0f}")
    seconds = measure_training(args.config, args.batch_size, args.rounds)
    print(f"training step of {args.config.stem} | {1 / seconds:.0f}")
    print(f"\nstage, {args.height[0]} pixels high | ms per image\n---|---")
    for stage, seconds in measure_stages(args.height[0], args.num, args.fonts).items():
        print(f"{stage} | {seconds * 1000:.3f}")


if __name__ == "__main__":
    run(main)
