"""Draws doc/samples.png: what the word renderer can do, each layout and each degradation with its name."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.data.synth.samples import write_samples
from ppocr_rare.utils.cli import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, metavar="FILE.png", help="picture to write")
    path = parser.parse_args().out
    write_samples(path)
    print(path)


if __name__ == "__main__":
    run(main)
