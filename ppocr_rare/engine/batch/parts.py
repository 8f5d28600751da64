"""Parts: what was read of one shard, a Parquet file that says of itself what is in it."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pyarrow
from pyarrow import parquet

from ppocr_rare.engine.batch.places import FAULTS, Place
from ppocr_rare.engine.read.recognized_word import RecognizedWord

SCHEMA = pyarrow.schema(
    [
        ("key", pyarrow.string()),
        ("text", pyarrow.string()),
        ("score", pyarrow.float32()),
        ("char_scores", pyarrow.list_(pyarrow.float32())),
        ("error", pyarrow.string()),
    ]
)
_PREFIX, _SUFFIX = "part-", ".parquet"
_TALLY = b"ppocr_rare"
_FOOTERS_AT_ONCE = 16


@dataclass
class Tally:
    """What came of rows.

    Args:
        rows: how many there are.
        errors: how many of them could not be read, by the reason.
    """

    rows: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Adds another one's counts."""
        self.rows += other.rows
        self.errors.update(other.errors)


def part_name(shard_name: str) -> str:
    """The file of a shard."""
    return f"{_PREFIX}{shard_name}{_SUFFIX}"


def is_part(name: str) -> bool:
    """Whether a file is named as parts are."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def encode_part(rows: Sequence[tuple[str, RecognizedWord]]) -> tuple[bytes, Tally]:
    """The Parquet file of a shard's keys and words, and what is in it."""
    words = [word for _, word in rows]
    tally = Tally(len(words), Counter(word.error.partition(":")[0] for word in words if word.error is not None))
    columns = [
        [_utf8(key) for key, _ in rows],
        [_utf8(word.text) for word in words],
        [word.score for word in words],
        [list(word.char_scores) for word in words],
        [None if word.error is None else _utf8(word.error) for word in words],
    ]
    told = json.dumps({"rows": tally.rows, "errors": dict(tally.errors)}).encode()
    arrays = [pyarrow.array(values, kind.type) for values, kind in zip(columns, SCHEMA, strict=True)]
    table = pyarrow.Table.from_arrays(arrays, schema=SCHEMA.with_metadata({_TALLY: told}))
    buffer = pyarrow.BufferOutputStream()
    parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue().to_pybytes(), tally


def read_tally(part: Place) -> Tally | None:
    """What a part says of itself; None where it is not whole."""
    try:
        metadata = parquet.read_metadata(part.path, filesystem=part.system)
        told = json.loads(metadata.metadata[_TALLY])
        tally = Tally(int(told["rows"]), Counter({str(reason): int(count) for reason, count in told["errors"].items()}))
    except (*FAULTS, ValueError, KeyError, TypeError, AttributeError):
        return None
    return tally if tally.rows == metadata.num_rows else None


def read_tallies(folder: Place, names: Iterable[str]) -> dict[str, Tally | None]:
    """What the parts of these names say of themselves."""
    names = list(names)
    with ThreadPoolExecutor(_FOOTERS_AT_ONCE) as pool:
        return dict(zip(names, pool.map(lambda name: read_tally(folder / name), names), strict=True))


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
