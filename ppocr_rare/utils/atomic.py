"""Files that are replaced whole or not at all."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path


def write_atomically(path: str | os.PathLike, chunks: Iterable[bytes]) -> None:
    """Writes a file aside in its folder and renames it: a crash at any moment leaves the old file or the new one.

    Args:
        path: the file; its folder must exist.
        chunks: the contents. An exception while they are made leaves the old file.

    Raises:
        OSError: the file cannot be written; the old one is as it was.
    """
    path = Path(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(aside, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the renaming itself last through a power cut."""
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
