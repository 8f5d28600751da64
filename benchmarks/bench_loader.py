"""Samples per second of the data loader beside what the network takes; with --simulate, the opening of a huge data set.

The words are rendered into an LMDB in a temporary folder, and read, decoded and resized as the configuration says.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "configs" / "rec" / "rec_mv3_tps_bilstm_att.yml"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-c", "--config", type=Path, default=CONFIG, metavar="FILE", help="default: rec_mv3")
    parser.add_argument("--batch_size", type=int, default=64, help="samples (default: 64)")
    parser.add_argument("--samples", type=int, default=8192, help="in the data set that is read (default: 8192)")
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2], help="to try (default: 0 1 2)")
    parser.add_argument("--rounds", type=int, default=5, help="training steps that count (default: 5)")
    parser.add_argument("--threads", type=int, help="of Paddle; default: the processors of this process")
    parser.add_argument("--simulate", type=int, metavar="N", help="measure the opening of N samples, and nothing else")
    parser.add_argument("--opened", type=Path, help=argparse.SUPPRESS)  # the process that --simulate measures
    return parser.parse_args()


def reading_seconds(config, folder: Path, batch_size: int, num_workers: int) -> tuple[float, float]:
    """Seconds until the first batch of an epoch, and seconds a sample from there to the end."""
    from ppocr_rare.builder import build_dataset, keep_keys_of
    from ppocr_rare.data.loader import build_loader
    from ppocr_rare.data.sampler import build_sampler

    dataset = build_dataset(config, "Train", with_labels=True)
    sampler = build_sampler(dataset, batch_size, shuffle=True, drop_last=True, seed=0)
    keys = keep_keys_of(config, "Train")
    loader = build_loader(
        dataset, keep_keys=keys, batch_size=batch_size, num_workers=num_workers, batch_sampler=sampler
    )
    start = time.perf_counter()
    ends = []
    for _batch in loader:
        ends.append(time.perf_counter())
    return ends[0] - start, (ends[-1] - ends[0]) / (batch_size * (len(ends) - 1))


def compare(options) -> None:
    """Prints the samples that the loader gives and those that training takes."""
    from benchmarks.train_step import TrainStep, in_turns
    from benchmarks.words import write_words
    from ppocr_rare import load_config

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "words"
        write_words(folder, options.samples)
        config = load_config(options.config, [f"Train.dataset.data_dir={folder}"])
        print("| | samples/s | per worker | first batch s |\n|---|---|---|---|")
        for num_workers in options.workers:
            first, each = reading_seconds(config, folder, options.batch_size, num_workers)
            rate = 1 / each
            per_worker = rate / max(1, num_workers)
            print(f"| loader, {num_workers} workers | {rate:.0f} | {per_worker:.0f} | {first:.2f} |", flush=True)
    seconds = in_turns({"step": TrainStep(config, options.batch_size)}, options.rounds)["step"]
    print(f"| training step of {options.config.stem} | {options.batch_size / seconds:.0f} |  |  |")


def simulate(count: int) -> None:
    """Writes the index of a huge data set, and measures its opening in a process of its own."""
    from benchmarks.words import write_index

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "huge"
        write_index(folder, count)
        subprocess.run([sys.executable, __file__, "--opened", folder], check=True)


def measure_opening(folder: Path) -> None:
    """Opens a data set and draws the first batch of a shuffled epoch; prints what that takes."""
    from ppocr_rare.data.lmdb_dataset import LMDBDataSet
    from ppocr_rare.data.sampler import build_sampler

    before, start = machine.resident_bytes(), time.perf_counter()
    dataset = LMDBDataSet(str(folder))
    opened = time.perf_counter() - start
    batch = next(iter(build_sampler(dataset, 256, shuffle=True, drop_last=False, seed=0)))
    seconds, grown = time.perf_counter() - start, machine.peak_bytes() - before
    print(
        f"{len(dataset)} samples: opened after {opened:.3f} s, indices of the first batch of {len(batch)} after "
        f"{seconds:.2f} s, {grown / 1e6:.0f} MB of memory at the peak"
    )


def main():
    options = parse_arguments()
    threads = machine.use_threads(options.threads)
    if options.opened:
        measure_opening(options.opened)
    elif options.simulate:
        simulate(options.simulate)
    else:
        print(f"batches of {options.batch_size}; {machine.describe(threads)}\n")
        compare(options)


if __name__ == "__main__":
    run(main)
