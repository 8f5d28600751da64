"""Words as image files, listed in PaddleOCR's label files."""

import bisect
import functools
import itertools
import logging
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from ppocr_rare.data.label_file import LabelFile
from ppocr_rare.data.word_dataset import Part, Transform, WordDataset, distinct_names, mix
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.images import read_image_bytes

logger = logging.getLogger(__name__)


class SimpleDataSet(WordDataset):
    """The words of one or more label files, in the order of their lines.

    Where a JSON list of paths stands before a label, each path is a sample in evaluation; in training the line is one
    sample, and one of its paths is drawn each epoch. What is drawn follows from seed, epoch and place alone.

    Args:
        data_dir: folder that the paths in the label files start from. Absolute paths and ``..`` lead where they say.
        label_file_list: a label file, or several.
        ratio_list: a number for each file; one number serves all files.
        delimiter: stands between path and label.
        ratio_of: what the numbers are shares of. ``file``: of the file's lines, in [0, 1]; so many are used, and in
            training they are drawn anew each epoch. ``batch``: of each batch of training, above 0; all lines are used,
            and what counts is how the numbers compare.
        transforms: see WordDataset.
        is_train: whether the samples are for training.
        seed: see WordDataset.

    Raises:
        DataError: a label file cannot be read, the folder is missing, or the ratios do not fit the files.

    Source: PaddleOCR 2.8.1, ppocr/data/simple_dataset.py, SimpleDataSet, whose ratios are those of the files.
    Differs: 7.
    """

    INERT_KEYS = frozenset({"ext_op_transform_idx"})

    def __init__(
        self,
        data_dir: str,
        label_file_list: str | list[str],
        ratio_list: float | list[float] = 1.0,
        delimiter: str = "\t",
        ratio_of: Literal["file", "batch"] = "file",
        *,
        transforms: Sequence[Transform] = (),
        is_train: bool = False,
        seed: int = 1024,
    ):
        super().__init__(transforms, seed)
        self._data_dir = os.fspath(data_dir)
        self._is_train = is_train
        if self._data_dir and not os.path.isdir(self._data_dir):
            raise DataError(f"data_dir is not a folder: {self._data_dir}")
        paths = [label_file_list] if isinstance(label_file_list, (str, os.PathLike)) else label_file_list
        ratios = [ratio_list] * len(paths) if isinstance(ratio_list, (int, float)) else list(ratio_list)
        self._ratios = _check_shares(ratios, len(paths)) if ratio_of == "file" else [1.0] * len(paths)
        self._files = [LabelFile(path, delimiter) for path in paths]
        names = (file.path.stem for file in self._files)
        self._names = distinct_names(names, (str(file.path) for file in self._files))
        self._draw_lines()
        sizes = [len(lines) for lines in self._lines]
        self._parts = mix(sizes, ratios, self._names) if ratio_of == "batch" else None

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def key(self, index: int) -> str:
        """Returns the image's path, or ``label file:line number`` where the line has none."""
        try:
            return self._path(index)
        except SampleError:
            file, line, _ = self._locate(index)
            return file.place(line)

    def read_text(self, index: int) -> str:
        file, line, _ = self._locate(index)
        return file.label(line)

    def read_image(self, index: int) -> bytes:
        return read_image_bytes(self._path(index))

    def sets(self) -> list[tuple[str, int]]:
        """Returns a set per label file; its name is the file's, without extension."""
        return [(name, len(lines)) for name, lines in zip(self._names, self._lines, strict=True)]

    def mixture(self) -> list[Part]:
        """Returns a part per label file where ``ratio_of`` is ``batch``."""
        return self._parts or super().mixture()

    def set_epoch(self, epoch: int) -> None:
        """Draws lines and paths for that epoch, counted from 0. In evaluation nothing changes."""
        if self._is_train and epoch != self._epoch:
            super().set_epoch(epoch)
            self._draw_lines()

    def _draw_lines(self) -> None:
        self._lines: list[np.ndarray] = []  # a file each: [samples], the sample's line
        self._path_numbers: list[np.ndarray] = []  # a file each: [samples], the path's place in the line
        for number, (file, ratio) in enumerate(zip(self._files, self._ratios, strict=True)):
            lines = np.arange(len(file))
            if ratio < 1:
                # A text as seed gives the same draw in every Python version and on every machine.
                generator = random.Random(f"lines {self._seed} {self._epoch} {number}")
                lines = np.array(sorted(generator.sample(range(len(file)), round(len(file) * ratio))), np.int64)
            counts = np.ones_like(lines) if self._is_train else file.count_paths()[lines]
            firsts = np.repeat(np.cumsum(counts) - counts, counts)
            self._lines.append(np.repeat(lines, counts))
            self._path_numbers.append(np.arange(len(firsts)) - firsts)
        self._ends = list(itertools.accumulate(len(lines) for lines in self._lines))

    def _locate(self, index: int) -> tuple[LabelFile, int, int]:
        """Returns the sample's label file, its line there, and the place of its path in the line."""
        place = bisect.bisect_right(self._ends, index)
        offset = index - (self._ends[place - 1] if place else 0)
        return self._files[place], int(self._lines[place][offset]), int(self._path_numbers[place][offset])

    def _path(self, index: int) -> str:
        file, line, number = self._locate(index)
        paths = file.paths(line)
        if self._is_train and len(paths) > 1:
            number = random.Random(f"path {self._seed} {self._epoch} {index}").randrange(len(paths))
        path = paths[number]
        if os.path.isabs(path) or ".." in path:
            _tell_if_outside(self._data_dir, path, str(file.path))
        return _find_file(self._data_dir, path)


def _tell_if_outside(folder: str, path: str, label_file: str) -> None:
    """Warns where a path leads out of the data's folder: a label file of a stranger may name any file that is there."""
    root, target = os.path.abspath(folder), os.path.abspath(os.path.join(folder, path))
    if not Path(target).is_relative_to(root):  # also on another drive of Windows, where commonpath raises
        _warn_of_outside(label_file, root)


@functools.cache
def _warn_of_outside(label_file: str, root: str) -> None:
    logger.warning("%s names files outside of data_dir, %s; they are read", label_file, root)


def _find_file(folder: str, path: str) -> str:
    """Where a path of a label file leads; one of a list made on Windows is tried with slashes, too."""
    found = os.path.join(folder, path)
    if "\\" not in path or os.path.lexists(found):
        return found
    return os.path.join(folder, path.replace("\\", "/"))


def _check_shares(ratios: list[float], num_files: int) -> list[float]:
    if len(ratios) != num_files:
        raise DataError(f"ratio_list has {len(ratios)} numbers for {num_files} label files")
    if not all(0 <= ratio <= 1 for ratio in ratios):
        raise DataError(f"ratio_list holds shares of the lines, from 0 to 1, not {ratios}")
    return ratios
