"""Reads pickles of arrays and plain containers without Python's pickle machine.

A pickle is a program for a small stack machine, and Python's machine may import and call anything that the program
names. This one knows only the operations that weights files use; it imports nothing and calls nothing that a file
names: the few names that it admits (`pickled_arrays.py`) stand for functions of ours. Lengths are checked before
memory is taken.
"""

import pickle
import pickletools
import struct
from typing import Any, NoReturn

import numpy as np

from ppocr_rare.utils.checkpoint.pickled_arrays import ADMITTED, ArraySpec, DtypeSpec, Global, damaged

MAX_OPERATIONS = 1_000_000  # training state of RARE takes some 50 thousand
MAX_DEPTH = 32  # containers inside one another; also what stops a list that contains itself
MAX_NAME_BYTES = 1024

# What follows an operation in the file: a struct format, and for texts the encoding.
_CONSTANTS = {pickle.NONE: None, pickle.NEWTRUE: True, pickle.NEWFALSE: False}
_NUMBERS = {pickle.BININT: "<i", pickle.BININT1: "<B", pickle.BININT2: "<H", pickle.BINFLOAT: ">d"}
_TEXTS = {
    pickle.SHORT_BINUNICODE: ("<B", "utf-8"),
    pickle.BINUNICODE: ("<I", "utf-8"),
    pickle.BINUNICODE8: ("<Q", "utf-8"),
    pickle.SHORT_BINSTRING: ("<B", "latin-1"),  # Python 2, on which Paddle 2.0 ran
    pickle.BINSTRING: ("<i", "latin-1"),
}
_BYTES = {pickle.SHORT_BINBYTES: "<B", pickle.BINBYTES: "<I", pickle.BINBYTES8: "<Q", pickle.BYTEARRAY8: "<Q"}
_TUPLES = {pickle.EMPTY_TUPLE: 0, pickle.TUPLE1: 1, pickle.TUPLE2: 2, pickle.TUPLE3: 3}
_PUTS = {pickle.BINPUT: "<B", pickle.LONG_BINPUT: "<I"}
_GETS = {pickle.BINGET: "<B", pickle.LONG_BINGET: "<I"}


def loads(data: bytes) -> tuple[object, int]:
    """Reads one pickle of protocol 2 to 5.

    Args:
        data: the pickle; more bytes may follow it.

    Returns:
        The value (dict with text keys, list, tuple, text, number, bool, None, and C-ordered arrays in the machine's
        byte order that share no memory with `data`), and the number of bytes that the pickle took.

    Raises:
        pickle.UnpicklingError: the pickle is damaged or asks for anything else. Nothing was run.
    """
    if data[:1] not in (pickle.PROTO, pickle.GLOBAL):  # GLOBAL begins old attacks: `run` says what they ask for
        raise pickle.UnpicklingError("not a weights file: it does not begin as a pickle of protocol 2 to 5")
    machine = _Machine(data)
    try:
        return machine.plain(machine.run()), machine.position
    except (LookupError, TypeError, ValueError) as fault:
        raise pickle.UnpicklingError(f"damaged: no sense can be made of it near byte {machine.position}") from fault


