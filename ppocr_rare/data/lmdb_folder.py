"""One LMDB of words: a ``data.mdb`` with the keys ``num-samples`` and, from 1, ``image-%09d`` and ``label-%09d``.

What ``tools/create_lmdb.py`` writes has ``name-%09d``, too, the file that the image was; what ``tools/synthesize.py``
writes with ``--keep_fiducials`` has ``fiducials-%09d``. PaddleOCR does not look at them.
"""

import contextlib
import logging
import os
import sys
import weakref
from pathlib import Path

import lmdb
import numpy as np

from ppocr_rare.data.lmdb_pages import BadPage, Pages
from ppocr_rare.errors import DataError, SampleError

COUNT_KEY = b"num-samples"
DATA_FILE = "data.mdb"
IMAGE_KEY = b"image-%09d"
LABEL_KEY = b"label-%09d"
NAME_KEY = b"name-%09d"
# float32 [20, 2], least significant byte first: see ``data.synth.renderer.locate_fiducials``.
FIDUCIALS_KEY = b"fiducials-%09d"
# Samples without any entry that are reported one by one where num-samples claims more than there are.
MAX_MISSING = 1000
_EDGE_BYTES = 4 * 2 * 2  # x and y, above and below
_MAX_DIGITS = 18  # of a number of samples; Python itself refuses to read more than 4300

_logger = logging.getLogger(__name__)


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
        self._has_names = self._get(NAME_KEY % 1) is not None
        self._has_edges = self._get(FIDUCIALS_KEY % 1) is not None
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

    def edges_of(self, number: int) -> np.ndarray | None:
        """Where a drawn word's line runs, float32 [2n, 2], as its renderer knew; None where that is not kept.

        Raises:
            SampleError: the entry is no such array, or its page is damaged.
        """
        if not self._has_edges:
            return None
        value = self.read(FIDUCIALS_KEY % number)
        if not value or len(value) % _EDGE_BYTES:
            raise SampleError("damaged entry", f"{(FIDUCIALS_KEY % number).decode()}: {len(value)} bytes")
        return np.frombuffer(value, "<f4").reshape(-1, 2)

    def name_of(self, number: int) -> str:
        """The file that a sample's image was, where the LMDB keeps such names; counted from 1."""
        if not self._has_names:
            return ""
        try:
            return self.read(NAME_KEY % number).decode("utf-8", errors="backslashreplace")
        except SampleError:
            return ""

    def close(self) -> None:
        """Closes the LMDB in this process, unless another data set has it open too."""
        self._environment = None

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_environment": None}  # an open environment belongs to its process

    def _get(self, key: bytes) -> bytes | None:
        return self._shared().get(key)

    def _shared(self) -> "_Environment":
        if self._environment is None:
            self._environment = _Environment.shared(self.path)
        return self._environment

    def _read_length(self) -> int:
        try:
            value = self._get(COUNT_KEY)
            num_entries = self._shared().open().stat()["entries"]
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
        self._pages: Pages | None = None

    def get(self, key: bytes) -> bytes | None:
        """Returns the value under ``key``, None where there is none.

        Raises:
            lmdb.Error: its page is damaged.
        """
        environment = self.open()
        if self._pages:
            try:
                self._pages.check(key)
            except BadPage as error:
                raise lmdb.CorruptedError(str(error)) from error
        with environment.begin() as transaction:
            return transaction.get(key)

    def open(self) -> lmdb.Environment:
        """Returns the LMDB opened by this very process."""
        if self._environment is None or self._process_id != os.getpid():
            if self._environment is not None:
                self._environment.close()  # came here through a fork: the parent keeps its own
            self._environment = _open(self._folder)
            with contextlib.suppress(BadPage):  # written by a machine of another kind: not looked through
                self._pages = Pages(self._folder / DATA_FILE)
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
