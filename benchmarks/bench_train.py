"""Images per second of one training step: this repository's arithmetic beside PaddleOCR's, taking turns in one run.

Forward, loss, backward and update on one batch of noise with the labels of random words; what reads data is left to
bench_loader.py. With --profile, where the time of a step goes.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = [ROOT / "configs" / "rec" / f"rec_{name}_tps_bilstm_att.yml" for name in ("mv3", "r34_vd")]
REFERENCE = "PaddleOCR's arithmetic"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-c", "--config", type=Path, nargs="+", default=CONFIGS, metavar="FILE", help="default: both")
    parser.add_argument("--batch_size", type=int, default=32, help="samples (default: 32)")
    parser.add_argument("--rounds", type=int, default=7, help="steps of each kind that count (default: 7)")
    parser.add_argument("--threads", type=int, help="of Paddle; default: the processors of this process")
    parser.add_argument("--use_gpu", action="store_true", help="measure on an NVIDIA card")
    parser.add_argument("--profile", action="store_true", help="show the stages of a step")
    return parser.parse_args()


def compare(path: Path, options) -> None:
    """Prints the rows of one configuration."""
    from benchmarks.reference import use_reference_arithmetic
    from benchmarks.train_step import TrainStep, in_turns
    from ppocr_rare import load_config

    faithful = load_config(path, ["Architecture.Head.teacher_forcing=False"])
    forced = load_config(path, ["Architecture.Head.teacher_forcing=True"])
    steps = {
        REFERENCE: TrainStep(faithful, options.batch_size, change=use_reference_arithmetic),
        "ours": TrainStep(faithful, options.batch_size),
        "ours, teacher forcing": TrainStep(forced, options.batch_size),
    }
    seconds = in_turns(steps, options.rounds)
    for name, value in seconds.items():
        rate, ratio = options.batch_size / value, seconds[REFERENCE] / value
        print(f"| {path.stem} | {name} | {value * 1e3:.0f} | {rate:.1f} | {ratio:.2f} |", flush=True)


def show_stages(path: Path, options) -> None:
    """Prints where the time of our step goes."""
    from benchmarks.train_step import TrainStep, profile
    from ppocr_rare import load_config

    step = TrainStep(load_config(path), options.batch_size)
    flops = step.convolution_flops()
    stages = profile(step, options.rounds)
    total = sum(map(sum, stages.values()))
    print(f"\n{path.stem}\n\n| stage | forward ms | backward ms | share | forward GFLOP/s |\n|---|---|---|---|---|")
    for name, (forward, backward) in stages.items():
        speed = f"{flops[name] / forward / 1e9:.0f}" if name in flops else ""
        print(f"| {name} | {forward * 1e3:.0f} | {backward * 1e3:.0f} | {(forward + backward) / total:.0%} | {speed} |")


def main():
    options = parse_arguments()
    threads = machine.use_threads(options.threads)
    from ppocr_rare.utils.runtime import select_device

    device = select_device(options.use_gpu)
    print(f"{device}, batches of {options.batch_size}; {machine.describe(threads)}\n")
    print("| network | step | ms | images/s | times as fast |\n|---|---|---|---|---|")
    for path in options.config:
        compare(path, options)
    if options.profile:
        for path in options.config:
            show_stages(path, options)


if __name__ == "__main__":
    run(main)
