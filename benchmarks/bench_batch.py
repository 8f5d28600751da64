"""Batch reading with one worker and with two beside the bare recogniser, in turns; and the memory that it takes.

The bare recogniser is ``TextRecognizer`` with one thread over bytes that are in memory, in as many processes as there
are workers. Workers open Parquet files and write parts as well. Starts are counted on neither side. Processor time,
of the driver too, says what batch reading adds where other work slows both down. Memory is the most that the driver
and a worker have held, of inputs that differ in size: their words repeat a few thousand drawn ones.
"""

import argparse
import itertools
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks import machine
from benchmarks.words import render_words
from ppocr_rare.utils.cli import run

TOOL = Path(__file__).resolve().parents[1] / "tools" / "batch.py"
NUM_DISTINCT = 4000
GROUP_ROWS = 5000
NUM_SHARDS = 4  # of a timed run, for each worker: none waits for another one's last shard
MIB = 1 << 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--num", type=int, default=2000, help="words of a timed run, for each worker (default: 2000)")
    add("--rounds", type=int, default=5, help="timed runs of each kind; 0 to leave them out (default: 5)")
    add("--workers", type=int, nargs="+", default=[1, 2], metavar="N", help="how many there are (default: 1 2)")
    add("--views", default="doubtful", choices=["1", "doubtful"], help="of the timed runs (default: doubtful)")
    add("--memory", type=int, nargs="*", default=[20_000, 200_000], metavar="ROWS",
        help="rows of the inputs whose memory is measured; none to leave that out (default: 20000 200000)")  # fmt: skip
    return parser.parse_args()


def write_input(path: Path, words: list[bytes], count: int) -> None:
    """A Parquet file of so many rows, which repeat the words; a row group at a time."""
    import pyarrow
    from pyarrow import parquet

    images = itertools.cycle(words)
    schema = pyarrow.schema([("key", pyarrow.string()), ("image", pyarrow.binary())])
    path.parent.mkdir()
    with parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, count, GROUP_ROWS):
            numbers = range(start, min(start + GROUP_ROWS, count))
            columns = [[str(number) for number in numbers], [next(images) for _ in numbers]]
            writer.write_table(pyarrow.table(columns, schema=schema))


def batch_pace(source: Path, target: Path, workers: int, views, shard_rows: int) -> tuple[float, float]:
    """Seconds, and those of processors, that an image takes ready workers, from the first shard to the last part."""
    from ppocr_rare.engine.batch.crew import LocalCrew
    from ppocr_rare.engine.batch.foreman import Foreman
    from ppocr_rare.engine.batch.run import BatchOptions, make_plan

    class ReadyCrew(LocalCrew):
        """Tells that workers are ready when all are."""

        def __init__(self, job, size):
            super().__init__(job, size)
            self._kept = []
            while len(self._kept) < size:
                self._kept += super().messages(60)

        def messages(self, timeout_s):
            kept, self._kept = self._kept, []
            return kept or super().messages(timeout_s)

    target.mkdir()
    plan = make_plan(BatchOptions((str(source),), str(target), views=views, shard_rows=shard_rows))
    crew = ReadyCrew(plan.job, workers)
    pids = [os.getpid(), *(one.process.pid for one in crew._processes)]
    began, before = time.perf_counter(), sum(map(_processor_seconds, pids))
    rows = Foreman(crew, plan.left(), lambda read: None).run().tally.rows
    seconds, taken = time.perf_counter() - began, sum(map(_processor_seconds, pids)) - before
    crew.close()
    return seconds / rows, taken / rows


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bare_pace(words: list[bytes], count: int, workers: int, views) -> tuple[float, float]:
    """The same of processes that read so many words each, and do nothing else."""
    context = multiprocessing.get_context("spawn")
    ready, told = context.Barrier(workers + 1), context.Queue()
    processes = [context.Process(target=_read, args=(words, count, views, ready, told)) for _ in range(workers)]
    for process in processes:
        process.start()
    ready.wait()
    began = time.perf_counter()
    taken = sum(told.get() for _ in processes)
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return seconds / (workers * count), taken / (workers * count)


def _read(words, count, views, ready, told) -> None:
    from ppocr_rare.engine.batch.model import Model

    recognizer = Model.found(None, None).opened({"views": views})
    ready.wait()
    before = time.process_time()
    for _ in recognizer.iterate(itertools.islice(itertools.cycle(words), count)):
        pass
    told.put(time.process_time() - before)


def compare(words: list[bytes], options, folder: Path) -> None:
    views = 1 if options.views == "1" else options.views
    print("\n| workers | bare, images/s | batch, images/s | share | of each round | of processor time |")
    print("|---|---|---|---|---|---|")
    for workers in options.workers:
        source = folder / f"timed{workers}"
        write_input(source / "words.parquet", words, options.num * workers)
        bare, whole = [], []
        for turn in range(options.rounds):
            for is_bare in (turn % 2 == 0, turn % 2 == 1):  # neither is always the second
                if is_bare:
                    bare.append(bare_pace(words, options.num, workers, views))
                else:
                    target = folder / f"out{workers}.{turn}"
                    whole.append(batch_pace(source, target, workers, views, -(-options.num // NUM_SHARDS)))
        shares = np.array(bare) / whole
        each = ", ".join(f"{share:.0%}" for share in shares[:, 0])
        rates = (f"{1 / np.median([seconds for seconds, _ in paces]):.0f}" for paces in (bare, whole))
        share, of_processors = (f"{value:.0%}" for value in np.median(shares, axis=0))
        print("|", " | ".join([str(workers), *rates, share, each, of_processors]), "|", flush=True)


def memory_of(source: Path, target: Path) -> tuple[float, float, str]:
    """The most memory that the driver and a worker have held, in MiB, and the line about the pace."""
    command = [sys.executable, TOOL, "--input", source, "--output", target, "--workers", "2", "--views", "1"]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    driver = worker = 0
    while process.poll() is None:
        driver = max(driver, _peak(process.pid))
        told = subprocess.run(["pgrep", "-P", str(process.pid), "-f", "spawn_main"], capture_output=True, text=True)
        worker = max([worker, *(_peak(int(pid)) for pid in told.stdout.split())])
        time.sleep(0.2)
    return driver / MIB, worker / MIB, process.stdout.read().splitlines()[1]


def _peak(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:  # it has ended
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def show_memory(words: list[bytes], options, folder: Path) -> None:
    print("\n| rows | input, MiB | driver, MiB | largest worker, MiB | |\n|---|---|---|---|---|")
    for rows in options.memory:
        source = folder / f"rows{rows}"
        write_input(source / "words.parquet", words, rows)
        driver, worker, pace = memory_of(source, folder / f"read{rows}")
        size = (source / "words.parquet").stat().st_size / MIB
        print(f"| {rows} | {size:.0f} | {driver:.0f} | {worker:.0f} | {pace} |", flush=True)


def main():
    options = parse_arguments()
    print(machine.describe(machine.use_threads(None)))
    words = [image for image, _ in render_words(NUM_DISTINCT)]
    with tempfile.TemporaryDirectory() as folder:
        if options.rounds:
            compare(words, options, Path(folder))
        if options.memory:
            show_memory(words, options, Path(folder))


if __name__ == "__main__":
    run(main)
