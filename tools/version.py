"""Prints the versions of this package and of what it reads and trains with.

  ppocr_rare version
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import run

LIBRARIES = ("paddlepaddle", "paddlepaddle-gpu", "onnxruntime", "openvino", "paddle2onnx", "numpy")
LIBRARIES += ("opencv-python-headless",)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    import platform
    from importlib import metadata

    import ppocr_rare

    print(f"ppocr_rare {ppocr_rare.__version__}, Python {platform.python_version()}, {platform.platform()}")
    for name in LIBRARIES:
        try:
            print(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            print(f"{name} is not installed")


if __name__ == "__main__":
    run(main)
