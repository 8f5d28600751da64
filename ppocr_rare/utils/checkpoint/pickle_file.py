"""The files of a checkpoint: pickles that PaddleOCR reads and writes too, read safely and written atomically.

Ours end with a line that holds the SHA-256 of all before it. Pickle readers stop before that line, so PaddleOCR never
sees it, and the files that PaddleOCR writes have none.
"""

import hashlib
import os
import pickle
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.atomic import write_atomically
from ppocr_rare.utils.checkpoint.pickle_writer import pickle_chunks
from ppocr_rare.utils.checkpoint.safe_pickle import loads

MAX_FILE_BYTES = 2 << 30  # the weights of RARE take at most some 200 MB, its training state three times that

_FOOTER_START = b"\nppocr_rare sha256 "
_FOOTER_BYTES = len(_FOOTER_START) + 64 + 1
_NAME_TABLE = "StructuredToParameterName@@"  # Paddle's own names of the tensors, which `paddle.save` puts among them


def read_pickle(path: str | os.PathLike) -> object:
    """Reads a file of arrays in plain containers; verifies its checksum if it has one.

    Args:
        path: a `.pdparams`, `.pdopt` or `.states` file, written here or by PaddleOCR (Paddle 2.x or 3.x).

    Returns:
        What `safe_pickle.loads` returns.

    Raises:
        CheckpointError: the file is missing, damaged, or holds anything else. Nothing in it was run.

    Differs: 11, 18.
    """
    data = _read_bytes(Path(path))
    has_footer = data[-_FOOTER_BYTES:].startswith(_FOOTER_START)
    body = data[:-_FOOTER_BYTES] if has_footer else data
    if has_footer and data[len(body) :] != _footer(hashlib.sha256(body)):
        raise CheckpointError(f"{path}: its checksum does not match, so the file is damaged")
    try:
        value, num_bytes = loads(body)
    except pickle.UnpicklingError as fault:
        raise CheckpointError(f"{path}: {fault}") from fault
    if num_bytes != len(body):
        raise CheckpointError(f"{path}: damaged: {len(body) - num_bytes} unknown bytes follow the weights")
    return value


def read_state(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Reads a state dict: `read_pickle` for `.pdparams`.

    Returns:
        Name -> array as the file has it (bfloat16 is held as uint16), without Paddle's table of tensor names.

    Raises:
        CheckpointError: as `read_pickle`, or the file is no state dict.
    """
    value = read_pickle(path)
    if not isinstance(value, dict):
        raise CheckpointError(f"{path}: holds a {type(value).__name__}, not a dictionary of weights")
    state = {}
    for name, entry in value.items():
        if name == _NAME_TABLE:
            continue
        if isinstance(entry, tuple) and len(entry) == 2:  # `paddle.save` of tensors writes (Paddle's name, array)
            entry = entry[1]
        if not isinstance(entry, np.ndarray):
            raise CheckpointError(f"{path}: entry {name!r} is a {type(entry).__name__}, not an array")
        state[name] = entry
    return state


def write_state(path: str | os.PathLike, state: Mapping[str, np.ndarray]) -> None:
    """Writes a state dict: all of it or, if anything fails, nothing. The same state always gives the same bytes.

    Args:
        path: the file. Its folder is made if need be.
        state: name -> array of booleans, integers or floats.

    Raises:
        CheckpointError: the file cannot be written; an older one of that name is as it was.

    Differs: 18.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _with_footer(pickle_chunks(state)))
    except OSError as fault:
        raise CheckpointError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise CheckpointError(f"{path}: is {'a folder' if path.is_dir() else 'no ordinary file'}, not a checkpoint")
        if status.st_size > MAX_FILE_BYTES:
            raise CheckpointError(f"{path}: is larger than {MAX_FILE_BYTES >> 20} MB, so it is no checkpoint of RARE")
        data = path.read_bytes()
    except (OSError, ValueError) as fault:  # ValueError: a zero byte in the path
        raise CheckpointError(f"{path}: cannot be read: {getattr(fault, 'strerror', None) or fault}") from fault
    if not data:
        raise CheckpointError(f"{path}: is empty")
    return data


def _footer(digest: Any) -> bytes:
    return _FOOTER_START + digest.hexdigest().encode("ascii") + b"\n"


def _with_footer(chunks: Iterable[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    yield _footer(digest)