class _Machine:
    """The stack machine. What it makes of a file is checked and turned into arrays by `plain`."""

    def __init__(self, data: bytes):
        self.data = memoryview(data)
        self.position = 0
        self.stack: list = []
        self.outer_stacks: list[list] = []  # one for each open mark
        self.memo: dict[int, object] = {}
        self.arrays: dict[int, np.ndarray] = {}  # by the identity of its ArraySpec: shared arrays stay shared
        self.num_values = 0
        self.bytes_left = len(data)  # an honest file holds the bytes of each of its arrays

    def run(self) -> object:
        for _ in range(MAX_OPERATIONS):
            operation = bytes(self._take(1))
            if operation == pickle.STOP:
                return self._pop(1)[0]
            if not self._push_value(operation):
                self._perform(operation)
        raise pickle.UnpicklingError(f"refused: more than {MAX_OPERATIONS} operations")

    def _take(self, size: int) -> memoryview:
        if not 0 <= size <= len(self.data) - self.position:
            raise pickle.UnpicklingError(
                f"truncated or damaged: {size} bytes are announced at byte {self.position} of {len(self.data)}"
            )
        self.position += size
        return self.data[self.position - size : self.position]

    def _number(self, form: str) -> int:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _line(self) -> str:
        line, end, _ = bytes(self.data[self.position : self.position + MAX_NAME_BYTES]).partition(b"\n")
        if not end:
            raise pickle.UnpicklingError(f"truncated or damaged: the name at byte {self.position} has no end")
        self.position += len(line) + 1
        return str(line, "utf-8")

    def _pop(self, count: int) -> tuple:
        if count > len(self.stack):
            damaged(f"values are missing before byte {self.position}")
        start = len(self.stack) - count
        values = tuple(self.stack[start:])
        del self.stack[start:]
        return values

    def _pop_to_mark(self) -> list:
        values, self.stack = self.stack, self.outer_stacks.pop()
        return values

    def _push_value(self, operation: bytes) -> bool:
        """Performs the operations that only put a value on the stack; False for any other."""
        value: Any
        if operation in _CONSTANTS:
            value = _CONSTANTS[operation]
        elif operation in _NUMBERS:
            value = self._number(_NUMBERS[operation])
        elif operation in _TEXTS:
            form, encoding = _TEXTS[operation]
            value = str(self._take(self._number(form)), encoding, "surrogatepass")
        elif operation in _BYTES:
            value = self._take(self._number(_BYTES[operation]))
        elif operation in _TUPLES:
            value = self._pop(_TUPLES[operation])
        elif operation in _GETS:
            value = self.memo[self._number(_GETS[operation])]
        elif operation == pickle.LONG1:
            value = int.from_bytes(self._take(self._number("<B")), "little", signed=True)
        elif operation == pickle.EMPTY_LIST:
            value = []
        elif operation == pickle.EMPTY_DICT:
            value = {}
        else:
            return False
        self.stack.append(value)
        return True

    def _perform(self, operation: bytes) -> None:
        match operation:
            case pickle.PROTO:
                self._take(1)
            case pickle.FRAME:
                self._take(8)  # a hint for readers of streams
            case pickle.MARK:
                self.outer_stacks.append(self.stack)
                self.stack = []
            case pickle.TUPLE:
                values = self._pop_to_mark()
                self.stack.append(tuple(values))
            case pickle.APPEND:
                self._extend(self._pop(1))
            case pickle.APPENDS:
                self._extend(self._pop_to_mark())
            case pickle.SETITEM:
                self._set_items(self._pop(2))
            case pickle.SETITEMS:
                self._set_items(self._pop_to_mark())
            case pickle.MEMOIZE:
                self.memo[len(self.memo)] = self.stack[-1]
            case _ if operation in _PUTS:
                self.memo[self._number(_PUTS[operation])] = self.stack[-1]
            case pickle.GLOBAL:
                self._push_global(self._line(), self._line())
            case pickle.STACK_GLOBAL:
                self._push_global(*self._pop(2))
            case pickle.REDUCE:
                self._call(*self._pop(2))
            case pickle.BUILD:
                self._build(*self._pop(1))
            case _:
                self._refuse(operation)

    def _extend(self, values: list | tuple) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            damaged("values are appended to what is no list")
        target.extend(values)

    def _set_items(self, pairs: list | tuple) -> None:
        target = self.stack[-1]
        # Text keys only: hashing a deep tuple of the file's making could exhaust Python's own stack.
        if type(target) is not dict or len(pairs) % 2 or not all(type(key) is str for key in pairs[::2]):
            damaged("a dictionary with keys that are no texts")
        target.update(zip(pairs[::2], pairs[1::2], strict=True))

    def _push_global(self, module: object, name: object) -> None:
        if type(module) is not str or type(name) is not str:
            damaged("a name that is no text")
        if (module, name) not in ADMITTED:
            raise pickle.UnpicklingError(
                f"refused: it asks for {f'{module}.{name}'[:80]!r}, and weights are arrays in plain containers only"
            )
        self.stack.append(ADMITTED[module, name])

    def _call(self, function: object, arguments: object) -> None:
        if type(function) is not Global or type(arguments) is not tuple:
            damaged("a call of what cannot be called")
        self.stack.append(function.make(*arguments))

    def _build(self, state: tuple) -> None:
        target = self.stack[-1]
        if type(target) is ArraySpec:
            _, target.shape, target.dtype, target.is_fortran, target.data = state
        elif type(target) is DtypeSpec:
            target.byte_order = state[1]
        else:
            damaged("a state is set on what has none")

    def _refuse(self, operation: bytes) -> NoReturn:
        known = pickletools.code2op.get(operation.decode("latin-1"))  # type: ignore[attr-defined]  # typeshed lacks it
        if known is None:
            damaged(f"no such operation as byte {self.position - 1} says")
        raise pickle.UnpicklingError(f"refused: the pickle operation {known.name}, which no weights file uses")

    def plain(self, value: object, depth: int = 0) -> object:
        """The value with its arrays made, as a tree: containers that the file shares are copied."""
        self.num_values += 1
        if depth > MAX_DEPTH or self.num_values > MAX_OPERATIONS:
            raise pickle.UnpicklingError("refused: containers nested too deeply, or inside themselves")
        if value is None or type(value) in (bool, int, float, str):
            return value
        if type(value) is list:
            return [self.plain(item, depth + 1) for item in value]
        if type(value) is tuple:
            return tuple(self.plain(item, depth + 1) for item in value)
        if type(value) is dict:
            return {key: self.plain(item, depth + 1) for key, item in value.items()}
        if type(value) is ArraySpec:
            return self._array(value)
        raise pickle.UnpicklingError("refused: a value that is no array, number, text or plain container")

    def _array(self, described: ArraySpec) -> object:
        if id(described) not in self.arrays:
            array = described.make(self.bytes_left)
            self.bytes_left -= array.nbytes
            self.arrays[id(described)] = array
        array = self.arrays[id(described)]
        return array.item() if described.is_scalar else array
