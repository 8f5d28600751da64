"""Reads the rows of a shard: a key and the bytes of an image file each, or why there are none."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import compute, fs, parquet

from ppocr_rare.data.lmdb_folder import IMAGE_KEY, LmdbFolder
from ppocr_rare.engine.batch.inputs import Source, check_readable, image_field
from ppocr_rare.engine.batch.places import FAULTS, first_line
from ppocr_rare.engine.batch.shards import Range, Shard, Span
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.images import read_image_bytes

MAX_ROW_BYTES = 16 << 20  # of an image file: a crop of a word has a thousandth
_BATCH_ROWS = 64  # rows that are taken out of a Parquet file at once
_READ_BYTES = 1 << 20
_FETCHED_AT_ONCE, _FETCHED_AHEAD = 16, 64  # image files of a store

Content = bytes | SampleError


@dataclass(frozen=True)
class Row:
    """One image.

    Args:
        number: its place in the shard.
        key: names it.
        data: of the image file; or why it cannot be had.
    """

    number: int
    key: str
    data: Content


class RowReader:
    """Reads rows of the shards of one input.

    Args:
        source: how.
    """

    def __init__(self, source: Source):
        self._source = source
        self._checked: Span | None = None

    def rows(self, shard: Shard, numbers: Range) -> Generator[Row, None, None]:
        """The rows with these numbers, in order.

        Raises:
            DataError: a file is not what it was when the input was listed, or the way to it is gone.
        """
        if self._source.kind == "images":
            yield from self._images(shard, numbers)
            return
        read = self._parquet if self._source.kind == "parquet" else self._lmdb
        for first, span in shard.clipped(numbers):
            self._check(span)
            for number, (key, data) in enumerate(read(span), start=first):
                yield Row(number, key, data)

    def keys(self, shard: Shard, numbers: Range) -> Iterator[tuple[int, str]]:
        """Numbers and keys of rows whose images are not to be looked at; faults as of ``rows``."""
        for first, span in shard.clipped(numbers):
            if self._source.kind == "parquet" and self._source.key is not None:
                self._check(span)
                keys = [key for key, _ in self._parquet(span, has_images=False)]
            else:
                keys = [self._own_key(span, row) for row in range(span.start, span.stop)]
            yield from enumerate(keys, start=first)

    def _own_key(self, span: Span, row: int) -> str:
        """What names a row where no column does: the file, and its number in it as such files are counted."""
        if self._source.kind == "images":
            return span.path
        if self._source.kind == "lmdb":
            return f"{Path(span.path).parent}#{row + 1:09d}"
        return f"{span.path}#{span.offset + row}"

    def _check(self, span: Span) -> None:
        """Whether a file is still the one that was listed."""
        if self._checked and self._checked.path == span.path:
            return
        place = self._source.place(span.path)
        try:
            info = self._source.system.get_file_info(span.path)
        except FAULTS as error:
            raise DataError(f"{place} cannot be read: {first_line(error)}") from error
        if info.type != fs.FileType.File or (info.size or 0, info.mtime_ns or 0) != (span.size, span.modified):
            raise DataError(f"{place} has changed since the input was listed: begin again, with another --output")
        self._checked = span

    def _parquet(self, span: Span, has_images: bool = True) -> Iterator[tuple[str, Content]]:
        row = span.start
        try:
            for key, data in self._parquet_rows(span, has_images):
                yield self._own_key(span, row) if key is None else str(key), data
                row += 1
        except (*FAULTS, MemoryError) as error:
            check_readable(self._source.place(span.path), error)
            fault = SampleError("damaged Parquet data", first_line(error))
            for rest in range(row, span.stop):
                yield self._own_key(span, rest), fault

    def _parquet_rows(self, span: Span, has_images: bool) -> Iterator[tuple[Any, Content]]:
        source, end = self._source, 0
        with parquet.ParquetFile(
            span.path, filesystem=source.system, buffer_size=_READ_BYTES, pre_buffer=False
        ) as file:
            leaves = [image_field(file.schema_arrow, source)] if has_images else []
            columns = [*leaves, *([source.key] if source.key else [])]
            for batch in file.iter_batches(_BATCH_ROWS, row_groups=[span.group], columns=columns, use_threads=False):
                begin, end = end, end + len(batch)
                if end <= span.start:
                    continue
                wanted = batch.slice(max(span.start - begin, 0), min(span.stop, end) - max(span.start, begin))
                keys = _values(wanted[source.key]) if source.key else [None] * len(wanted)
                files = _files(wanted[source.image]) if has_images else [SampleError("")] * len(wanted)
                yield from zip(keys, files, strict=True)
                if end >= span.stop:
                    return
        raise pyarrow.ArrowInvalid("the row group has fewer rows than its footer says")

    def _lmdb(self, span: Span) -> Iterator[tuple[str, Content]]:
        folder = LmdbFolder(Path(span.path).parent)
        for row in range(span.start, span.stop):
            name = folder.name_of(row + 1)
            try:
                data: Content = _bounded(folder.read(IMAGE_KEY % (row + 1)))
            except SampleError as error:
                data = error
            yield f"{self._own_key(span, row)}{f' {name}' if name else ''}", data

    def _images(self, shard: Shard, numbers: Range) -> Iterator[Row]:
        spans = shard.clipped(numbers)
        if self._source.place("").is_local:
            for number, span in spans:
                yield Row(number, span.path, self._image(span))
            return
        with ThreadPoolExecutor(_FETCHED_AT_ONCE) as pool:
            fetched: deque[tuple[int, str, Future[Content]]] = deque()
            for number, span in spans:
                fetched.append((number, span.path, pool.submit(self._image, span)))
                if len(fetched) >= _FETCHED_AHEAD:
                    number, key, data = fetched.popleft()
                    yield Row(number, key, data.result())
            for number, key, data in fetched:
                yield Row(number, key, data.result())

    def _image(self, span: Span) -> Content:
        place = self._source.place(span.path)
        if span.size > MAX_ROW_BYTES:
            return _too_large()
        try:
            if place.is_local:
                return _bounded(read_image_bytes(span.path))
            with place.system.open_input_file(span.path) as file:
                return _bounded(file.read(MAX_ROW_BYTES + 1))
        except SampleError as error:
            return error
        except FileNotFoundError:
            return SampleError("missing file")
        except FAULTS as error:
            return SampleError("unreadable file", first_line(error))


def _values(column: pyarrow.Array) -> list:
    """The values of a column of keys; None also for text that is not UTF-8."""
    try:
        return column.to_pylist()
    except UnicodeDecodeError:
        return [_value(scalar) for scalar in column]


def _value(scalar: pyarrow.Scalar) -> str | None:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return None


def _files(column: pyarrow.Array) -> list[Content]:
    """The image files of a column; what is too large is not taken out of it."""
    if pyarrow.types.is_struct(column.type):
        (column,) = column.flatten()
    sizes = compute.binary_length(column).to_pylist()
    return [_content(size, column, index) for index, size in enumerate(sizes)]


def _content(size: int | None, column: pyarrow.Array, index: int) -> Content:
    if size is None:
        return SampleError("no image", "the cell is empty")
    return _too_large() if size > MAX_ROW_BYTES else column[index].as_py()


def _bounded(data: bytes) -> Content:
    return _too_large() if len(data) > MAX_ROW_BYTES else data


def _too_large() -> SampleError:
    return SampleError("file too large", f"more than {MAX_ROW_BYTES} bytes")
