"""A program is looked through before Paddle opens it: damage and operators that do more than compute are refused."""

import json

import pytest

from ppocr_rare.engine.read.program_file import check_program, input_shape
from ppocr_rare.errors import CheckpointError

DAMAGED = "cannot be loaded: it is cut short or damaged; export again"


def field(number, value):
    """A field of a protobuf message that holds bytes of fewer than 128."""
    return bytes([number << 3 | 2, len(value)]) + value


def pdmodel(*blocks):
    """An ``inference.pdmodel``: of each block the types of its operators."""
    operators = [b"".join(field(4, field(3, name.encode())) for name in names) for names in blocks]
    return b"".join(field(1, b"\x08\x00\x10\x00" + block) for block in operators)


def operator(name, *inside):
    """An operator as ``inference.json`` has it, with a block of others inside."""
    blocks = [{"#": "block_0", "args": [{"#": -1}], "ops": list(inside)}] if inside else []
    regions = [{"#": "region_0", "blocks": blocks}]
    return {"#": name, "A": [], "O": [{"%": 1, "TT": {"#": "0.t_f32"}}], "regions": regions}


def write(folder, contents):
    path = folder / ("inference.pdmodel" if isinstance(contents, bytes) else "inference.json")
    path.write_bytes(contents if isinstance(contents, bytes) else json.dumps(contents).encode())
    return path


def json_program(*operators):
    regions = [{"#": "region_0", "blocks": [{"ops": list(operators)}]}]
    return {"base_code": {"version": 4}, "program": {"regions": regions}}


PDMODEL = pdmodel(["feed", "conv2d", "while", "fetch"], ["less_than", "rnn"])
JSON = json_program(operator("p"), operator("1.while", operator("1.add"), operator("2.yield")), operator("1.fetch"))


@pytest.mark.parametrize("contents", [PDMODEL, JSON])
def test_what_a_network_computes_passes(tmp_path, contents):
    check_program(write(tmp_path, contents))


@pytest.mark.parametrize("name", ["save_combine", "load_combine", "print", "py_func", "save\n\x1b[31m"])
@pytest.mark.parametrize("is_nested", [False, True])
def test_an_operator_that_does_more_is_refused_by_name(tmp_path, name, is_nested):
    legacy = pdmodel(["feed"], ["add", name]) if is_nested else pdmodel(["feed", name])
    evil = operator(f"1.{name}")
    for contents in (legacy, json_program(operator("1.while", evil) if is_nested else evil)):
        with pytest.raises(CheckpointError, match="is refused: it holds operators") as caught:
            check_program(write(tmp_path, contents))
        assert name.split("\n")[0] in str(caught.value)
        assert "\n" not in str(caught.value), "a name from the file must not reach the terminal raw"


def test_an_operator_is_found_wherever_it_stands(tmp_path):
    program = operator("1.add")
    program["A"] = [{"N": "x", "AT": {"D": [operator("1.save_combine")]}}]
    with pytest.raises(CheckpointError, match="1.save_combine"):
        check_program(write(tmp_path, json_program(program)))


def test_a_name_that_stands_twice_hides_nothing(tmp_path):
    path = write(tmp_path, JSON)
    path.write_text(path.read_text().replace('"#": "1.add"', '"#": "1.save_combine", "#": "1.add"'))
    with pytest.raises(CheckpointError, match=DAMAGED):
        check_program(path)
    both = field(1, field(4, field(3, b"save_combine") + field(3, b"relu")))
    with pytest.raises(CheckpointError, match="save_combine"):
        check_program(write(tmp_path, both))


def test_a_long_key_hides_nothing(tmp_path):
    """Protobuf drops what is beyond 32 bits of a key, and would read the block's field 4."""
    hidden = field(3, b"save_combine")
    with pytest.raises(CheckpointError, match=DAMAGED):
        check_program(write(tmp_path, field(1, b"\xa2\x80\x80\x80\x80\x01" + bytes([len(hidden)]) + hidden)))


@pytest.mark.parametrize("cut", [1, 3, 5, len(PDMODEL) - 1, len(PDMODEL)])
def test_cut_program(tmp_path, cut):
    with pytest.raises(CheckpointError, match=DAMAGED):
        check_program(write(tmp_path, PDMODEL[:-cut]))


@pytest.mark.parametrize("data", [b"text", b"\xff" * 400, b"\x00\x00", b"\x0a" + b"\xff" * 9 + b"\x01" + bytes(9)])
def test_what_is_no_program(tmp_path, data):
    with pytest.raises(CheckpointError, match=DAMAGED):
        check_program(write(tmp_path, data))


def program(*shapes):
    """An ``inference.json`` with an input of each shape, as Paddle 3 writes it."""
    data = [
        {"#": "1.data", "A": [{"N": "name", "AT": {"D": "x"}}, {"N": "shape", "AT": {"D": list(shape)}}]}
        for shape in shapes
    ]
    return {"program": {"regions": [{"blocks": [{"ops": [{"#": "p", "A": []}, *data]}]}]}}


@pytest.mark.parametrize(("shapes", "expected"), [([(-1, 3, 32, 100)], (3, 32, 100)), ([], ())])
def test_the_shape_that_a_program_takes(tmp_path, shapes, expected):
    path = tmp_path / "inference.json"
    path.write_text(json.dumps(program(*shapes)))
    assert input_shape(path) == expected


@pytest.mark.parametrize("text", ["", "{", "[]", '{"program": 1}', "[" * 100_000, "\xef\xbb\xbf{}"])
def test_what_is_no_program_is_told(tmp_path, text):
    path = tmp_path / "inference.json"
    path.write_text(text)
    for read in (input_shape, check_program):
        with pytest.raises(CheckpointError, match="it is cut short or damaged"):
            read(path)
