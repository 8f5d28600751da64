"""Files of one moment: written aside, sealed by the last one, which knows the others' checksums, and then renamed."""

import contextlib
import hashlib
import logging
import os
import re
from collections.abc import Iterable
from pathlib import Path

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.pickle_file import read_pickle

ASIDE = ".new"
SUMS = "sha256_of_siblings"  # the entry of the seal: suffix -> SHA-256 of the file, in hexadecimal
_SUFFIX = re.compile(r"(\.[a-z]+)+")
_LEFTOVER = re.compile(r"\..+\.(pdparams|pdopt|states)(\.new)?\.\d+\.tmp")

logger = logging.getLogger(__name__)


def checksum(path: str | os.PathLike) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def recover(prefix: str | os.PathLike, suffixes: Iterable[str], seal: str) -> None:
    """Makes the files whole after a process was ended while it renamed them; a damaged save is dropped.

    Args:
        prefix: folder and name.
        suffixes: of the files, the seal's last.
        seal: suffix of the file that is written last and renamed last: while it lies aside, the others are complete.
    """
    aside = Path(f"{prefix}{seal}{ASIDE}")
    if not aside.exists():
        return
    try:
        states = read_pickle(aside)
        for suffix, expected in _sums(states, aside).items():
            path = Path(f"{prefix}{suffix}{ASIDE}")
            if checksum(path if path.exists() else f"{prefix}{suffix}") != expected:
                raise CheckpointError(f"{path}: damaged")
    except FileNotFoundError:
        if not aside.exists():  # another rank has renamed them meanwhile
            return
        fault = "a file of it is missing"
    except CheckpointError as error:
        fault = str(error)
    else:
        logger.warning("%s: the last save was interrupted; it is complete and is used", prefix)
        rename_aside(prefix, suffixes)
        return
    logger.warning("%s: the last save was interrupted and is dropped (%s)", prefix, fault)
    drop_aside(prefix, suffixes)


def rename_aside(prefix: str | os.PathLike, suffixes: Iterable[str]) -> None:
    """Puts files that lie aside in their places, in this order."""
    for suffix in suffixes:
        with contextlib.suppress(FileNotFoundError):  # another rank may have done it
            os.replace(f"{prefix}{suffix}{ASIDE}", f"{prefix}{suffix}")


def drop_aside(prefix: str | os.PathLike, suffixes: Iterable[str]) -> None:
    """Removes files that lie aside, the seal first: without it the others are nothing."""
    for suffix in reversed(tuple(suffixes)):
        Path(f"{prefix}{suffix}{ASIDE}").unlink(missing_ok=True)


def require_one_moment(prefix: str | os.PathLike, states: object, seal: str) -> None:
    """Raises CheckpointError where a file is not the one that the seal was written with."""
    for suffix, expected in _sums(states, f"{prefix}{seal}").items():
        try:
            is_same = checksum(f"{prefix}{suffix}") == expected
        except OSError as error:
            raise CheckpointError(f"{prefix}{suffix}: {error.strerror}; {prefix}{seal} was saved with it") from error
        if not is_same:
            raise CheckpointError(
                f"{prefix}{suffix} and {prefix}{seal} are of different moments: one was replaced or damaged; "
                "go on from another checkpoint of the folder"
            )


def clear_leftovers(folder: Path) -> None:
    """Removes what a save that was killed has left in a folder that nobody else writes to."""
    for path in folder.iterdir():
        is_unsealed = path.name.endswith((f".pdparams{ASIDE}", f".pdopt{ASIDE}")) and not any(
            Path(f"{path}".removesuffix(ASIDE).removesuffix(suffix) + f".states{ASIDE}").exists()
            for suffix in (".ema.pdparams", ".pdparams", ".pdopt")
        )
        if is_unsealed or _LEFTOVER.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _sums(states: object, path: str | os.PathLike) -> dict[str, str]:
    """Checksums by suffix, of the siblings of the file ``path`` that holds ``states``."""
    sums = states.get(SUMS, {}) if isinstance(states, dict) else {}
    is_table = isinstance(sums, dict) and all(isinstance(entry, str) for item in sums.items() for entry in item)
    if not is_table or not all(_SUFFIX.fullmatch(suffix) for suffix in sums):  # a suffix with a slash leads elsewhere
        raise CheckpointError(f"{path}: its checksums are not those of a training's files; the file was altered")
    return sums
