"""Finds what there is of the seven sets below a folder."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ppocr_rare.data.benchmarks.readers import (
    read_icdar_2003,
    read_label_lines,
    read_matlab,
    read_tagged_rectangles,
)
from ppocr_rare.data.benchmarks.subsets import SUBSETS, Subset, dataset_of
from ppocr_rare.data.benchmarks.words import ListedWord, ListedWords
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.lmdb_folder import DATA_FILE
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.errors import DataError

_LABEL_FILE = re.compile(r"(.*[-_ ])?gt([-_ ].*)?\.txt|labels?\.(txt|tsv)", re.IGNORECASE)
# Of ICDAR's challenges task 3 is word recognition. The others have a label file for each photograph.
_OTHER_TASK = re.compile(r"task[-_ ]?[124]+(?!\d)", re.IGNORECASE)
_OF_A_PHOTOGRAPH = re.compile(r"(gt_)?(img_)?\d+(_gt)?\.txt", re.IGNORECASE)
_WORD_IMAGES, _WORD_RECTANGLES = "word.xml", "words.xml"  # of IC03
_BY_NAME: dict[str, tuple[str, Callable[[Path], list[ListedWord]]]] = {
    "testdata.mat": ("IIIT5K", read_matlab),
    "test.xml": ("SVT", read_tagged_rectangles),
    _WORD_IMAGES: ("IC03", read_icdar_2003),
    _WORD_RECTANGLES: ("IC03", read_icdar_2003),
}
_LMDB_NAMES = {name: subset.name for subset in SUBSETS for name in (subset.release_name, subset.name)}


@dataclass(frozen=True)
class Source:
    """A place that words can be read from.

    Args:
        path: the annotation, or the folder of an LMDB.
        read: gives its words.
    """

    path: Path
    read: Callable[[Path], list[ListedWord]] | None = None

    def open(self, name: str) -> WordDataset:
        """The words; raises DataError where they cannot be read."""
        return ListedWords(name, self.read(self.path)) if self.read else LMDBDataSet(str(self.path))


@dataclass
class Found:
    """What there is.

    Args:
        by_name: sources by the name of the set, as distributed, or of the subset, as an LMDB.
        unknown: label files whose path does not say which set they are of.
    """

    by_name: dict[str, list[Source]] = field(default_factory=dict)
    unknown: list[Path] = field(default_factory=list)

    def sources_of(self, subset: Subset) -> list[Source]:
        """Where a subset can be had from: as an LMDB, else its set as distributed, else an LMDB that holds it."""
        names = (subset.name, subset.dataset, subset.parent)
        return next((self.by_name[name] for name in names if name in self.by_name), [])


def find_sources(root: Path) -> Found:
    """Looks through a folder and all below it; parts for training and for other tasks are passed over.

    Raises:
        DataError: the folder is none.
    """
    if not root.is_dir():
        raise DataError(f"{root} is not a folder")
    found = Found()
    seen = set()
    for name_of_folder, subfolders, files in os.walk(root, followlinks=True):
        if (real := os.path.realpath(name_of_folder)) in seen:  # a link that leads back up
            subfolders.clear()
            continue
        seen.add(real)
        folder = Path(name_of_folder)
        subfolders[:] = sorted(name for name in subfolders if "train" not in name.lower())
        if DATA_FILE in files:
            if name := _LMDB_NAMES.get(folder.absolute().name):
                found.by_name.setdefault(name, []).append(Source(folder))
            continue
        for file in sorted(files):
            _take_file(folder / file, root, found)
    if images := [source for source in found.by_name.get("IC03", []) if source.path.name.lower() == _WORD_IMAGES]:
        found.by_name["IC03"] = images  # both lists have the same words
    return found


def _take_file(path: Path, root: Path, found: Found) -> None:
    dataset, read = _BY_NAME.get(path.name.lower(), (None, read_label_lines))
    if dataset is None:
        if not _LABEL_FILE.fullmatch(path.name) or "train" in path.name.lower():
            return
        if _OF_A_PHOTOGRAPH.fullmatch(path.name) or _OTHER_TASK.search(str(path.relative_to(root))):
            return
        within = [root.absolute().name, *path.relative_to(root).parts]
        dataset = next(filter(None, map(dataset_of, reversed(within))), None)
    if dataset is None:
        found.unknown.append(path)
    else:
        found.by_name.setdefault(dataset, []).append(Source(path, read))
