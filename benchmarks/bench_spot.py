"""How well are the words of whole photographs found and read, and whose fault is it where they are not?

Precision, recall and F as ICDAR 2015 counts them (see engine/spot/evaluate.py): of what the detector gives, as
rapidocr sets it and as it is set here; parted into words; with those left out that are read with a low score; and read.
Then where the annotated words remain: not found by the detector, not cut as a word, left out, misread, right.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import shapely

from ppocr_rare.utils.cli import run


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", type=Path, help="folder of ICDAR's gt_NAME.txt")
    parser.add_argument("images", help="folder of the photographs")
    parser.add_argument("--weights", default="rec_mv3_tps_bilstm_att_real", metavar="NAME",
                        help="that read, of the shipped (default: rec_mv3_tps_bilstm_att_real)")  # fmt: skip
    parser.add_argument("--drop_score", type=float, default=0.5, help="as predict_system.py's (default: 0.5)")
    parser.add_argument("--every", type=int, nargs=2, default=(1, 0), metavar=("N", "START"),
                        help="every n-th photograph by name, from START on (default: 1 0)")  # fmt: skip
    parser.add_argument("--num_threads", type=int, help="of the detector (default: one a core)")
    return parser.parse_args()


def photographs(options: argparse.Namespace) -> Iterator[tuple[np.ndarray, list]]:
    """Pixels and annotated words."""
    from ppocr_rare.data.annotations import WordRegion, read_annotations
    from ppocr_rare.data.cropping.photograph_reader import PhotographReader

    reader = PhotographReader(options.images)
    step, start = options.every
    for file in sorted(options.annotations.glob("*.txt"))[start::step]:
        for picture in read_annotations(file, "icdar"):
            yield reader.read(file, picture), [word for word in picture.words if isinstance(word, WordRegion)]


def as_rapidocr_sets_it(options: argparse.Namespace):
    """The same detector with the settings of its package."""
    from ppocr_rare.engine.spot.detector import RapidDetector

    return RapidDetector(num_threads=options.num_threads, min_probability=0.3, closes_gaps=True)


def timed(times: Counter, name: str, work: Callable):
    start = time.perf_counter()
    result = work()
    times[name] += time.perf_counter() - start
    return result


def fate(word, polygons: list[np.ndarray], found: list, kept: list) -> str:
    """What became of an annotated word.

    Args:
        word: a WordRegion.
        polygons: of the detector.
        found: SpottedWords, also those that are left out.
        kept: those that are not.
    """
    from ppocr_rare.engine.spot.evaluate import count_spotted

    region = shapely.make_valid(shapely.Polygon(word.points))
    lines = shapely.union_all([shapely.make_valid(shapely.Polygon(polygon)) for polygon in polygons])
    if lines.intersection(region).area <= 0.5 * region.area:
        return "the detector's: not found"
    if not count_spotted([word], [np.array(one.polygon) for one in found]).num_right:
        return "between both: found, but not as this word"
    if not any(count_spotted([word], [np.array(one.polygon)]).num_right for one in kept):
        return "ours: left out for its low score"
    if any(count_spotted([word], [np.array(one.polygon)], [one.text]).num_right for one in kept):
        return "right"
    return "ours: misread"


def main() -> None:
    options = parse_arguments()
    from ppocr_rare import TextRecognizer
    from ppocr_rare.engine.spot.detector import RapidDetector
    from ppocr_rare.engine.spot.evaluate import SpotCounts, count_spotted
    from ppocr_rare.engine.spot.spotter import TextSpotter

    detector, usual = RapidDetector(num_threads=options.num_threads), as_rapidocr_sets_it(options)
    spotter = TextSpotter(TextRecognizer.from_pretrained(options.weights), detector, drop_score=0)
    counts: dict[str, SpotCounts] = {}
    times, fates, number = Counter(), Counter(), 0
    for pixels, wanted in photographs(options):
        number += 1
        polygons = timed(times, "detector", lambda: detector.find_words(pixels))  # noqa: B023
        words = timed(times, "all of it", lambda: spotter.spot_pixels(pixels))  # noqa: B023
        kept = [word for word in words if word.score >= options.drop_score]
        places = [np.array(word.polygon) for word in kept]
        rows = {
            "detector, as rapidocr sets it": (usual.find_words(pixels), None),
            "detector, as set here": (polygons, None),
            "parted into words": ([np.array(word.polygon) for word in words], None),
            "left out what is read with a low score": (places, None),
            "end to end": (places, [word.text for word in kept]),
        }
        for name, (found, texts) in rows.items():
            counts[name] = counts.get(name, SpotCounts()) + count_spotted(wanted, found, texts)
        fates.update(fate(word, polygons, words, kept) for word in wanted if not word.is_ignored)
    print(f"{number} photographs, {options.weights}")
    for name, count in counts.items():
        print(f"| {name} | {count.precision:.3f} | {count.recall:.3f} | {count.f_measure:.3f} |")
    for name, num in fates.most_common():
        print(f"| {name} | {num} | {num / sum(fates.values()):.1%} |")
    print(", ".join(f"{name} {seconds / number * 1000:.0f} ms a photograph" for name, seconds in times.items()))


if __name__ == "__main__":
    run(main)
