"""How well are the words of whole photographs found and read, and whose fault is it where they are not?

  python benchmarks/bench_spot.py GT PHOTOGRAPHS --lexicons LEXICONS
  python benchmarks/bench_spot.py --scenes 50

Precision, recall and F as ICDAR 2015 counts them (see engine/spot/evaluate.py): of what the detector gives, as
rapidocr sets it and as it is set here; parted into words; with those left out that are read with a low score; and read,
also with ICDAR's lexicons. Then where the annotated words remain: not found by the detector, not cut as a word, left
out, misread, right. Scenes are drawn by this repository's renderer.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import shapely

from ppocr_rare.utils.cli import run

LEXICONS = {"strong": "strong_{}.txt", "weak": "weak.txt", "generic": "generic.txt"}  # ICDAR's names of files


class Photograph(NamedTuple):
    """A name, pixels, and the annotated words."""

    name: str
    pixels: np.ndarray
    words: list


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", type=Path, nargs="?", help="folder of ICDAR's gt_NAME.txt")
    parser.add_argument("images", nargs="?", help="folder of the photographs")
    parser.add_argument("--scenes", type=int, metavar="N", help="draws this many scenes instead (default: none)")
    parser.add_argument("--lexicons", type=Path, metavar="DIR",
                        help="with strong_NAME.txt, weak.txt, generic.txt (default: none)")  # fmt: skip
    parser.add_argument("--weights", default="rec_mv3_tps_bilstm_att_real", metavar="NAME",
                        help="that read, of the shipped (default: rec_mv3_tps_bilstm_att_real)")  # fmt: skip
    parser.add_argument("--drop_score", type=float, default=0.5, help="as predict_system.py's (default: 0.5)")
    parser.add_argument("--every", type=int, nargs=2, default=(1, 0), metavar=("N", "START"),
                        help="every n-th photograph by name, from START on (default: 1 0)")  # fmt: skip
    parser.add_argument("--num_threads", type=int, help="of the detector (default: one a core)")
    options = parser.parse_args()
    if (options.scenes is None) == (options.images is None):
        parser.error("either ANNOTATIONS and IMAGES or --scenes")
    return options


def photographs(options: argparse.Namespace) -> Iterator[Photograph]:
    """What is looked at: annotated photographs, or drawn scenes."""
    from ppocr_rare.data.annotations import WordRegion, read_annotations
    from ppocr_rare.data.charset import Charset
    from ppocr_rare.data.cropping.photograph_reader import PhotographReader
    from ppocr_rare.data.synth.scene import SceneSynthesizer
    from ppocr_rare.data.synth.synthesizer import WordSynthesizer

    step, start = options.every
    if options.scenes:
        scenes = SceneSynthesizer(WordSynthesizer(Charset.from_file(None), ["shipped"]))
        for number in range(1 + start, 1 + options.scenes, step):
            scene = scenes.draw((2026, number))
            yield Photograph(str(number), scene.image, list(scene.words))
        return
    reader = PhotographReader(options.images)
    for file in sorted(options.annotations.glob("*.txt"))[start::step]:
        for picture in read_annotations(file, "icdar"):
            words = [word for word in picture.words if isinstance(word, WordRegion)]
            yield Photograph(file.stem.removeprefix("gt_"), reader.read(file, picture), words)


class Lexicons:
    """ICDAR's lexicons.

    Args:
        folder: of them; None: there are none.
        prepare: makes a list of words ready, see ``TextRecognizer.lexicon_of``.
    """

    def __init__(self, folder: Path | None, prepare: Callable):
        self._folder, self._prepare, self._shared = folder, prepare, {}

    def of(self, photograph: str) -> dict[str, object]:
        """Each lexicon by its name."""
        from ppocr_rare.engine.read.decoding.lexicon_file import read_lexicon

        if self._folder is None:
            return {}
        found = {}
        for kind, name in LEXICONS.items():
            path = self._folder / name.format(photograph)
            found[kind] = self._shared.get(path) or self._prepare(read_lexicon(path))
            if kind != "strong":
                self._shared[path] = found[kind]
        return found


def as_rapidocr_sets_it(options: argparse.Namespace):
    """The same detector with the settings of its package."""
    from ppocr_rare.engine.spot.detector import DetectorOptions, RapidDetector

    return RapidDetector(options=DetectorOptions(thresh=0.3, use_dilation=True), num_threads=options.num_threads)


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
    if not count_spotted([word], places(found)).num_right:
        return "between both: found, but not as this word"
    if not any(count_spotted([word], places([one])).num_right for one in kept):
        return "ours: left out for its low score"
    if any(count_spotted([word], places([one]), [one.text]).num_right for one in kept):
        return "right"
    return "ours: misread"


def places(words: list) -> list[np.ndarray]:
    return [np.array(word.polygon) for word in words]


def main() -> None:
    options = parse_arguments()
    from ppocr_rare import TextRecognizer
    from ppocr_rare.engine.spot.detector import RapidDetector
    from ppocr_rare.engine.spot.evaluate import SpotCounts, count_spotted
    from ppocr_rare.engine.spot.spotter import TextSpotter

    logging.getLogger("ppocr_rare").setLevel(logging.ERROR)  # of lexicons' characters that are not read
    detector, usual = RapidDetector(num_threads=options.num_threads), as_rapidocr_sets_it(options)
    recognizer = TextRecognizer.from_pretrained(options.weights)
    lexicons = Lexicons(options.lexicons, recognizer.lexicon_of)
    spotter = TextSpotter(recognizer, detector, drop_score=0)
    counts: dict[str, SpotCounts] = {}
    times, fates, number = Counter(), Counter(), 0
    for name, pixels, wanted in photographs(options):
        number += 1
        polygons = timed(times, "detector", lambda: detector.find_words(pixels))  # noqa: B023
        words = timed(times, "all of it", lambda: spotter.spot_pixels(pixels))  # noqa: B023
        kept = [word for word in words if word.score >= options.drop_score]
        rows = {
            "detector, as rapidocr sets it": (usual.find_words(pixels), None),
            "detector, as set here": (polygons, None),
            "parted into words": (places(words), None),
            "left out what is read with a low score": (places(kept), None),
            "end to end": (places(kept), [word.text for word in kept]),
        }
        for kind, lexicon in lexicons.of(name).items():
            said = [one for one in spotter.spot_pixels(pixels, lexicon=lexicon) if one.score >= options.drop_score]
            rows[f"end to end, {kind} lexicon"] = places(said), [word.text for word in said]
        for row, (found, texts) in rows.items():
            counts[row] = counts.get(row, SpotCounts()) + count_spotted(wanted, found, texts)
        fates.update(fate(word, polygons, words, kept) for word in wanted if not word.is_ignored)
    print(f"{number} images, {options.weights}")
    for row, count in counts.items():
        print(f"| {row} | {count.precision:.3f} | {count.recall:.3f} | {count.f_measure:.3f} |")
    for name, num in fates.most_common():
        print(f"| {name} | {num} | {num / sum(fates.values()):.1%} |")
    print(", ".join(f"{name} {seconds / number * 1000:.0f} ms an image" for name, seconds in times.items()))


if __name__ == "__main__":
    run(main)
