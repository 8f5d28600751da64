"""rare_read of deploy/cpp_infer beside predict_rec.py, both as whole processes, in turns: start, images/s, memory.

Draws words into a folder. "First word" is the time from the start of the process to its end with one image; images per
second are those of the folder, the time of one image taken off. In brackets stands the same by processor time, all
threads together, which hardly depends on who else uses the machine. Memory is the most that the process held.
"""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
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
    processor_seconds: float
    peak_bytes: int


def run_process(*command) -> Finished:
    """Runs a process to its end; its output is thrown away."""
    began = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks = [0]
    watch = threading.Thread(target=watch_memory, args=(process.pid, peaks))
    watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"exit code {process.returncode}: {' '.join(map(str, command))}")
    return Finished(seconds, usage.ru_utime + usage.ru_stime, max(peaks))


def watch_memory(pid: int, peaks: list[int]) -> None:
    """Notes the most memory that a process has held, until it ends; what it reports at its end counts its parent's."""
    with contextlib.suppress(OSError, TypeError):  # it is gone, or has ended and holds nothing
        while True:
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
            peaks.append(int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024)
            time.sleep(0.01)


@dataclass
class Reader:
    """A program that reads, and what was measured of it.

    Args:
        name: of its row.
        command: to which images and the size of batches are added.
    """

    name: str
    command: list
    first_word: list[tuple[float, float]] = field(default_factory=list)
    rates: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    peaks: list[int] = field(default_factory=list)

    def run(self, images: Path, batch: int) -> Finished:
        is_python = self.command[0] == sys.executable
        flags = (
            [f"--rec_batch_num={batch}", f"--image_dir={images}"] if is_python else [f"--batch_size={batch}", images]
        )
        return run_process(*self.command, *flags)

    def measure(self, images: Path, num: int, batch_sizes: list[int]) -> None:
        """One round."""
        one = self.run(next(images.iterdir()), 1)
        self.first_word.append((one.seconds, one.processor_seconds))
        for batch in batch_sizes:
            done = self.run(images, batch)
            times = done.seconds - one.seconds, done.processor_seconds - one.processor_seconds
            self.rates.setdefault(batch, []).append(tuple((num - 1) / seconds for seconds in times))
        self.peaks.append(done.peak_bytes)

    def row(self) -> str:
        rates = " | ".join(_medians(rates, "{:.0f}") for rates in self.rates.values())
        peak = statistics.median(self.peaks) / 2**20
        return f"| {self.name} | {_medians(self.first_word, '{:.2f}')} | {rates} | {peak:.0f} MiB |"


def _medians(pairs: list[tuple[float, float]], form: str) -> str:
    by_clock, by_processor = map(statistics.median, zip(*pairs, strict=True))
    return f"{form.format(by_clock)} ({form.format(by_processor)})"


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
    print(f"\n| program | first word, s | {columns} | memory |\n|---|---|{'---|' * len(options.batch_sizes)}---|")
    print("\n".join(reader.row() for reader in compared))


if __name__ == "__main__":
    run(main)
