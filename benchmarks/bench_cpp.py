"""rare_read of deploy/cpp_infer beside predict_rec.py, both as whole processes, in turns: start, images/s, memory.

Draws words into a folder. "First word" is the time from the start of the process to its end with one image. Images per
second are those of the folder, without the start: of predict_rec.py what --benchmark says, of rare_read the time of the
process less that of one image. Memory is the most that the process held.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from benchmarks.bench_predict import draw_words
from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "ppocr_rare" / "weights" / "rec_mv3_tps_bilstm_att"
PROGRAM = ROOT / "deploy" / "cpp_infer" / "build" / "release" / "rare_read"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=PROGRAM, metavar="FILE", help="rare_read (default: make cpp's)")
    parser.add_argument("--num", type=int, default=1000, help="words (default: 1000)")
    parser.add_argument("--batch_sizes", type=int, nargs="+", default=[1, 6, 32], help="default: 1 6 32")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts (default: 5)")
    return parser.parse_args()


@dataclass(frozen=True)
class Finished:
    """What a process took."""

    seconds: float
    peak_bytes: int
    errors: str


def run_process(*command) -> Finished:
    """Runs a process to its end; its output is thrown away."""
    with tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        told = errors.read()
    if process.returncode:
        sys.exit(f"{command[0]}: {told.strip()}")
    return Finished(seconds, usage.ru_maxrss * 1024, told)


@dataclass
class Reader:
    """A program that reads, and what was measured of it.

    Args:
        name: of its row.
        command: to which images and the size of batches are added.
    """

    name: str
    command: list
    first_word: list[float] = field(default_factory=list)
    rates: dict[int, list[float]] = field(default_factory=dict)
    peaks: list[int] = field(default_factory=list)

    @property
    def is_python(self) -> bool:
        return self.command[0] == sys.executable

    def run(self, images: Path, batch: int) -> Finished:
        if self.is_python:
            return run_process(*self.command, f"--image_dir={images}", f"--rec_batch_num={batch}", "--benchmark=True")
        return run_process(*self.command, f"--batch_size={batch}", images)

    def measure(self, images: Path, num: int, batch_sizes: list[int]) -> None:
        """One round."""
        one = next(images.iterdir())
        self.first_word.append(self.run(one, 1).seconds)
        for batch in batch_sizes:
            done = self.run(images, batch)
            if self.is_python:
                rate = float(re.search(r"([\d.]+) images/s", done.errors)[1])
            else:
                rate = (num - 1) / (done.seconds - self.run(one, batch).seconds)
            self.rates.setdefault(batch, []).append(rate)
        self.peaks.append(done.peak_bytes)

    def row(self) -> str:
        median = statistics.median
        rates = " | ".join(f"{median(rates):.0f}" for rates in self.rates.values())
        return f"| {self.name} | {median(self.first_word):.2f} s | {rates} | {median(self.peaks) / 2**20:.0f} MiB |"


def readers(program: Path) -> list[Reader]:
    if not program.is_file():
        sys.exit(f"{program} is not there: make cpp")
    usage = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    engines = re.search(r"there are: ([\w, ]+)", usage)[1].split(", ")
    python = [
        sys.executable,
        ROOT / "tools" / "infer" / "predict_rec.py",
        "--use_onnx=True",
        f"--rec_model_dir={MODEL}",
    ]
    found = [Reader("predict_rec.py, ONNX Runtime", python)]
    return found + [
        Reader(f"rare_read, {name}", [program, f"--model_dir={MODEL}", f"--engine={name}"]) for name in engines
    ]


def main():
    options = parse_arguments()
    print(machine.describe(machine.use_threads(None)))
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "words"
        draw_words(images, options.num)
        compared = readers(options.program)
        for _ in range(options.rounds):
            for reader in compared:
                reader.measure(images, options.num, options.batch_sizes)
    columns = " | ".join(f"images/s at {batch}" for batch in options.batch_sizes)
    print(f"\n| program | first word | {columns} | memory |\n|---|---|{'---|' * len(options.batch_sizes)}---|")
    print("\n".join(reader.row() for reader in compared))


if __name__ == "__main__":
    run(main)
