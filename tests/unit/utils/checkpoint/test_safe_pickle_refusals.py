"""The reader does nothing that a pickle asks for, takes no memory that a file does not have, and says why."""

import base64
import copyreg
import io
import json
import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.utils.checkpoint.safe_pickle import MAX_OPERATIONS, loads

_RECORDS = json.loads(Path(__file__).with_name("recorded_pickles.json").read_text())
RECORDED = [base64.b64decode(text) for forms in _RECORDS.values() for text in forms.values()]


class Asks:
    """Pickles as a call of `function`."""

    def __init__(self, function, *arguments):
        self.reduced = function, arguments

    def __reduce__(self):
        return self.reduced


def refusal(data: bytes) -> str:
    with pytest.raises(pickle.UnpicklingError) as caught:
        loads(data)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_calls_are_refused_by_name_and_not_run(protocol, tmp_path):
    touched = tmp_path / "touched"
    for function, arguments, name in (
        (os.system, (f"touch {touched}",), f"{os.name}.system"),
        (eval, (f"open({str(touched)!r}, 'w')",), "eval"),
        (open, (str(touched), "w"), "open"),
        (getattr, (np.dtype, "type"), "getattr"),
        (np.load, (str(touched),), "load"),
        (os.makedirs, (str(touched),), "os.makedirs"),
    ):
        data = pickle.dumps({"weight": Asks(function, *arguments)}, protocol)
        assert name in refusal(data)
        assert not touched.exists()
    pickle.loads(pickle.dumps(Asks(os.makedirs, str(touched))))
    assert touched.exists()  # so the attacks above are real ones


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"cos\nsystem\n(S'true'\ntR.", "os.system"),
        (b"\x80\4\x8c\5numpy\x8c\x0bndarray.ctx\x93.", "numpy.ndarray.ctx"),
        (b"\x80\4cnumpy.core.multiarray\n_reconstruct.__globals__\n.", "__globals__"),
        (b"\x80\4cbuiltins\nobject\n)\x81.", "builtins.object"),
        (b"\x80\2\x82\1.", "EXT1"),
        (b"\x80\4Pid\n.", "PERSID"),
        (b"\x80\4NQ.", "BINPERSID"),
        (b"\x80\4(S'true'\nios\nsystem\n.", "STRING"),
        (b"\x80\4(ios\nsystem\n.", "INST"),
        (b"\x80\4(cnumpy\nndarray\no.", "OBJ"),
        (b"\x80\4cnumpy\nndarray\n)\x81.", "NEWOBJ"),
        (b"\x80\5\x97.", "NEXT_BUFFER"),
        (b"\x80\4N}b.", "damaged"),
        (b"\x80\4}}b.", "damaged"),
        (b"\x80\4cnumpy\nndarray\n.", "refused"),
        (b"\x80\4cnumpy\nndarray\n)R.", "damaged"),
        (b"\x80\4K\1)R.", "damaged"),
        (b"\x80\4K\1\x85\x93.", "values are missing"),
        (b"\x80\4]K\1\x93.", "a name that is no text"),
        (b"\x80\4cevil\x1b[2J\nname\n.", "'evil\\x1b[2J.name'"),
        (b"\x80\4C\3abc.", "refused"),
        (b"\x89PNG\r\n\x1a\n", "not a weights file"),
        (b"hello", "not a weights file"),
        (b"(dp0\n.", "not a weights file"),
        (b"\x80\4", "truncated"),
        (b"\x80\4.", "values are missing"),
        (b"\x80\4\xff.", "damaged"),
        (b"\x80\4h\1.", "damaged"),
        (b"\x80\4t.", "damaged"),
        (b"\x80\4}K\1K\1s.", "keys"),
        (b"\x80\4}(NNNu.", "keys"),
        (b"\x80\4NNa.", "no list"),
        (b"\x80\4X\2\0\0\0\xff\xff.", "damaged"),
    ],
)
def test_refuses_and_says_why(data, told):
    assert told in refusal(data)


def test_extension_codes_are_refused_even_when_registered():
    copyreg.add_extension("os", "getcwd", 0x71)
    try:
        assert pickle.loads(b"\x80\2\x82\x71.") is os.getcwd
        assert "EXT1" in refusal(b"\x80\2\x82\x71.")
    finally:
        copyreg.remove_extension("os", "getcwd", 0x71)


