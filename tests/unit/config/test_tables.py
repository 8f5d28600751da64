import pytest

from ppocr_rare.config.tables import (
    GLOBAL,
    LOADER,
    OPTIMIZER_TABLE,
    REGULARIZER_TABLE,
    SCHEDULE_TABLE,
    keys,
)
from ppocr_rare.errors import ConfigError
from ppocr_rare.schema import REQUIRED, Key


def test_rows_become_keys():
    assert keys(a=(int,), b=(float, 0.5, 0)) == {"a": Key(int, REQUIRED), "b": Key(float, 0.5, 0)}


@pytest.mark.parametrize("schema", [GLOBAL, LOADER])
def test_every_default_is_a_value_of_its_key(schema):
    for name, key in schema.keys.items():
        result = key.coerce(key.default)
        assert result == (list(key.default) if isinstance(key.default, tuple) else key.default), name


def test_tables_name_what_paddleocr_has():
    assert OPTIMIZER_TABLE.names() == ["Adadelta", "Adam", "AdamW", "Momentum", "RMSProp"]
    assert REGULARIZER_TABLE.names() == ["L1", "L1Decay", "L2", "L2Decay"]
    schedules = "Const Cosine CyclicalCosine Linear MultiStepDecay OneCycle Piecewise Step TwoStepCosine"
    assert SCHEDULE_TABLE.names() == schedules.split()
    assert all("warmup_epoch" in SCHEDULE_TABLE.schema(name).keys for name in SCHEDULE_TABLE.names())


def test_an_unknown_name_brings_a_suggestion_and_all_names():
    with pytest.raises(ConfigError, match=r"^unknown optimizer 'adam' \(did you mean 'Adam'\?\); known: Adadelta, "):
        OPTIMIZER_TABLE.schema("adam")
