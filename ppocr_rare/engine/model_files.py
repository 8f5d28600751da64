"""Looks through the files of a Paddle model before Paddle does: of a damaged one it may read what is not there, or die.

Only what encloses the contents is read, so that it costs nothing beside loading the model.
"""

import json
import os
from pathlib import Path
from typing import BinaryIO

from ppocr_rare.errors import CheckpointError

# Bytes of a value by its number in Paddle's framework.proto, VarType.Type.
_VALUE_BYTES = {0: 1, 1: 2, 2: 4, 3: 8, 4: 2, 5: 4, 6: 8, 20: 1, 21: 1, 22: 2, 23: 8, 24: 16}
_MAX_DESCRIPTION_BYTES = 1 << 10  # type and sizes of a tensor take some twenty
_MAX_PROGRAM_BYTES = 64 << 20  # that of a large network has two
_VARINT, _BYTES = 0, 2  # wire types of protobuf


class _Damaged(Exception):
    """The file is not made as it should be."""


def check_params(path: Path) -> None:
    """Raises CheckpointError where ``inference.pdiparams`` is not whole tensors, one behind the other, and no more."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            if size == 0:
                raise _Damaged
            while file.tell() < size:
                _skip_tensor(file, size)
        except _Damaged as error:
            raise _fault(path) from error


def check_program(path: Path) -> None:
    """Raises CheckpointError where ``inference.pdmodel`` is not whole fields of a protobuf message, and no more."""
    data = path.read_bytes()
    try:
        if not data:
            raise _Damaged
        at = 0
        while at < len(data):
            at, _, _ = _read_field(data, at)
    except _Damaged as error:
        raise _fault(path) from error


def input_shape(path: Path) -> tuple[int, ...]:
    """(C, H, W) of the images that an ``inference.json`` takes; sizes that are free are -1, and () where it says none.

    Raises:
        CheckpointError: it is no program.
    """
    try:
        if path.stat().st_size > _MAX_PROGRAM_BYTES:
            raise _Damaged
        program = json.loads(path.read_bytes())["program"]
        operators = [op for region in program["regions"] for block in region["blocks"] for op in block["ops"]]
        given = [op["A"] for op in operators if op["#"] == "1.data"]
        shapes = [entry["AT"]["D"] for attributes in given for entry in attributes if entry["N"] == "shape"]
        return tuple(int(size) for size in shapes[0][1:]) if shapes else ()
    except (_Damaged, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(path) from error


def _fault(path: Path) -> CheckpointError:
    return CheckpointError(
        f"{path} cannot be loaded: it is cut short or damaged; export again, or copy the whole folder"
    )


def _skip_tensor(file: BinaryIO, size: int) -> None:
    """Goes from the start of a tensor to its end: versions, lengths of sequences, description, values."""
    _skip(file, 4, size)
    for _ in range(_read_int(file, 8)):
        _skip(file, _read_int(file, 8), size)
    _skip(file, 4, size)
    length = _read_int(file, 4)
    if length > _MAX_DESCRIPTION_BYTES:
        raise _Damaged
    _skip(file, _num_bytes(file.read(length)), size)


def _skip(file: BinaryIO, count: int, size: int) -> None:
    if file.tell() + count > size:
        raise _Damaged
    file.seek(count, os.SEEK_CUR)


def _num_bytes(description: bytes) -> int:
    """Bytes of a tensor's values: field 1 is their type, each field 2 a size."""
    at, count, sizes = 0, None, []
    while at < len(description):
        at, field, value = _read_field(description, at)
        if field == 1:
            count = _VALUE_BYTES.get(value)
        elif field == 2:
            sizes.append(value)
    if count is None:
        raise _Damaged
    for length in sizes:
        count *= length
    return count


def _read_field(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Where the field that starts at ``at`` ends, its number, and its value where that is an integer."""
    at, key = _read_varint(data, at)
    number, kind = key >> 3, key & 7
    if number == 0 or kind not in (_VARINT, _BYTES):  # a program holds no other kind at its top
        raise _Damaged
    at, value = _read_varint(data, at)
    if kind == _VARINT:
        return at, number, value
    if at + value > len(data):
        raise _Damaged
    return at + value, number, None


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(data[at : at + 10]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return at + place + 1, value
    raise _Damaged


def _read_int(file: BinaryIO, num_bytes: int) -> int:
    data = file.read(num_bytes)
    if len(data) < num_bytes:
        raise _Damaged
    return int.from_bytes(data, "little")
