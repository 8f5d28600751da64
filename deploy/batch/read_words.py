"""Reads millions of words: ``ppocr_rare batch`` in a checkout. README.md beside it says what can be asked for."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ppocr_rare.utils.cli import run
from tools.batch import main

if __name__ == "__main__":
    run(main, fault_code=2)
