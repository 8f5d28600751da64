"""Shards hold every row once, and depend on the input alone."""

import pyarrow
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.engine.batch.inputs import TABLE
from ppocr_rare.engine.batch.shards import cut

GROUPS = st.lists(st.lists(st.integers(0, 40), max_size=5), max_size=8)


def table_of(groups, modified=5):
    count = len(groups)
    paths = [f"{number:03d}.parquet" for number in range(count)]
    columns = [paths, [100] * count, [modified] * count, groups, [None] * count]
    return pyarrow.table([pyarrow.array(c, f.type) for c, f in zip(columns, TABLE, strict=True)], schema=TABLE)


def rows_of(shard):
    return [(span.path, span.group, row) for span in shard.spans for row in range(span.start, span.stop)]


@given(GROUPS, st.integers(1, 30))
def test_every_row_is_in_one_shard_in_order(groups, shard_rows):
    shards = list(cut(table_of(groups), shard_rows))
    wanted = [
        (f"{file:03d}.parquet", group, row)
        for file, sizes in enumerate(groups)
        for group, size in enumerate(sizes)
        for row in range(size)
    ]
    assert [row for shard in shards for row in rows_of(shard)] == wanted
    assert all(0 < shard.num_rows <= shard_rows for shard in shards)
    assert len({shard.name for shard in shards}) == len(shards)


@given(GROUPS, st.integers(1, 30), st.integers(1, 60))
def test_a_limit_takes_the_first_rows(groups, shard_rows, limit):
    everything = [row for shard in cut(table_of(groups), shard_rows) for row in rows_of(shard)]
    assert [row for shard in cut(table_of(groups), shard_rows, limit) for row in rows_of(shard)] == everything[:limit]


@given(GROUPS, st.data())
def test_clipped_spans_are_the_rows_asked_for(groups, data):
    for shard in cut(table_of(groups), 25):
        start = data.draw(st.integers(0, shard.num_rows))
        stop = data.draw(st.integers(start, shard.num_rows))
        clipped = [
            (number + row - span.start, (span.path, span.group, row))
            for number, span in shard.clipped((start, stop))
            for row in range(span.start, span.stop)
        ]
        assert clipped == list(enumerate(rows_of(shard)))[start:stop]


def test_large_groups_are_cut_into_like_pieces_and_small_files_share_a_shard():
    assert [shard.num_rows for shard in cut(table_of([[12_001]]))] == [4000, 4000, 4001]
    assert [shard.num_rows for shard in cut(table_of([[1]] * 12_000))] == [5000, 5000, 2000]
    assert [len(shard.spans) for shard in cut(table_of([[2000, 2000, 2000]]))] == [2, 1]


def test_a_changed_file_changes_the_names_of_its_shards_alone():
    before, after = table_of([[10], [10]]), table_of([[10], [11]])
    first, second = ([shard.name for shard in cut(table, 10)] for table in (before, after))
    assert first[0] == second[0] and first[1] not in second
    assert not {shard.name for shard in cut(table_of([[10]], modified=6), 10)} & set(first)


def test_the_number_of_the_first_row_of_a_group_is_known():
    offsets = [span.offset for shard in cut(table_of([[3, 4, 5]]), 4) for span in shard.spans]
    assert offsets == [0, 3, 7, 7]