def test_persistent_ids_are_refused():
    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return "id" if value == "weight" else None

    file = io.BytesIO()
    Pickler(file, 4).dump(["weight"])
    assert "BINPERSID" in refusal(file.getvalue())


def test_containers_inside_themselves_or_too_deep_are_refused():
    inside = []
    inside.append(inside)
    assert "inside themselves" in refusal(pickle.dumps(inside))
    assert "inside themselves" in refusal(b"\x80\4" + b"]" * 100 + b"a" * 99 + b".")
    assert "too deeply" in refusal(b"\x80\4)" + b"\x85" * 500_000 + b".")
    # Deep tuples where they would be hashed: Python's own stack must not be used up.
    deep = b")" + b"\x85" * 500_000
    assert "keys" in refusal(b"\x80\4}" + deep + b"Ns.")
    assert "no text" in refusal(b"\x80\4" + deep + b"N\x93.")
    assert "odd type" in refusal(b"\x80\4cnumpy\ndtype\n" + deep + b"NN\x87R.")


def test_sharing_does_not_multiply():
    laughs = [0]
    for _ in range(25):
        laughs = [laughs] * 10
    assert "refused" in refusal(pickle.dumps(laughs))
    long = b"X" + struct.pack("<I", 100_000) + b"a" * 100_000 + b"q\0"
    array = b"cnumpy._core.numeric\n_frombuffer\n(c_codecs\nencode\nh\0X\6\0\0\0latin1\x86Rcnumpy\ndtype\nX\2\0\0\0u1"
    array += b"\x89\x88\x87RJ" + struct.pack("<i", 100_000) + b"\x85X\1\0\0\0CtR"
    assert loads(b"\x80\4" + long + array + b".")[0].shape == (100_000,)
    assert "larger than the file" in refusal(b"\x80\4]" + long + b"a(" + array * 5 + b"e.")


def test_number_of_operations_is_bounded():
    assert "operations" in refusal(b"\x80\4" + b"]" * (MAX_OPERATIONS + 1))


HUGE = [
    b"\x8e" + struct.pack("<Q", 1 << 40),  # BINBYTES8
    b"\x96" + struct.pack("<Q", 1 << 40),  # BYTEARRAY8
    b"\x8d" + struct.pack("<Q", (1 << 64) - 1),  # BINUNICODE8
    b"B\xff\xff\xff\xff",  # BINBYTES
    b"T\xff\xff\xff\xff",  # BINSTRING of length -1
    b"\x95" + struct.pack("<Q", 1 << 62) + b"\x8e" + struct.pack("<Q", 1 << 62),  # FRAME
    b"Nr\xff\xff\xff\xffj\xff\xff\xff\xff.",  # LONG_BINPUT: Python's reader takes a table of that length
]


def test_huge_claims_take_no_memory():
    """Under a limit of 1 GB beyond what is in use, in a process of its own."""
    code = f"""
import pickle, resource
from ppocr_rare.utils.checkpoint.safe_pickle import loads
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + (1 << 30)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for claim in {HUGE!r}:
    try:
        assert loads(b"\\x80\\4" + claim)[0] is None
    except pickle.UnpicklingError as fault:
        assert "announced" in str(fault), fault
print("done")
"""
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs Linux")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout == "done\n", ran.stderr


@pytest.mark.parametrize("data", RECORDED, ids=range(len(RECORDED)))
def test_every_prefix_is_refused(data):
    for end in range(len(data)):
        refusal(data[:end])


@given(st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(data):
    for start in (b"", b"\x80\4", b"\x80\4}(X\1\0\0\0a"):
        try:
            loads(start + data)
        except pickle.UnpicklingError as fault:
            assert str(fault)


@given(st.sampled_from(RECORDED), st.data())
def test_changed_files_are_read_or_refused(original, draw):
    data = bytearray(original)
    for _ in range(draw.draw(st.integers(1, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    try:
        loads(bytes(data))
    except pickle.UnpicklingError as fault:
        assert str(fault)
