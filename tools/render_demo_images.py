"""Renders the demo images: word_1.png ... word_10.png and labels.txt, a line of image name, tab and text each."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.data.synth.demo import write_demo
from ppocr_rare.utils.cli import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write to; made where it does not exist")
    for path in write_demo(parser.parse_args().out):
        print(path)


if __name__ == "__main__":
    run(main)
