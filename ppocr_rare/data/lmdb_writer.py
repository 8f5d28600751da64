"""Writes words to an LMDB that appears under its name when it is whole."""

import contextlib
import os
from collections.abc import Iterator
from types import TracebackType
from typing import TypeVar

import lmdb

from ppocr_rare.data.lmdb_folder import COUNT_KEY, DATA_FILE, IMAGE_KEY, LABEL_KEY, NAME_KEY
from ppocr_rare.data.partial_folder import partial_folder
from ppocr_rare.errors import DataError, SampleError

MAP_BYTES = 256 << 20

_TRANSACTION_BYTES = 32 << 20
_TRANSACTION_SAMPLES = 1000
_LMDB_FILES = frozenset({DATA_FILE, "lock.mdb"})


Writer = TypeVar("Writer", bound="LmdbWriter")


class LmdbWriter:
    """Writes samples one by one, as a context manager.

    Until the block has ended without an exception there is nothing new under the name asked for. ``add`` is not for
    several threads at once.

    Args:
        folder: the LMDB to make.
        overwrite: replaces an LMDB that is there; a folder that holds anything else is never overwritten.
        map_bytes: room to begin with; it doubles when it is full. No disk space is taken before it is needed.

    Raises:
        DataError: on entry or at the end, where the folder cannot be made; on writing, where the disk is full.
    """

    def __init__(self, folder: str | os.PathLike, *, overwrite: bool = False, map_bytes: int = MAP_BYTES):
        self.num_samples = 0
        self._folder = folder
        self._overwrite = overwrite
        self._map_bytes = map_bytes
        self._pending: list[tuple[bytes, bytes]] = []
        self._num_pending_bytes = 0
        self._stack = contextlib.ExitStack()

    def __enter__(self: Writer) -> Writer:
        with contextlib.ExitStack() as stack:
            replaced = _LMDB_FILES if self._overwrite else ()
            partial = stack.enter_context(partial_folder(self._folder, replaced))
            with self._name_faults():
                # Nobody else comes here, and an interrupted run starts anew: no lock, and no syncing before the end.
                self._environment = lmdb.open(str(partial), map_size=self._map_bytes, lock=False, sync=False)
            stack.callback(self._environment.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:  # closes the LMDB; then the folder gets its name or, after an exception, is removed
            if error is not None:
                raise error
            self._pending.append((COUNT_KEY, b"%d" % self.num_samples))
            self._write_pending()
            with self._name_faults():
                self._environment.sync(True)

    def add(self, image: bytes, label: str, name: str | None = None) -> int:
        """Writes one sample and returns its number, counted from 1.

        Args:
            image: the image file as it is.
            label: its text.
            name: what reports call the sample beside its number: the file that it was.

        Raises:
            SampleError: the label cannot be written as UTF-8; nothing is written.
        """
        try:
            text = label.encode("utf-8")
        except UnicodeEncodeError as error:
            raise SampleError("label is not UTF-8", str(error)) from error
        self.num_samples += 1
        self._pending += [(IMAGE_KEY % self.num_samples, image), (LABEL_KEY % self.num_samples, text)]
        if name:
            self._pending.append((NAME_KEY % self.num_samples, name.encode("utf-8", errors="backslashreplace")))
        self._num_pending_bytes += len(image)
        if self._num_pending_bytes >= _TRANSACTION_BYTES or len(self._pending) >= 2 * _TRANSACTION_SAMPLES:
            self._write_pending()
        return self.num_samples

    def _write_pending(self) -> None:
        """Writes what has gathered in one transaction, with as much room as it takes."""
        with self._name_faults():
            while True:
                try:
                    with self._environment.begin(write=True) as transaction:
                        transaction.cursor().putmulti(self._pending)
                    break
                except lmdb.MapFullError:
                    self._map_bytes *= 2
                    self._environment.set_mapsize(self._map_bytes)
        self._pending.clear()
        self._num_pending_bytes = 0

    @contextlib.contextmanager
    def _name_faults(self) -> Iterator[None]:
        try:
            yield
        except lmdb.Error as error:
            raise DataError(f"cannot write the LMDB {self._folder}: {error}") from error
