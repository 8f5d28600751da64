"""What a weights pickle may name, and the arrays that it describes: checked first, made after that."""

import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

ARRAY_TYPES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")


@dataclass(frozen=True)
class Global:
    """A name of the file. `make` is ours and is called with what the file passes to the name."""

    make: Callable


@dataclass(frozen=True)
class Latin1:
    """Bytes that protocol 2 writes as a text, to be encoded."""

    text: str


@dataclass
class DtypeSpec:
    """The number type of an array as the file names it."""

    code: str
    byte_order: str = "="

    def make(self) -> np.dtype:
        """The type, if it is boolean, integer or float; anything else is refused."""
        if self.code not in ARRAY_TYPES or self.byte_order not in ("<", ">", "=", "|"):
            raise pickle.UnpicklingError(f"refused: an array of type {self.code[:20]!r}; numbers are admitted only")
        return np.dtype(self.byte_order + self.code)


@dataclass
class ArraySpec:
    """An array as the file describes it: nothing of it is checked before `make`."""

    shape: tuple = ()
    dtype: DtypeSpec | None = None
    is_fortran: bool = False
    data: memoryview | str | Latin1 = ""
    is_scalar: bool = False

    def make(self, max_bytes: int) -> np.ndarray:
        """The array, C-ordered, in the machine's byte order, sharing no memory with the file's bytes."""
        dtype = self.dtype.make() if isinstance(self.dtype, DtypeSpec) else damaged("an array without a type")
        if not all(type(length) is int and length >= 0 for length in self.shape):
            damaged("an array with an impossible shape")
        data = self.data.text if isinstance(self.data, Latin1) else self.data
        num_bytes = math.prod(self.shape) * dtype.itemsize
        if len(data) != num_bytes:
            damaged("an array whose bytes do not fill its shape")
        if num_bytes > max_bytes:
            raise pickle.UnpicklingError("refused: its arrays are larger than the file")
        buffer = data.encode("latin-1") if isinstance(data, str) else data
        array: np.ndarray = np.ndarray(self.shape, dtype, buffer=buffer, order="F" if self.is_fortran else "C")
        return array.astype(dtype.newbyteorder("="), order="C")


def damaged(what: str) -> NoReturn:
    """Gives the file up as damaged, because of `what` it holds."""
    raise pickle.UnpicklingError(f"damaged: {what}")


def _encode(text: object, encoding: object) -> Latin1:
    return Latin1(text) if type(text) is str and encoding == "latin1" else damaged("bytes in an odd encoding")


def _dtype(code: object, align: object, copy: object) -> DtypeSpec:
    return DtypeSpec(code) if type(code) is str else damaged("an array of an odd type")


def _tuple(items: object) -> tuple:
    return items if type(items) is tuple else damaged("an odd tuple")


def _admitted() -> dict[tuple[str, str], Global]:
    names = {
        ("collections", "OrderedDict"): Global(lambda: {}),
        ("_codecs", "encode"): Global(_encode),
        ("numpy", "ndarray"): Global(lambda: damaged("an array made oddly")),  # named for _reconstruct only
        ("numpy", "dtype"): Global(_dtype),
    }
    for core in ("numpy.core", "numpy._core"):  # numpy 1 and numpy 2
        names[f"{core}.multiarray", "_reconstruct"] = Global(lambda kind, shape, code: ArraySpec())
        names[f"{core}.multiarray", "scalar"] = Global(
            lambda dtype, data: ArraySpec(dtype=dtype, data=data, is_scalar=True)
        )
        names[f"{core}.numeric", "_frombuffer"] = Global(  # protocol 5
            lambda data, dtype, shape, order: ArraySpec(shape, dtype, order == "F", data)
        )
    for builtins in ("__builtin__", "builtins"):  # protocol 2 and later ones
        names[builtins, "tuple"] = Global(_tuple)
        names[builtins, "bytes"] = Global(lambda: Latin1(""))
    return names


ADMITTED = _admitted()
