"""What do further looks cost, and what do they bring? Accuracy and images/s of a recogniser, a row a choice.

Each row reads all words of each label file in batches of 32: once; once, tall images turned as well; words whose score
is below a limit again; all again. Words are compared by letters and digits alone, case ignored.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from ppocr_rare.utils.cli import run

LIMITS = (0.7, 0.8, 0.9, 0.95, 0.98)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("label_files", nargs="+", type=Path, metavar="LABELS", help="path<TAB>word, beside the images")
    parser.add_argument("--model_dir", metavar="DIR", help="default: the weights that come with the package")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median speed counts (default: 3)")
    return parser.parse_args()


def read_words(label_file: Path) -> tuple[list[bytes], list[str]]:
    """The images of a label file, as they are stored, and their words as they are compared."""
    from ppocr_rare.data.simple_dataset import SimpleDataSet
    from ppocr_rare.metrics import normalize_text

    samples = list(SimpleDataSet(str(label_file.parent), str(label_file)))
    pairs = [(sample["image"], normalize_text(sample["text"], "alphanumeric")) for sample in samples]
    return tuple(zip(*[pair for pair in pairs if pair[1]], strict=True))


def choices(model_dir: str | None):
    """Names and recognisers."""
    from ppocr_rare import TextRecognizer
    from ppocr_rare.engine.read import looks

    def make(**options) -> TextRecognizer:
        return TextRecognizer(model_dir, **options) if model_dir else TextRecognizer.from_pretrained(**options)

    yield "one look", make(rotate_tall=False, views=1)
    yield "tall images turned", make(views=1)
    chosen = looks.DOUBTFUL_SCORE
    for limit in LIMITS:
        looks.DOUBTFUL_SCORE = limit
        yield f"again below {limit}{' (the default)' if limit == chosen else ''}", make(views="doubtful")
    looks.DOUBTFUL_SCORE = chosen
    yield "all again", make(views="all")


def main() -> None:
    options = parse_arguments()
    from ppocr_rare.metrics import normalize_text

    sets = [read_words(path) for path in options.label_files]
    names = [path.parent.name for path in options.label_files]
    print("| | " + " | ".join(names) + " | images/s |\n" + "|---" * (len(names) + 2) + "|")
    for choice, recognizer in choices(options.model_dir):
        speeds, cells = [], []
        for round_number in range(options.rounds):
            began = time.perf_counter()
            texts = [[word.text for word in recognizer(list(images))] for images, _ in sets]
            speeds.append(sum(len(images) for images, _ in sets) / (time.perf_counter() - began))
            if round_number == 0:
                for found, (_, labels) in zip(texts, sets, strict=True):
                    pairs = zip(found, labels, strict=True)
                    right = [normalize_text(text, "alphanumeric") == label for text, label in pairs]
                    cells.append(f"{100 * np.mean(right):.1f} %")
        print(f"| {choice} | {' | '.join(cells)} | {np.median(speeds):.0f} |", flush=True)


if __name__ == "__main__":
    run(main)
