"""What is written is what Python, numpy and Paddle of any version read, byte for byte the same everywhere."""

import collections
import hashlib
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ppocr_rare.utils.checkpoint.pickle_writer import pickle_chunks
from ppocr_rare.utils.checkpoint.safe_pickle import loads

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)
NUMBERS = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(),
    hnp.floating_dtypes(sizes=(16, 32, 64)),
)


def written(value: object) -> bytes:
    return b"".join(pickle_chunks(value))


@given(PLAIN)
def test_plain_values_come_back(value):
    data = written(value)
    assert loads(data) == (value, len(data))
    assert pickle.loads(data) == value


@given(hnp.arrays(NUMBERS, hnp.array_shapes(min_dims=0, min_side=0)))
def test_arrays_come_back(array):
    data = written({"a": array})
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # numpy 2 warns of old module names, but not of those that pickles need
        by_python = pickle.loads(data)["a"]
    for back in (loads(data)[0]["a"], by_python):
        assert back.shape == array.shape and back.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal(back, array)


def test_bytes_depend_on_the_values_alone():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    same = [array, array.copy(), np.asfortranarray(array), array.astype(">f4"), np.repeat(array, 2, axis=1)[:, ::2]]
    assert len({written({"a": one, "b": 1}) for one in same}) == 1
    assert written(collections.OrderedDict(a=1)) == written({"a": 1})
    # The same under every numpy and Python: this is what they wrote when the format was made.
    digest = hashlib.sha256(written({"a": array, "b": (True, -1, 0.5, "é", None, [2**40])})).hexdigest()
    assert digest == "4f77628ada3b0e3cab270e7c84d791fa8bf18c124a942d5e8f7a812a099f8751"


def test_numpy_modules_have_the_names_that_every_numpy_knows():
    assert b"numpy.core.multiarray" in written(np.zeros(1)) and b"_core" not in written(np.zeros(1))


@pytest.mark.parametrize(
    "value",
    [{1: 2}, {"a": {1}}, b"raw", np.float32(1), np.array([None]), np.array(["a"]), np.zeros(1, "c8"), print],
)
def test_anything_else_is_refused(value):
    with pytest.raises(TypeError, match="checkpoint"):
        written(value)
