"""The folder that a run writes to: its parts, and what it was begun with, so that only the same run goes on."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from ppocr_rare.engine.batch.inputs import LISTED, TABLE
from ppocr_rare.engine.batch.parts import is_part
from ppocr_rare.engine.batch.places import FAULTS, Place, first_line
from ppocr_rare.errors import DataError
from ppocr_rare.utils.platforms import locked_folder

# Readers of Parquet folders pass over names that begin so.
MANIFEST, INPUT, SUMMARY = "_manifest.json", "_input.parquet", "_summary.json"
_OWN = (MANIFEST, INPUT, SUMMARY)
_MAX_MANIFEST_BYTES = 1 << 20


@contextlib.contextmanager
def claimed_output(place: Place) -> Iterator[None]:
    """Makes the folder and keeps other runs off it, where it is on a disk; removes what killed writers have left.

    Raises:
        DataError: another run has it, or it cannot be made.
    """
    if not place.is_local:  # a store has no folders, and no locks: two runs do the same work twice, to the same result
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            Path(place.path).mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked_folder(place.path))
        except BlockingIOError as error:
            raise DataError(f"another run is writing to {place}") from error
        except OSError as error:
            raise DataError(f"cannot make the folder {place}: {error.strerror}") from error
        _sweep(place)
        try:
            yield
        finally:
            _sweep(place)
            with contextlib.suppress(OSError):  # it holds something, as a rule
                Path(place.path).rmdir()


def _sweep(place: Place) -> None:
    for path in Path(place.path).iterdir():
        if _is_aside(path.name):
            path.unlink(missing_ok=True)


def _is_aside(name: str) -> bool:
    """Whether this is what ``write_atomically`` leaves where its process is killed."""
    whole = name[1:].rsplit(".", 2)[0]
    return name.startswith(".") and name.endswith(".tmp") and (is_part(whole) or whole in _OWN)


class Output:
    """A folder of parts.

    Args:
        place: the folder.

    Raises:
        DataError: it holds other files, or cannot be listed.
    """

    def __init__(self, place: Place):
        self.place = place
        try:
            names = place.names()
        except (*FAULTS, UnicodeDecodeError) as error:
            raise DataError(f"{place} cannot be listed: {first_line(error)}") from error
        self.parts = [name for name in names if is_part(name)]
        self.is_begun = MANIFEST in names
        others = [name for name in names if name not in self.parts and name not in _OWN and not _is_aside(name)]
        if others or (self.parts and not self.is_begun):
            raise DataError(f"{place} holds {(others + self.parts)[0]}, which is of no run: say another --output")

    def begin(self, told: dict[str, Any], table: pyarrow.Table) -> None:
        """Keeps what the run is begun with.

        Args:
            told: model, options; what JSON can hold.
            table: the input, as ``inputs.examine`` gives it.

        Raises:
            DataError: it cannot be written.
        """
        buffer = pyarrow.BufferOutputStream()
        parquet.write_table(table, buffer, compression="zstd")
        self.write(INPUT, buffer.getvalue().to_pybytes())
        self.write(MANIFEST, json.dumps(told, indent=1).encode())  # the last: with it the run has begun

    def write(self, name: str, content: bytes) -> None:
        """Writes one of the run's own files; raises DataError where that cannot be."""
        try:
            (self.place / name).write(content)
        except FAULTS as error:
            reason = getattr(error, "strerror", None) or first_line(error)
            raise DataError(f"{self.place} cannot be written: {reason}") from error

    def input_of(self, told: dict[str, Any], listed: pyarrow.Table) -> pyarrow.Table:
        """The input of a run that is begun.

        Args:
            told: what it would be begun with now.
            listed: the files that are there now.

        Raises:
            DataError: it was begun with something else, or what is kept of it cannot be read.
        """
        then = self._read_manifest()
        for name in sorted({*then, *told}):
            if then.get(name) != told.get(name):
                raise DataError(
                    f"{self.place} was begun with {name} {_shown(then.get(name))}, not {_shown(told.get(name))}: "
                    "say so again, or another --output"
                )
        try:
            table = parquet.read_table((self.place / INPUT).path, filesystem=self.place.system, schema=TABLE)
        except FAULTS as error:
            raise _unreadable(self.place / INPUT, error) from error
        now = listed if told["limit"] is None else listed.slice(0, table.num_rows)
        if not table.select(LISTED).equals(now):
            what = _difference(table, now)
            raise DataError(f"{self.place} was begun with another input ({what}): say another --output")
        return table

    def _read_manifest(self) -> dict[str, Any]:
        try:
            content = (self.place / MANIFEST).read()
            told = json.loads(content) if len(content) <= _MAX_MANIFEST_BYTES else None
        except (*FAULTS, ValueError, RecursionError) as error:
            raise _unreadable(self.place / MANIFEST, error) from error
        if not isinstance(told, dict):
            raise DataError(f"{self.place / MANIFEST} is none that a run has written: say another --output")
        return told


def _unreadable(place: Place, error: BaseException) -> DataError:
    return DataError(f"{place} cannot be read: {first_line(error)}; say another --output")


def _difference(then: pyarrow.Table, now: pyarrow.Table) -> str:
    """Where two lists of files differ first."""
    for old, new in zip(*(table.select(LISTED).to_pylist() for table in (then, now)), strict=False):
        if old != new:
            what = "has changed" if old["path"] == new["path"] else "is new or another one"
            return f"{new['path']} {what}"
    return f"{then.num_rows} files then, {now.num_rows} now"


def _shown(value: Any) -> str:
    return "none" if value is None else f"{value:.12}…" if isinstance(value, str) and len(value) == 64 else str(value)
