"""Words in LMDB: a ``data.mdb`` with the keys ``num-samples`` and, from 1, ``image-%09d`` and ``label-%09d``."""

import bisect
import itertools
import logging
import os
import sys
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import lmdb

from ppocr_rare.data.word_dataset import Part, Transform, WordDataset, distinct_names, mix
from ppocr_rare.errors import DataError, SampleError

COUNT_KEY = b"num-samples"
DATA_FILE = "data.mdb"
IMAGE_KEY = b"image-%09d"
LABEL_KEY = b"label-%09d"
# Samples without any entry that are reported one by one where num-samples claims more than there are.
MAX_MISSING = 1000
_MAX_DIGITS = 18  # of a number of samples; Python itself refuses to read more than 4300

_logger = logging.getLogger(__name__)


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
        self._parts = None if ratio_list is None else mix(sizes, ratio_list, list(map(str, roots)))
        self._names = distinct_names(names, (str(folder.path) for folder in self._folders))
        self._ends = list(itertools.accumulate(len(folder) for folder in self._folders))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def key(self, index: int) -> str:
        folder, number = self._locate(index)
        return f"{folder.path}#{number:09d}"

    def read_text(self, index: int) -> str:
        folder, number = self._locate(index)
        try:
            return folder.read(LABEL_KEY % number).decode("utf-8")
        except UnicodeDecodeError as error:
            raise SampleError("label is not UTF-8", str(error)) from error

    def read_image(self, index: int) -> bytes:
        folder, number = self._locate(index)
        return folder.read(IMAGE_KEY % number)

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


class LmdbFolder:
    """One LMDB of words.

    Args:
        path: folder that holds its ``data.mdb``.

    Raises:
        DataError: it is no LMDB, is truncated, or does not say how many samples it has.
    """

    def __init__(self, path: Path):
        self.path = path
        self._environment: _Environment | None = None
        self._length = self._read_length()
        self.close()

    def __len__(self) -> int:
        return self._length

    def read(self, key: bytes) -> bytes:
        """Returns the value under ``key``; raises SampleError where there is none or its page is damaged."""
        try:
            value = self._get(key)
        except lmdb.Error as error:
            raise SampleError("damaged entry", f"{key.decode()}: {error}") from error
        if value is None:
            raise SampleError("missing entry", key.decode())
        return value

    def close(self) -> None:
        """Closes the LMDB in this process, unless another data set has it open too."""
        self._environment = None

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_environment": None}  # an open environment belongs to its process

    def _get(self, key: bytes) -> bytes | None:
        if self._environment is None:
            self._environment = _Environment.shared(self.path)
        with self._environment.get().begin() as transaction:
            return transaction.get(key)

    def _read_length(self) -> int:
        try:
            value = self._get(COUNT_KEY)
            num_entries = self._environment.get().stat()["entries"]
        except lmdb.Error as error:
            raise DataError(f"{self.path / DATA_FILE} is damaged: {error}") from error
        name = COUNT_KEY.decode()
        if value is None:
            raise DataError(
                f"{self.path}: the LMDB has no entry '{name}', the number of its samples; "
                "write it again, with tools/create_lmdb.py for instance"
            )
        if not value.isdigit():
            raise DataError(f"{self.path}: the LMDB's entry '{name}' is no number of samples: {value[:40]!r}")
        declared = int(value) if len(value) <= _MAX_DIGITS else sys.maxsize
        length = min(declared, num_entries - 1 + MAX_MISSING)
        if num_entries < 2 * declared + 1:  # an image and a label each, and the number itself
            said = value[:40].decode()
            _logger.warning(
                "%s: %s says %s, but there are only %d entries; samples 1 to %d are tried, and each that is not there "
                "counts as a missing entry", self.path, name, said, num_entries, length,
            )  # fmt: skip
        return length


class _Environment:
    """An open LMDB, shared by all data sets of a process because LMDB may be opened only once in it."""

    _open: "weakref.WeakValueDictionary[tuple[int, int], _Environment]" = weakref.WeakValueDictionary()

    @classmethod
    def shared(cls, folder: Path) -> "_Environment":
        """Returns the environment of that folder, new or the one in use; it closes when nobody holds it any more."""
        try:
            status = (folder / DATA_FILE).stat()
        except OSError as error:
            raise DataError(f"cannot read {folder / DATA_FILE}: {error.strerror}") from error
        file = (status.st_dev, status.st_ino)  # the name may come to mean another file
        environment = cls._open.get(file)
        if environment is None:
            environment = cls._open[file] = cls(folder)
        return environment

    def __init__(self, folder: Path):
        self._folder = folder
        self._process_id: int | None = None
        self._environment: lmdb.Environment | None = None

    def get(self) -> lmdb.Environment:
        """Returns the LMDB opened by this very process."""
        if self._process_id != os.getpid():
            if self._environment is not None:
                self._environment.close()  # came here through a fork: the parent keeps its own
            self._environment = _open(self._folder)
            self._process_id = os.getpid()
        return self._environment


def _open(folder: Path) -> lmdb.Environment:
    file = folder / DATA_FILE
    try:
        size = file.stat().st_size
        if size == 0:
            raise DataError(f"{file} is empty")
        environment = lmdb.open(str(folder), readonly=True, lock=False, readahead=False, create=False)
    except (OSError, lmdb.Error) as error:
        raise DataError(f"{file} cannot be opened as an LMDB: {error}") from error
    # Reading a page that the file does not hold would kill the process with SIGBUS.
    expected = (environment.info()["last_pgno"] + 1) * environment.stat()["psize"]
    if size < expected:
        environment.close()
        raise DataError(f"{file} is truncated: {size} of {expected} bytes; copy it again")
    return environment


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


def _walk(root: str | os.PathLike) -> Iterator[Path]:
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
