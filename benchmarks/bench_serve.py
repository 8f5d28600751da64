"""Images per second and waiting times of the service, beside the bare recogniser on the same words.

Starts tools/serve.py and asks it with clients that each keep a connection and send one image after the other, so that
what is read together comes of them alone. The clients run on the same machine, and take their part of it.
"""

import argparse
import http.client
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=1000, help="words of a row (default: 1000)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64], help="default: 1 4 16 64")
    parser.add_argument("--rounds", type=int, default=3, help="the quickest counts (default: 3)")
    return parser.parse_args()


def bare_rate(images: list[bytes]) -> float:
    """Images per second of the recogniser, files in memory to words."""
    from ppocr_rare import TextRecognizer

    recognizer = TextRecognizer.from_pretrained(use_gpu=False)
    list(recognizer.iterate(images[:64]))
    began = time.perf_counter()
    list(recognizer.iterate(images))
    return len(images) / (time.perf_counter() - began)


def start_service() -> tuple[subprocess.Popen, int]:
    command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    port = 0
    for line in process.stderr:
        entry = json.loads(line)
        port = entry.get("port", port)
        if entry["message"] == "Application startup complete.":
            break
    threading.Thread(target=process.stderr.read, daemon=True).start()  # or the pipe of its log would fill
    return process, port


def ask(port: int, images: list[bytes], seconds: list[float]) -> None:
    """One client: one image after the other, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for image in images:
        began = time.perf_counter()
        connection.request("POST", "/read", image, {"Content-Type": "image/jpeg"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"status {answer.status}")
        seconds.append(time.perf_counter() - began)
    connection.close()


def served(port: int, images: list[bytes], num_clients: int) -> tuple[float, list[float]]:
    """Images per second of all clients together, and the seconds of each request, sorted."""
    seconds: list[float] = []
    shares = [images[number::num_clients] for number in range(num_clients)]
    clients = [threading.Thread(target=ask, args=(port, share, seconds)) for share in shares]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if len(seconds) != len(images):
        raise RuntimeError(f"{len(images) - len(seconds)} images were not answered")
    return len(images) / (time.perf_counter() - began), sorted(seconds)


def main():
    options = parse_arguments()
    print(machine.describe(machine.use_threads(None)))
    from benchmarks.words import render_words

    images = [image for image, _ in render_words(options.num)]
    bare = max(bare_rate(images) for _ in range(options.rounds))
    process, port = start_service()
    try:
        print(f"\nbare recogniser: {bare:.0f} images/s\n\n| clients | images/s | share | p50, ms | p99, ms |")
        print("|---|---|---|---|---|")
        for num_clients in options.clients:
            rounds = [served(port, images, num_clients) for _ in range(options.rounds)]
            rate, waits = max(rounds, key=lambda one: one[0])
            p50, p99 = (1000 * waits[min(len(waits) * part // 100, len(waits) - 1)] for part in (50, 99))
            print(f"| {num_clients} | {rate:.0f} | {rate / bare:.0%} | {p50:.1f} | {p99:.1f} |", flush=True)
    finally:
        process.terminate()
        process.wait(60)


if __name__ == "__main__":
    run(main)
