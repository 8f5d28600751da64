"""Cuts an input into shards: the same ones for the same files, however many workers read them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow

SHARD_ROWS = 5000
_FILES_AT_ONCE = 10_000  # of the table that are in Python's hands
Range = tuple[int, int]  # from, up to


@dataclass(frozen=True)
class Span:
    """Rows of one file that lie side by side.

    Args:
        path: of the file.
        size: of it, in bytes.
        modified: when it was, in nanoseconds; 0 where the file system does not tell.
        group: number of the row group.
        offset: rows of the file before this group.
        start: first row, counted in the group.
        stop: the row behind the last.
    """

    path: str
    size: int
    modified: int
    group: int
    offset: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Shard:
    """Rows that are read together, and written as one part.

    Args:
        name: follows from its rows.
        spans: of its rows, in order.
    """

    name: str
    spans: tuple[Span, ...]

    @property
    def num_rows(self) -> int:
        """How many rows it has."""
        return sum(map(len, self.spans))

    def clipped(self, rows: Range) -> Iterator[tuple[int, Span]]:
        """The spans of some rows, counted in the shard, each with the number of its first row."""
        first = 0
        for span in self.spans:
            start, stop = max(rows[0] - first, 0), min(rows[1] - first, len(span))
            if start < stop:
                yield first + start, _part_of(span, start, stop)
            first += len(span)


def cut(table: pyarrow.Table, shard_rows: int = SHARD_ROWS, limit: int | None = None) -> Iterator[Shard]:
    """The shards of an input, in order.

    Files and row groups that lie side by side share a shard while they have no more than ``shard_rows`` rows together;
    a row group of more is cut into equal pieces.

    Args:
        table: as ``inputs.examine`` gives it.
        shard_rows: rows of a shard, at most.
        limit: rows of all; None: those that there are.
    """
    gathered: list[Span] = []
    num_gathered = 0
    for span in _limited(_pieces(table, shard_rows), limit):
        if gathered and num_gathered + len(span) > shard_rows:
            yield _shard(gathered)
            gathered, num_gathered = [], 0
        gathered.append(span)
        num_gathered += len(span)
    if gathered:
        yield _shard(gathered)


def _pieces(table: pyarrow.Table, shard_rows: int) -> Iterator[Span]:
    columns = ("path", "size", "modified", "groups")
    for batch in table.select(columns).to_batches(max_chunksize=_FILES_AT_ONCE):
        for path, size, modified, groups in zip(*(batch[name].to_pylist() for name in columns), strict=True):
            offset = 0
            for group, num_rows in enumerate(groups):
                count = -(-num_rows // shard_rows)
                edges = [num_rows * piece // count for piece in range(count + 1)] if count else []
                for start, stop in zip(edges, edges[1:], strict=False):
                    yield Span(path, size, modified, group, offset, start, stop)
                offset += num_rows


def _limited(spans: Iterable[Span], limit: int | None) -> Iterator[Span]:
    left = limit
    for span in spans:
        if left is None:
            yield span
            continue
        if left <= 0:
            return
        yield _part_of(span, 0, min(left, len(span)))
        left -= len(span)


def _part_of(span: Span, start: int, stop: int) -> Span:
    return Span(span.path, span.size, span.modified, span.group, span.offset, span.start + start, span.start + stop)


def _shard(spans: list[Span]) -> Shard:
    digest = hashlib.sha256()
    for span in spans:
        place = (span.path, span.size, span.modified, span.group, span.start, span.stop)
        digest.update(("\0".join(map(str, place)) + "\n").encode())
    return Shard(digest.hexdigest()[:16], tuple(spans))
