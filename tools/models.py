"""Lists the weights that come with the package: name, what they read, and where they lie.

  ppocr_rare models
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import run


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    # Imported here, so that --help does not wait.
    from ppocr_rare.engine.read.description import read_description
    from ppocr_rare.engine.read.recognizer import PRETRAINED_DIR
    from ppocr_rare.utils.printable import row

    for folder in sorted(path.parent for path in PRETRAINED_DIR.glob("*/config.yml")):
        description = read_description(folder)
        characters = "".join(description.characters) if description else "?"
        print(row(folder.name, characters, str(folder)))
    print(f"how well they read: {PRETRAINED_DIR / 'README.md'}", file=sys.stderr)


if __name__ == "__main__":
    run(main)
