"""What a run would do is known before it does it."""

import os

import pytest
from batch_words import demo_words, write_parquet

from ppocr_rare.engine.batch.parts import encode_part, part_name
from ppocr_rare.engine.batch.run import BatchOptions, make_plan
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.errors import ConfigError, DataError

WORD = RecognizedWord("word", 0.5, (0.5,) * 4)


@pytest.fixture
def options(tmp_path):
    for name in ("a", "b"):
        write_parquet(tmp_path / "in" / f"{name}.parquet", demo_words(10))

    def options(**changes):
        return BatchOptions((str(tmp_path / "in"),), str(tmp_path / "out"), **{"shard_rows": 10, **changes})

    return options


@pytest.fixture
def begun(options, tmp_path):
    """A run whose first shard is read."""
    plan = make_plan(options())
    (tmp_path / "out").mkdir()
    plan.output.begin(plan.told, plan.table)
    first = next(plan.shards())
    (tmp_path / "out" / part_name(first.name)).write_bytes(encode_part([("k", WORD)] * 10)[0])
    return first


def test_a_dry_run_tells_and_writes_nothing(options, tmp_path):
    (tmp_path / "in" / "c.parquet").write_bytes(b"no")
    plan = make_plan(options())
    assert not (tmp_path / "out").exists() and plan.exit_code == 1
    lines = plan.lines()
    assert lines[0] == "3 parquet files, 20 rows in 2 shards" and f"{tmp_path}/in/c.parquet: broken" in lines[1]
    assert lines[2] == "read already: 0 rows in 0 shards" and "SHA-256" in lines[3]


def test_what_is_there_is_not_read_again(options, begun):
    plan = make_plan(options())
    assert plan.lines()[1] == "read already: 10 rows in 1 shards" and plan.exit_code == 0
    assert [shard.name for shard in plan.left()] == [shard.name for shard in plan.shards()][1:]


def test_a_torn_part_is_read_again(options, begun, tmp_path, caplog):
    part = tmp_path / "out" / part_name(begun.name)
    for content in (part.read_bytes()[:-7], encode_part([("k", WORD)] * 9)[0]):
        part.write_bytes(content)
        with caplog.at_level("WARNING", "ppocr_rare"):
            assert len(list(make_plan(options()).left())) == 2
        assert "is not whole and is read again" in caplog.text


def test_a_part_of_another_run_is_refused(options, begun, tmp_path):
    (tmp_path / "out" / "part-ffff.parquet").write_bytes(encode_part([("k", WORD)])[0])
    with pytest.raises(DataError, match="holds part-ffff.parquet, which is of another run"):
        make_plan(options())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"views": 1}, "views doubtful, not 1"),
        ({"min_score": 0.5}, "min_score 0.0, not 0.5"),
        ({"limit": 5}, "limit none, not 5"),
        ({"shard_rows": 5}, "rows of a shard 10, not 5"),
        ({"engine": "paddle"}, r"model \w+…, not \w+…"),
    ],
)
def test_another_way_of_reading_is_refused(options, begun, changes, name):
    with pytest.raises(DataError, match=f"was begun with {name}: say so again, or another --output"):
        make_plan(options(**changes))


def test_a_changed_input_is_refused(options, begun, tmp_path):
    os.utime(tmp_path / "in" / "b.parquet", ns=(1, 1))
    with pytest.raises(DataError, match=r"another input \(.*b\.parquet has changed\): say another --output"):
        make_plan(options())


def test_footers_are_not_read_twice(options, begun, monkeypatch):
    from ppocr_rare.engine.batch import inputs

    monkeypatch.setattr(inputs, "examine", None)
    assert make_plan(options()).num_rows == 20


def test_workers_and_prices_are_free_to_change(options, begun):
    assert make_plan(options(workers=1, price_per_core_hour=0.1)).there


def test_a_limit(options):
    plan = make_plan(options(limit=13))
    assert plan.num_rows == 13 == sum(shard.num_rows for shard in plan.shards())
    assert make_plan(options(limit=99)).num_rows == 20


def test_an_output_in_the_input_is_refused(options, tmp_path):
    with pytest.raises(DataError, match="lies in the input, which its parts would change: say another --output"):
        make_plan(BatchOptions((str(tmp_path / "in"),), str(tmp_path / "in" / "words")))
    assert make_plan(BatchOptions((str(tmp_path / "in" / "*.parquet"),), str(tmp_path / "in" / "words"))).num_rows == 20


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"workers": -1}, {"shard_rows": 0}, {"price_per_core_hour": 0.0}])
def test_numbers_are_above_0(options, wrong):
    with pytest.raises(ConfigError, match="must be above 0, not"):
        options(**wrong)
