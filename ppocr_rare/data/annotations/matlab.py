"""MATLAB's files, where SciPy is there to read them: bounded, and nothing in them is run."""

import io
import os
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from ppocr_rare.errors import SampleError
from ppocr_rare.utils.images import read_image_bytes

MAX_UNPACKED_BYTES = 1 << 30  # the lexicons of IIIT5K take a fifth of it

_STARTS = (b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file")
_HEADER_BYTES, _LITTLE_ENDIAN, _COMPRESSED = 128, b"IM", 15  # of a MATLAB 5 file


def is_matlab(data: bytes) -> bool:
    """Whether a file that begins so is one of MATLAB's."""
    return data.startswith(_STARTS)


def load_matlab(path: str | os.PathLike, names: Sequence[str]) -> dict[str, Any]:
    """Those of a file's variables that have one of the names, without axes of length 1.

    Raises:
        SampleError: "MATLAB file" where it cannot be read, or SciPy is not installed; what ``read_image_bytes`` raises.
    """
    try:
        from scipy.io import loadmat
    except ModuleNotFoundError as error:
        raise SampleError("MATLAB file", "needs SciPy to be read: pip install 'ppocr_rare[benchmark]'") from error
    data = read_image_bytes(path)  # bounded, as for an image
    try:
        _check_unpacked_size(data)
        found = loadmat(io.BytesIO(data), squeeze_me=True, variable_names=names)
    except Exception as error:  # a damaged file can raise nearly anything in SciPy's parser
        raise SampleError("MATLAB file", f"{type(error).__name__}: {error}") from error
    return {name: found[name] for name in names if name in found}


def _check_unpacked_size(data: bytes) -> None:
    """Raises ValueError where the compressed elements of a MATLAB 5 file hold more than MAX_UNPACKED_BYTES."""
    order = "<" if data[:_HEADER_BYTES].endswith(_LITTLE_ENDIAN) else ">"
    start, total = _HEADER_BYTES, 0
    while start + 8 <= len(data):
        kind, size = struct.unpack_from(f"{order}II", data, start)
        start += 8
        inflater, packed = zlib.decompressobj(), data[start : start + size] if kind == _COMPRESSED else b""
        while packed:
            total += len(inflater.decompress(packed, 1 << 20))
            packed = inflater.unconsumed_tail
            if total > MAX_UNPACKED_BYTES:
                raise ValueError(f"unpacks to more than {MAX_UNPACKED_BYTES} bytes")
        start += size
