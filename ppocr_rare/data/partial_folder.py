"""Folders that appear whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from ppocr_rare.errors import DataError
from ppocr_rare.utils.platforms import locked_folder


@contextlib.contextmanager
def partial_folder(
    target: str | os.PathLike, replaced: Collection[str] = (), is_shared: bool = False
) -> Iterator[Path]:
    """Gives an empty folder beside ``target`` to put files in, which becomes ``target`` at the end.

    Where the block ends with an exception the folder is removed. Where the process is killed it stays under a name of
    its own, ``.NAME.partial``, and the next run clears it away. Of a shared folder that is there it lies inside: what
    is beside a mounted one is another disk, from which no file can be renamed.

    Args:
        target: folder to make, with its parents; it may exist if it is empty.
        replaced: names of files that ``target`` may hold all the same: at the end they are gone or replaced.
        is_shared: ``target`` may hold other files, too, and keeps them.

    Raises:
        DataError: ``target`` is in the way, another process is making it, or it cannot be made.
    """
    target = Path(os.path.abspath(target))
    joins = is_shared and target.is_dir()
    if not joins:
        _check_free(target, replaced)
    partial = (target if joins else target.parent) / f".{target.name}.partial"
    with _claim(partial):
        try:
            yield partial
            if not joins:
                _check_free(target, replaced)
            _move(partial, target, replaced)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def _check_free(target: Path, replaced: Collection[str]) -> None:
    if target.is_dir():
        others = sorted(set(os.listdir(target)) - set(replaced))
        if others:
            raise DataError(f"{target} exists and holds {others[0]}; it is not overwritten")
    elif os.path.lexists(target):
        raise DataError(f"{target} exists and is not a folder")


@contextlib.contextmanager
def _claim(folder: Path) -> Iterator[None]:
    """Makes a folder, empty, and keeps other processes off it. The lock ends with the process, however that ends."""
    with contextlib.ExitStack() as stack:
        try:
            if folder.is_symlink():  # what it leads to is no leftover of ours
                raise DataError(f"{folder} is a link: remove it")
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked_folder(folder))
            for leftover in folder.iterdir():
                leftover.unlink()
        except BlockingIOError as error:
            raise DataError(f"another process is writing {folder}") from error
        except OSError as error:
            raise DataError(f"cannot make the folder {folder}: {error.strerror}") from error
        yield


def _move(partial: Path, target: Path, replaced: Collection[str]) -> None:
    try:
        if not target.is_dir() or not os.listdir(target):
            os.rename(partial, target)
            return
        names = os.listdir(partial)
        for name in set(replaced) - set(names):  # first, so that nothing old is ever taken for a part of the new
            (target / name).unlink(missing_ok=True)
        for name in names:
            os.replace(partial / name, target / name)
        partial.rmdir()
    except OSError as error:
        raise DataError(f"cannot make the folder {target}: {error.strerror}") from error
