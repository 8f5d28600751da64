"""Images per second and waiting times of the service, beside the bare recogniser on the same words, taking turns.

Starts tools/serve.py and asks it over connections that are kept, one image a request, as it is. The client runs on the
same machine, and takes its part of it; processor milliseconds are the service's alone. `--memory 20000` sends as many
requests, a part of them in error, and prints what the service's memory does.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from benchmarks.http_load import at_rate, in_turn
from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
ROW = "| {} | {:.0f} | {:.0%} | {:.2f} | {:.1f} | {:.1f} |"
CHECKS = 10  # how often the memory is looked at
BROKEN = [b"no image", b"\x89PNG\r\n\x1a\n" + bytes(100), b""]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=1000, help="words of a row (default: 1000)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64], help="default: 1 4 16 64")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts (default: 3)")
    parser.add_argument("--workers", type=int, default=1, help="processes of the service (default: 1)")
    parser.add_argument(
        "--memory", type=int, default=0, metavar="N", help="memory over N requests instead (default: 0)"
    )
    return parser.parse_args()


class Service:
    """A service at a free port, until the end of a ``with``."""

    def __init__(self, script: str, *options: str, num_workers: int = 1):
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / script), *options], stderr=subprocess.PIPE, text=True
        )
        self.port = self._wait_until_ready(num_workers)
        # Or the pipe of its log would fill.
        threading.Thread(target=lambda: [None for _ in self._process.stderr], daemon=True).start()

    def _wait_until_ready(self, num_workers: int) -> int:
        port, num_ready = 0, 0
        for line in self._process.stderr:
            entry = json.loads(line)
            port = entry.get("port", port)
            num_ready += entry["message"] == "Application startup complete."
            if num_ready == num_workers:
                return port
        raise RuntimeError("the service does not start")

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait(60)

    @property
    def processes(self) -> list[int]:
        """Its own and its workers' numbers."""
        own = self._process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split()
        return [own, *map(int, children)]

    def cpu_seconds(self) -> float:
        """Processor time that it has taken so far."""
        return sum(map(machine.cpu_seconds, self.processes))

    def resident_bytes(self) -> int:
        """Memory that it holds."""
        return sum(map(machine.resident_bytes, self.processes))


def timed(cpu_seconds: Callable[[], float], work: Callable[[], list[float]]) -> tuple[float, float, list[float]]:
    """Seconds, processor seconds and the waiting times of work."""
    began, cpu_began = time.perf_counter(), cpu_seconds()
    waits = work()
    return time.perf_counter() - began, cpu_seconds() - cpu_began, waits


def bare(images: list[bytes]) -> dict[str, Callable[[], list[float]]]:
    """The recogniser in this process, files in memory to words: all images at once, and one after the other."""
    from ppocr_rare import TextRecognizer

    recognizer = TextRecognizer.from_pretrained(use_gpu=False)
    list(recognizer.iterate(images[:64]))

    def together() -> list[float]:
        list(recognizer.iterate(images))
        return [0.0]

    def alone() -> list[float]:
        waits = []
        for image in images:
            began = time.perf_counter()
            recognizer(image)
            waits.append(time.perf_counter() - began)
        return waits

    return {"bare, all at once": together, "bare, one by one": alone}


def compare(service: Service, empty: Service, images: list[bytes], clients: list[int], num_rounds: int) -> None:
    """Prints a row for the bare recogniser, for HTTP alone, for each number of clients; then half of what was most."""

    def asking(service: Service, number: int) -> tuple[Callable[[], float], Callable[[], list[float]]]:
        return service.cpu_seconds, lambda: asyncio.run(in_turn(service.port, images, number))

    works = {name: (time.process_time, work) for name, work in bare(images).items()}
    works["1 client, nothing is read"] = asking(empty, 1)
    works |= {f"{number} clients": asking(service, number) for number in clients}
    results = {name: [] for name in works}
    for _ in range(num_rounds):
        for name, work in works.items():
            results[name].append(timed(*work))
    best = max(rate_of(rounds, images) for name, rounds in results.items() if "clients" in name)
    half = [timed(service.cpu_seconds, lambda: asyncio.run(at_rate(service.port, images, best / 2)))]
    first = rate_of(results["bare, all at once"], images)
    print("\n| | images/s | share | processor ms an image | p50, ms | p99, ms |\n|---|---|---|---|---|---|")
    for name, rounds in (results | {f"{best / 2:.0f} a second, at random": half}).items():
        cpu = statistics.median(seconds for _, seconds, _ in rounds) / len(images)
        waits = sorted(wait for _, _, waits in rounds for wait in waits)
        p50, p99 = (1000 * waits[len(waits) * part // 100] for part in (50, 99))
        rate = rate_of(rounds, images)
        print(ROW.format(name, rate, rate / first, 1000 * cpu, p50, p99))


def rate_of(rounds: list[tuple[float, float, list[float]]], images: list[bytes]) -> float:
    """Images per second, the median of the rounds."""
    return len(images) / statistics.median(seconds for seconds, _, _ in rounds)


def watch_memory(service: Service, images: list[bytes], num_requests: int) -> None:
    """Prints what the service holds in memory while it answers many requests."""
    share = num_requests // CHECKS
    good = itertools.islice(itertools.cycle(images), share - share // 50)
    mixed = [*good, *itertools.islice(itertools.cycle(BROKEN), share // 50)]
    sizes = []
    print("\n| requests | MiB |\n|---|---|")
    for number in range(1, CHECKS + 1):
        asyncio.run(in_turn(service.port, mixed, 16, statuses={200, 422}))
        sizes.append(service.resident_bytes())
        print(f"| {number * share} | {sizes[-1] / 2**20:.1f} |", flush=True)
    print(f"\ngrowth from {share} to {CHECKS * share} requests: {sizes[-1] / sizes[0] - 1:+.1%}")


def main():
    options = parse_arguments()
    print(machine.describe(machine.use_threads(None)))
    from benchmarks.words import render_words

    images = [image for image, _ in render_words(options.num)]
    flags = ["--port", "0", *(["--workers", str(options.workers)] if options.workers > 1 else [])]
    with Service("tools/serve.py", *flags, num_workers=options.workers) as service:
        if options.memory:
            watch_memory(service, images, options.memory)
            return
        with Service("benchmarks/serve_nothing.py") as empty:
            compare(service, empty, images, options.clients, options.rounds)


if __name__ == "__main__":
    run(main)
