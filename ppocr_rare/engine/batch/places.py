"""Files on this machine's disks and in object stores: found by pattern, written whole or not at all."""

import fnmatch
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow
from pyarrow import fs

from ppocr_rare.errors import DataError
from ppocr_rare.utils.atomic import write_atomically

# Where a file shows when it is whole: by renaming here, and in object stores when the upload is completed.
_KINDS = ("local", "s3", "gcs", "abfs")
_MAGIC = "*["  # no "?": behind it stand a store's options, "s3://bucket/words?region=eu-central-1"
FAULTS = (OSError, pyarrow.ArrowException)  # what pyarrow raises where a file or a store does not do as it should


@dataclass(frozen=True)
class Place:
    """A file or folder. It pickles, for another process or machine.

    Args:
        system: the file system.
        path: there.
    """

    system: fs.FileSystem
    path: str

    def __truediv__(self, name: str) -> "Place":
        return Place(self.system, f"{self.path.rstrip('/')}/{name}")

    def __str__(self) -> str:
        return self.path if self.is_local else f"{self.system.type_name}://{self.path}"

    @property
    def is_local(self) -> bool:
        """Whether it is on a disk of this machine, or one that is mounted as such."""
        return isinstance(self.system, fs.LocalFileSystem)

    def names(self) -> list[str]:
        """Names of the files in this folder, sorted; none where it does not exist."""
        found = self.system.get_file_info(fs.FileSelector(self.path, allow_not_found=True))
        return sorted(info.base_name for info in found if info.type == fs.FileType.File)

    def read(self) -> bytes:
        """What the file holds."""
        with self.system.open_input_file(self.path) as file:
            return file.read()

    def write(self, content: bytes) -> None:
        """Writes the file, whole or not at all; its folder must exist.

        Raises:
            OSError: it cannot be written; nothing new is left.
        """
        if self.is_local:
            write_atomically(self.path, [content])
            return
        stream = self.system.open_output_stream(self.path)  # not "with": what failed must not be completed
        stream.write(content)
        stream.close()


def place_of(where: str) -> Place:
    """The place that a path or a URI names.

    Raises:
        DataError: it cannot be understood, or is of a kind that is not known.
    """
    if "://" not in where:
        return Place(fs.LocalFileSystem(), os.path.abspath(where))
    try:
        system, path = fs.FileSystem.from_uri(where)
    except FAULTS as error:
        raise DataError(f"{shown(where)} cannot be used: {first_line(error)}") from error
    if system.type_name not in _KINDS:
        raise DataError(f"{shown(where)}: what is understood are paths, file://, s3://, gs:// and abfs://")
    return Place(system, path)


def find_files(where: str) -> tuple[Place, list[fs.FileInfo]]:
    """The files that a path, URI or pattern names, and where they were looked for.

    Args:
        where: a file, a folder, for all below it, or a pattern with ``*`` and ``[…]``; ``**`` stands for any folders.

    Raises:
        DataError: there is none, or the folder cannot be listed.
    """
    base, pattern = _split(where)
    place = place_of(base)
    try:
        info = place.system.get_file_info(place.path)
        if info.type == fs.FileType.File:
            return place, [info]
        if info.type == fs.FileType.NotFound:
            raise DataError(f"{shown(where)}: no such file or folder")
        is_deep = not pattern or "**" in pattern or len(pattern) > 1
        listed = place.system.get_file_info(fs.FileSelector(place.path, recursive=is_deep))
        paths = [info.path for info in listed]
    except FAULTS as error:
        raise DataError(f"{shown(where)} cannot be listed: {first_line(error)}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{shown(where)}: a file's name there is not UTF-8, rename it: {error.object!r}") from error
    above = len(place.path.rstrip("/")) + 1
    files = [
        info
        for info, path in zip(listed, paths, strict=True)
        if info.type == fs.FileType.File and (not pattern or _matches(path[above:].split("/"), pattern))
    ]
    if not files:
        raise DataError(f"{shown(where)}: no file is there")
    return place, files


def would_find(where: str, place: Place) -> bool:
    """Whether ``find_files(where)`` would list a file of that place, if it existed."""
    base, pattern = _split(where)
    above = place_of(base)
    start = above.path.rstrip("/") + "/"
    if not above.system.equals(place.system) or not place.path.startswith(start):
        return False
    return not pattern or _matches(place.path[len(start) :].split("/"), pattern)


def first_line(error: BaseException) -> str:
    """What an exception says, in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


def shown(where: str) -> str:
    """What may be shown of a URI: no options, and no key of whoever may read it."""
    return re.sub("//[^/]*@", "//", where.partition("?")[0]) if "://" in where else where


def _split(where: str) -> tuple[str, list[str]]:
    """The folder in front of the first part of a pattern, with a store's options, and the parts from there on."""
    path, mark, options = where.partition("?") if "://" in where else (where, "", "")
    parts = path.split("/")
    first = next((place for place, part in enumerate(parts) if set(part) & set(_MAGIC)), None)
    if first is None or os.path.exists(path):
        return where, []
    return ("/".join(parts[:first]) or ("/" if path.startswith("/") else ".")) + mark + options, parts[first:]


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[start:], pattern[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
