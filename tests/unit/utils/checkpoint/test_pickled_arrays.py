"""What a file says about an array is checked before the array is made."""

import pickle

import numpy as np
import pytest

from ppocr_rare.utils.checkpoint.pickled_arrays import ADMITTED, ArraySpec, DtypeSpec, Latin1

FLOAT = DtypeSpec("f4", "<")


def test_makes_arrays():
    data = np.array([[1, 2, 3], [4, 5, 6]], "<f4")
    np.testing.assert_array_equal(ArraySpec((2, 3), FLOAT, False, data.tobytes()).make(24), data)
    np.testing.assert_array_equal(ArraySpec((2, 3), FLOAT, True, data.T.tobytes()).make(24), data)
    text = data.tobytes().decode("latin-1")
    np.testing.assert_array_equal(ArraySpec((6,), FLOAT, False, text).make(24), data.ravel())
    swapped = ArraySpec((2,), DtypeSpec("i2", ">"), False, Latin1("\x00\x01\x01\x00")).make(4)
    assert swapped.dtype.isnative and swapped.tolist() == [1, 256]


@pytest.mark.parametrize("code", ["O8", "V8", "S4", "U4", "c8", "M8", "m8", "f16", "f4,f4", "", "float32"])
def test_numbers_only(code):
    with pytest.raises(pickle.UnpicklingError, match="numbers are admitted only"):
        ArraySpec((1,), DtypeSpec(code, "|"), False, b"\0" * 8).make(100)


@pytest.mark.parametrize("order", ["x", "", None, ("<",)])
def test_byte_orders_are_those_of_numpy(order):
    with pytest.raises(pickle.UnpicklingError):
        ArraySpec((1,), DtypeSpec("f4", order), False, b"\0" * 4).make(100)


@pytest.mark.parametrize("shape", [(-1, -1), (1.0,), (True,), ("1",), (2,), (), (0,), (2**62,), (2**31, 2**33)])
def test_shapes_must_fit_the_bytes(shape):
    with pytest.raises(pickle.UnpicklingError, match="damaged"):
        ArraySpec(shape, FLOAT, False, b"\0" * 8 if shape == () else b"\0" * 4).make(100)


def test_an_array_is_not_larger_than_allowed():
    with pytest.raises(pickle.UnpicklingError, match="larger than the file"):
        ArraySpec((2,), FLOAT, False, b"\0" * 8).make(7)


def test_no_function_of_another_module_is_admitted():
    for name, admitted in ADMITTED.items():
        assert admitted.make.__module__ == "ppocr_rare.utils.checkpoint.pickled_arrays", name
