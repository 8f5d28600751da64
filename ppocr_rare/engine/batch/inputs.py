"""What is to be read: the files of an input, and how many rows each has, as a table that the output keeps."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow
from pyarrow import fs, parquet

from ppocr_rare.data.lmdb_folder import DATA_FILE, LmdbFolder
from ppocr_rare.engine.batch.places import FAULTS, Place, find_files, first_line, shown
from ppocr_rare.errors import DataError
from ppocr_rare.utils.image_paths import IMAGE_EXTENSIONS

Kind = Literal["parquet", "lmdb", "images"]
KINDS = get_args(Kind)
DEFAULT_IMAGE, DEFAULT_KEY = "image", "key"
_PARQUET_EXTENSIONS = frozenset({".parquet", ".pq"})
_AT_ONCE = 16  # footers that are read at once: what takes time in a store is the way there
_WINDOW = 64 * _AT_ONCE

# ``groups``: rows of each row group, 1 for an image, the samples of an LMDB; ``error``: why the file cannot be used.
TABLE = pyarrow.schema(
    [
        ("path", pyarrow.string()),
        ("size", pyarrow.int64()),
        ("modified", pyarrow.int64()),
        ("groups", pyarrow.list_(pyarrow.int64())),
        ("error", pyarrow.string()),
    ]
)
LISTED = ["path", "size", "modified"]  # the columns that a look at the folder alone gives


@dataclass(frozen=True)
class Source:
    """How rows are read. It pickles.

    Args:
        system: the file system that the paths of the table are in.
        kind: of the files.
        image: column of Parquet files that holds image files, binary, or a struct with such a field ``bytes``.
        key: column of them that names a row; None: its file and number do.
    """

    system: fs.FileSystem
    kind: Kind
    image: str = DEFAULT_IMAGE
    key: str | None = None

    def place(self, path: str) -> Place:
        """The place of a file of the table."""
        return Place(self.system, path)


def list_input(wheres: Sequence[str], kind: Kind | None = None) -> tuple[fs.FileSystem, Kind, pyarrow.Table]:
    """The files of an input, sorted by their paths, with the columns ``LISTED``.

    Args:
        wheres: paths, URIs and patterns, of one file system.
        kind: of files to take; None: Parquet where there is any, or else LMDBs, or else images.

    Raises:
        DataError: nothing of that kind is there, or they are on several file systems.
    """
    found = [find_files(where) for where in wheres]
    system = found[0][0].system
    if any(not place.system.equals(system) for place, _ in found):
        raise DataError("the inputs are on several file systems: read them in several runs")
    infos = {info.path: info for _, files in found for info in files}
    kinds = [kind] if kind else KINDS
    for one in kinds:
        taken = sorted(path for path in infos if _IS_OF[one](path))
        if taken:
            columns = (taken, [infos[path].size or 0 for path in taken], [infos[path].mtime_ns or 0 for path in taken])
            return system, one, pyarrow.table(dict(zip(LISTED, columns, strict=True)), schema=_listed_schema())
    wanted = {"parquet": "no .parquet file", "lmdb": f"no {DATA_FILE}", "images": "no image"}
    raise DataError(f"{', '.join(map(shown, wheres))}: {' and '.join(wanted[one] for one in kinds)} there")


def examine(listed: pyarrow.Table, source: Source, limit: int | None = None) -> pyarrow.Table:
    """The table of an input: the files with the rows that each has.

    Args:
        listed: what ``list_input`` gave.
        source: how they are read.
        limit: files behind those that have so many rows are left out.

    Raises:
        DataError: no file can be used, or a store does not answer.
    """
    if source.kind == "images":
        count = min(listed.num_rows, limit) if limit else listed.num_rows
        ones = pyarrow.array([[1]] * count, TABLE.field("groups").type)
        return _with_columns(listed.slice(0, count), ones, pyarrow.nulls(count, pyarrow.string()))
    look = partial(_rows_of_parquet, source) if source.kind == "parquet" else _rows_of_lmdb
    groups: list[list[int]] = []
    errors: list[str | None] = []
    paths, num_rows = listed["path"].to_pylist(), 0
    with ThreadPoolExecutor(_AT_ONCE if source.kind == "parquet" else 1) as pool:
        for start in range(0, len(paths), _WINDOW):
            if limit and num_rows >= limit:
                break
            for rows, error in pool.map(look, paths[start : start + _WINDOW]):
                groups.append(rows)
                errors.append(error)
                num_rows += sum(rows)
    if all(error is not None for error in errors):
        raise DataError(f"none of {len(errors)} files can be used; {paths[0]}: {errors[0]}")
    return _with_columns(listed.slice(0, len(groups)), pyarrow.array(groups, TABLE.field("groups").type), errors)


def find_columns(listed: pyarrow.Table, system: fs.FileSystem, image: str, key: str | None) -> tuple[str, str | None]:
    """The columns of the images and of the keys, by the first Parquet file that can be read.

    Args:
        listed: what ``list_input`` gave.
        system: where the files are.
        image: column of the images.
        key: column of the keys; None: ``key`` where there is one.
    """
    for path in listed["path"].to_pylist():
        try:
            names = parquet.read_schema(path, filesystem=system).names
        except FAULTS:  # told by ``examine``
            continue
        return image, key or (DEFAULT_KEY if DEFAULT_KEY in names else None)
    return image, key


def rows_in(table: pyarrow.Table) -> int:
    """How many rows the files of an input have together."""
    return pyarrow.compute.sum(pyarrow.compute.list_flatten(table["groups"])).as_py() or 0


def broken_files(table: pyarrow.Table) -> Iterator[tuple[str, str]]:
    """Paths of the files that cannot be used, and why."""
    broken = table.filter(pyarrow.compute.is_valid(table["error"]))
    yield from zip(broken["path"].to_pylist(), broken["error"].to_pylist(), strict=True)


def image_field(schema: pyarrow.Schema, source: Source) -> str:
    """The path of the leaf that holds the image files.

    Raises:
        DataError: there is no such column, or it holds something else; or the keys are no text and no numbers.
    """
    if source.image not in schema.names:
        raise DataError(f"no column {source.image!r} for images, but {', '.join(schema.names)}: say --image_column")
    kind = schema.field(source.image).type
    leaf = source.image
    if pyarrow.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
        leaf, kind = f"{source.image}.bytes", kind.field("bytes").type
    if not (pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind)):
        raise DataError(f"column {source.image!r} holds {kind}, not the bytes of image files: say --image_column")
    if source.key is not None:
        if source.key not in schema.names:
            raise DataError(f"no column {source.key!r} for keys, but {', '.join(schema.names)}: say --key_column")
        named = schema.field(source.key).type
        types = pyarrow.types
        if not (types.is_string(named) or types.is_large_string(named) or types.is_integer(named)):
            raise DataError(f"column {source.key!r} holds {named}, neither text nor whole numbers: say --key_column")
    return leaf


def _rows_of_parquet(source: Source, path: str) -> tuple[list[int], str | None]:
    place = source.place(path)
    try:
        metadata = parquet.read_metadata(path, filesystem=source.system)
        image_field(metadata.schema.to_arrow_schema(), source)
        return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)], None
    except DataError as error:
        return [], str(error)
    except FAULTS as error:
        check_readable(place, error)
        return [], f"broken Parquet file: {first_line(error)}"


def _rows_of_lmdb(path: str) -> tuple[list[int], str | None]:
    try:
        folder = LmdbFolder(Path(path).parent)
        return [len(folder)], None
    except DataError as error:
        return [], str(error)


def check_readable(place: Place, error: BaseException) -> None:
    """Raises DataError where it is not the file that is at fault, but the way to it."""
    try:
        with place.system.open_input_file(place.path) as file:
            file.seek(max(0, file.size() - 8))
            file.read(8)
    except FAULTS as fault:
        raise DataError(f"{place} cannot be read: {first_line(fault)}") from error


def _with_columns(listed: pyarrow.Table, groups: Any, errors: Any) -> pyarrow.Table:
    columns = {**{name: listed[name] for name in LISTED}, "groups": groups, "error": errors}
    return pyarrow.table(columns, schema=TABLE)


def _listed_schema() -> pyarrow.Schema:
    return pyarrow.schema([TABLE.field(name) for name in LISTED])


def _ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()


_IS_OF: dict[Kind, Callable[[str], bool]] = {
    "parquet": lambda path: _ending(path) in _PARQUET_EXTENSIONS and not os.path.basename(path).startswith(("_", ".")),
    "lmdb": lambda path: os.path.basename(path) == DATA_FILE,
    "images": lambda path: _ending(path) in IMAGE_EXTENSIONS,
}
