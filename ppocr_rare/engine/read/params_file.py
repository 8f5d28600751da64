"""Looks through a model's parameters before Paddle does: of a damaged file it may read what is not there, or die.

Only what encloses the contents is read, so that it costs nothing beside loading the model.
"""

import os
from pathlib import Path
from typing import BinaryIO

from ppocr_rare.errors import CheckpointError

# Bytes of a value by its number in Paddle's framework.proto, VarType.Type.
_VALUE_BYTES = {0: 1, 1: 2, 2: 4, 3: 8, 4: 2, 5: 4, 6: 8, 20: 1, 21: 1, 22: 2, 23: 8, 24: 16}
_MAX_DESCRIPTION_BYTES = 1 << 10  # type and sizes of a tensor take some twenty
_VARINT, _BYTES = 0, 2  # wire types of protobuf


class Damaged(Exception):
    """A file is not made as it should be."""


def check_params(path: Path) -> None:
    """Raises CheckpointError where ``inference.pdiparams`` is not whole tensors, one behind the other, and no more."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            if size == 0:
                raise Damaged
            while file.tell() < size:
                _skip_tensor(file, size)
        except Damaged as error:
            raise fault(path) from error


def fault(path: Path) -> CheckpointError:
    """What is said of a file that is damaged."""
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
        raise Damaged
    _skip(file, _num_bytes(file.read(length)), size)


def _skip(file: BinaryIO, count: int, size: int) -> None:
    if file.tell() + count > size:
        raise Damaged
    file.seek(count, os.SEEK_CUR)


def _num_bytes(description: bytes) -> int:
    """Bytes of a tensor's values: field 1 is their type, each field 2 a size."""
    at, count, sizes = 0, None, []
    while at < len(description):
        at, field, value = read_field(description, at)
        if field == 1:
            count = _VALUE_BYTES.get(value) if isinstance(value, int) else None
        elif field == 2 and isinstance(value, int):
            sizes.append(value)
    if count is None:
        raise Damaged
    for length in sizes:
        count *= length
    return count


def read_field(data: bytes, at: int) -> tuple[int, int, int | bytes]:
    """Where the field of a protobuf message that starts at ``at`` ends, its number, and its value.

    Raises:
        Damaged: it reaches beyond the message, or is of a kind that programs hold only in their attributes.
    """
    at, key = _read_varint(data, at)
    number, kind = key >> 3, key & 7
    # Protobuf keeps 32 bits of a key: of a longer one it would read another field than we do.
    if number == 0 or key >= 1 << 32 or kind not in (_VARINT, _BYTES):
        raise Damaged
    at, value = _read_varint(data, at)
    if kind == _VARINT:
        return at, number, value
    if at + value > len(data):
        raise Damaged
    return at + value, number, data[at : at + value]


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(data[at : at + 10]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return at + place + 1, value
    raise Damaged


def _read_int(file: BinaryIO, num_bytes: int) -> int:
    data = file.read(num_bytes)
    if len(data) < num_bytes:
        raise Damaged
    return int.from_bytes(data, "little")
