"""Words in LMDBs, one or many below a folder."""

import bisect
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ppocr_rare.data.lmdb_folder import DATA_FILE, IMAGE_KEY, LABEL_KEY, LmdbFolder
from ppocr_rare.data.word_dataset import Part, Sample, Transform, WordDataset, distinct_names, mix
from ppocr_rare.errors import DataError, SampleError


class LMDBDataSet(WordDataset):
    """The words of every LMDB folder below a folder, in sorted order.

    Opening reads one number of each folder, whatever its size. Each process opens a folder for itself when it first
    reads a sample there: the data set may be used before and after a fork, and may be pickled.

    Args:
        data_dir: a folder, or several; each is an LMDB or has one at any depth below. Links are followed.
        ratio_list: share of each folder of ``data_dir`` in each batch of training, e.g. ``[0.5, 0.25, 0.25]``; what
            counts is how the numbers compare. By default every sample comes once in an epoch.
        transforms: see WordDataset.
        seed: see WordDataset.

    Raises:
        DataError: there is no LMDB in a folder, or one is damaged or does not say how many samples it has; or the
            ratios do not fit the folders.

    Source: PaddleOCR 2.8.1, ppocr/data/lmdb_dataset.py, LMDBDataSet, where ``ratio_list`` has no effect.
    Differs: 7, 15.
    """

    INERT_KEYS = frozenset({"ext_op_transform_idx"})

    def __init__(
        self,
        data_dir: str | list[str],
        ratio_list: list[float] | None = None,
        *,
        transforms: Sequence[Transform] = (),
        seed: int = 1024,
    ):
        super().__init__(transforms, seed)
        self._folders: list[LmdbFolder] = []
        names = []
        roots = [data_dir] if isinstance(data_dir, (str, os.PathLike)) else data_dir
        sizes = []
        for root in roots:
            folders = [LmdbFolder(path) for path in find_lmdb_folders(root)]
            self._folders += folders
            names += [_name_below(root, folder.path) for folder in folders]
            sizes.append(sum(map(len, folders)))
        self._has_edges = any(getattr(transform, "needs_edges", False) for transform in transforms)
        self._parts = None if ratio_list is None else mix(sizes, ratio_list, list(map(str, roots)))
        self._names = distinct_names(names, (str(folder.path) for folder in self._folders))
        self._ends = list(itertools.accumulate(len(folder) for folder in self._folders))

    @property
    def folders(self) -> list[str]:
        """The LMDBs, in order."""
        return [str(folder.path) for folder in self._folders]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def key(self, index: int) -> str:
        folder, number = self._locate(index)
        name = folder.name_of(number)
        return f"{folder.path}#{number:09d}{f' {name}' if name else ''}"

    def read_text(self, index: int) -> str:
        folder, number = self._locate(index)
        try:
            return folder.read(LABEL_KEY % number).decode("utf-8")
        except UnicodeDecodeError as error:
            raise SampleError("label is not UTF-8", str(error)) from error

    def read_image(self, index: int) -> bytes:
        folder, number = self._locate(index)
        return folder.read(IMAGE_KEY % number)

    def read(self, index: int) -> Sample:
        """As ``WordDataset.read``; with ``edges``, where a drawn line runs, for a transform that needs them."""
        sample = super().read(index)
        if self._has_edges:
            folder, number = self._locate(index)
            sample["edges"] = folder.edges_of(number)
        return sample

    def sets(self) -> list[tuple[str, int]]:
        """Returns a set per LMDB; its name is the path relative to ``data_dir``."""
        return [(name, len(folder)) for name, folder in zip(self._names, self._folders, strict=True)]

    def mixture(self) -> list[Part]:
        """Returns a part per folder of ``data_dir`` where ``ratio_list`` is set."""
        return self._parts or super().mixture()

    def close(self) -> None:
        """Closes what this process has open; reading opens it again."""
        for folder in self._folders:
            folder.close()

    def _locate(self, index: int) -> tuple["LmdbFolder", int]:
        place = bisect.bisect_right(self._ends, index)
        return self._folders[place], index - (self._ends[place - 1] if place else 0) + 1


def find_lmdb_folders(root: str | os.PathLike) -> list[Path]:
    """Returns ``root`` and the folders below it that hold a ``data.mdb``, sorted.

    Raises:
        DataError: there is none, or a folder cannot be listed.
    """
    folders = list(_walk(root))
    if not folders:
        raise DataError(f"no LMDB: neither {root} nor a folder below it holds a {DATA_FILE}")
    return folders


def _name_below(root: str | os.PathLike, path: Path) -> str:
    return os.path.relpath(path, root) if path != Path(root) else path.resolve().name


def _walk(root: str | os.PathLike[str]) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise DataError(f"cannot list the folder {error.filename}: {error.strerror}") from error

    seen = set()
    for folder, subfolders, files in os.walk(root, onerror=fail, followlinks=True):
        if (real := os.path.realpath(folder)) in seen:  # a link that leads back up
            subfolders.clear()
            continue
        seen.add(real)
        subfolders.sort()
        if DATA_FILE in files:
            yield Path(folder)
