"""Looks through a program before Paddle opens it: its formats know operators that write files.

A program is code: ``save_combine`` writes any file as soon as the program is loaded, ``py_func`` calls Python, and the
checksums beside a model come from the same hand as the model. What a RARE network computes needs none of that.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ppocr_rare.engine.read.params_file import Damaged, fault, read_field
from ppocr_rare.errors import CheckpointError

_MAX_PROGRAM_BYTES = 64 << 20  # that of a large network has two

# What the exports of both networks use, ours with attention and without, and PaddleOCR's arithmetic, as Paddle 3.3.1
# and 2.6.2 write them. In inference.json 0. is the builtin dialect, 1. holds the operators, 2. control flow; p is a
# parameter.
_JSON_OPERATORS = frozenset(
    """
    0.combine 0.split 1.add 1.arange 1.argmax 1.batch_norm_ 1.cast 1.concat 1.conv2d 1.data 1.depthwise_conv2d
    1.elementwise_pow 1.embedding 1.equal 1.eye 1.fetch 1.flatten 1.full 1.full_int_array 1.full_with_tensor
    1.greater_equal 1.greater_than 1.grid_sample 1.hardsigmoid 1.hardswish 1.inverse 1.less_than 1.linspace
    1.log 1.matmul 1.maximum 1.meshgrid 1.min 1.multiply 1.one_hot 1.pool2d 1.relu 1.reshape 1.rnn 1.scale
    1.shape64 1.share_data_ 1.sigmoid 1.slice 1.softmax 1.split 1.split_with_num 1.sqrt 1.square 1.squeeze
    1.stack 1.subtract 1.sum 1.tanh 1.transpose 1.unsqueeze 1.while 2.yield p
    """.split()  # noqa: SIM905
)
_PDMODEL_OPERATORS = frozenset(
    """
    arg_max assign batch_norm cast concat conv2d depthwise_conv2d elementwise_add elementwise_max
    elementwise_mul elementwise_pow elementwise_sub equal eye feed fetch fill_constant flatten_contiguous_range
    greater_equal greater_than grid_sampler hard_sigmoid hard_swish inverse less_than linspace log
    lookup_table_v2 matmul_v2 meshgrid one_hot_v2 pool2d range reduce_min reduce_sum relu reshape2 rnn scale
    shape share_data sigmoid slice softmax split sqrt square squeeze2 stack tanh transpose2 unsqueeze2 while
    """.split()  # noqa: SIM905
)
# What is told in the same way: types, attributes, regions, blocks.
_JSON_NOT_OPERATORS = re.compile(r"[01]\.[ta]_\w+|(region|block)_\d+")

_FAULTS = (Damaged, ValueError, KeyError, IndexError, TypeError, RecursionError)
_BLOCKS, _OPS, _TYPE = 1, 4, 3  # fields of ProgramDesc, BlockDesc and OpDesc in Paddle's framework.proto


def check_program(path: Path) -> None:
    """Refuses a program that is damaged, or that does more than compute what a RARE network computes.

    Args:
        path: ``inference.json`` or ``inference.pdmodel``, of this project's export or of PaddleOCR's.

    Raises:
        CheckpointError: an operator is not among those that such exports use, or the file is no program.
    """
    is_json = path.suffix == ".json"
    try:
        data = _read(path)
        names = set(_of_json(_parse(data)) if is_json else _of_pdmodel(data))
        if not names:
            raise Damaged
    except _FAULTS as error:
        raise fault(path) from error
    foreign = sorted(names - (_JSON_OPERATORS if is_json else _PDMODEL_OPERATORS))
    if foreign:
        shown = ", ".join(repr(name[:60]) for name in foreign[:5])
        others = f" and {len(foreign) - 5} others" if len(foreign) > 5 else ""
        raise CheckpointError(
            f"{path} is refused: it holds operators that no RARE network needs and that may do more than compute: "
            f"{shown}{others}; export it again from weights that you trust"
        )


def input_shape(path: Path) -> tuple[int, ...]:
    """(C, H, W) of the images that an ``inference.json`` takes; sizes that are free are -1, and () where it says none.

    Raises:
        CheckpointError: it is no program.
    """
    try:
        program = _parse(_read(path))["program"]
        operators = [op for region in program["regions"] for block in region["blocks"] for op in block["ops"]]
        given = [op["A"] for op in operators if op["#"] == "1.data"]
        shapes = [entry["AT"]["D"] for attributes in given for entry in attributes if entry["N"] == "shape"]
        return tuple(int(size) for size in shapes[0][1:]) if shapes else ()
    except _FAULTS as error:
        raise fault(path) from error


def _read(path: Path) -> bytes:
    if path.stat().st_size > _MAX_PROGRAM_BYTES:
        raise Damaged
    return path.read_bytes()


def _parse(data: bytes) -> Any:
    """JSON in UTF-8. A key that stands twice is damage, since readers differ on which of the two counts."""
    return json.loads(data.decode("utf-8"), object_pairs_hook=_unique_keys)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Damaged
    return found


def _of_json(contents: Any) -> Iterator[str]:
    """Every name in the tree, wherever it stands: a block inside an operator, too."""
    waiting = [contents["program"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
            name = value.get("#", 0)  # an integer is the number of a block's argument
            if not isinstance(name, int) and not _JSON_NOT_OPERATORS.fullmatch(name):
                yield name


def _of_pdmodel(data: bytes) -> Iterator[str]:
    """The types of all operators of all blocks; those inside another operator have a block of their own in the list."""
    for block in _fields(data, _BLOCKS):
        for operator in _fields(block, _OPS):
            for name in _fields(operator, _TYPE):
                yield name.decode("utf-8", errors="backslashreplace")


def _fields(message: bytes, wanted: int) -> Iterator[bytes]:
    at = 0
    while at < len(message):
        end, number, value = read_field(message, at)
        if number == wanted:
            if isinstance(value, int):
                raise Damaged
            yield value
        at = end
