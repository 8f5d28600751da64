"""Writes arrays in plain containers as a pickle whose bytes depend on the values alone.

Python's own pickler would name numpy's modules as the installed numpy does. Numpy 2 has names that numpy before 1.26
lacks, so one model would give different files on different machines, and some that users of Paddle 2.6 could not read.
"""

import pickle
import struct
from collections.abc import Iterator, Mapping

import numpy as np

from ppocr_rare.utils.checkpoint.pickled_arrays import ARRAY_TYPES

_RECONSTRUCT = b"cnumpy.core.multiarray\n_reconstruct\n"  # the name that every numpy knows
_NDARRAY = b"cnumpy\nndarray\n"
_DTYPE = b"cnumpy\ndtype\n"


def pickle_chunks(value: object) -> Iterator[bytes]:
    """Yields the parts of a pickle of protocol 4, which `pickle.load` and `paddle.load` read.

    Args:
        value: None, bool, int (at most 255 bytes long), float, str, array of booleans, integers or floats; or list,
            tuple, or mapping with text keys, of such values.

    Raises:
        TypeError: the value holds anything else.
    """
    yield pickle.PROTO + b"\x04"
    yield from _value(value)
    yield pickle.STOP


def _value(value: object) -> Iterator[bytes]:
    if value is None:
        yield pickle.NONE
    elif isinstance(value, Mapping):
        yield from _mapping(value)
    elif type(value) is list:
        yield pickle.EMPTY_LIST + pickle.MARK
        for item in value:
            yield from _value(item)
        yield pickle.APPENDS
    elif type(value) is tuple:
        yield pickle.MARK
        for item in value:
            yield from _value(item)
        yield pickle.TUPLE
    elif type(value) is bool:
        yield pickle.NEWTRUE if value else pickle.NEWFALSE
    elif type(value) is int:
        digits = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        yield pickle.LONG1 + struct.pack("<B", len(digits)) + digits
    elif type(value) is float:
        yield pickle.BINFLOAT + struct.pack(">d", value)
    elif type(value) is str:
        text = value.encode("utf-8", "surrogatepass")
        yield pickle.BINUNICODE + struct.pack("<I", len(text)) + text
    elif type(value) is np.ndarray:
        yield from _array(value)
    else:
        raise TypeError(f"a {type(value).__name__} has no place in a checkpoint")


def _mapping(value: Mapping) -> Iterator[bytes]:
    yield pickle.EMPTY_DICT + pickle.MARK
    for key, item in value.items():
        if type(key) is not str:
            raise TypeError(f"{key!r} is no key of a checkpoint: keys are texts")
        yield from _value(key)
        yield from _value(item)
    yield pickle.SETITEMS


def _array(array: np.ndarray) -> Iterator[bytes]:
    """What numpy itself would write: an empty array made, then its state set."""
    code = array.dtype.str[1:]
    if code not in ARRAY_TYPES:
        raise TypeError(f"an array of type {array.dtype} has no place in a checkpoint")
    data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()  # C order whatever the array's own
    yield _RECONSTRUCT + _NDARRAY
    yield pickle.BININT1 + b"\0" + pickle.TUPLE1
    yield pickle.SHORT_BINBYTES + b"\1b" + pickle.TUPLE3 + pickle.REDUCE
    yield pickle.MARK
    yield from _value(1)
    yield from _value(array.shape)
    yield _DTYPE
    yield from _value((code, False, True))
    yield pickle.REDUCE
    yield from _value((3, "|" if array.dtype.itemsize == 1 else "<", None, None, None, -1, -1, 0))
    yield pickle.BUILD + pickle.NEWFALSE
    yield pickle.BINBYTES8 + struct.pack("<Q", len(data)) + data
    yield pickle.TUPLE + pickle.BUILD
