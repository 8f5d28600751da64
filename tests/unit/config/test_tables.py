import pytest

from ppocr_rare.config.tables import GLOBAL, LOADER, keys
from ppocr_rare.schema import REQUIRED, Key


def test_rows_become_keys():
    assert keys(a=(int,), b=(float, 0.5, 0)) == {"a": Key(int, REQUIRED), "b": Key(float, 0.5, 0)}


@pytest.mark.parametrize("schema", [GLOBAL, LOADER])
def test_every_default_is_a_value_of_its_key(schema):
    for name, key in schema.keys.items():
        result = key.coerce(key.default)
        assert result == (list(key.default) if isinstance(key.default, tuple) else key.default), name
