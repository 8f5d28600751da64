"""Inputs for batch reading, made of the ten demo words, and what came of them."""

import itertools
from pathlib import Path

import pyarrow
from material import ROOT
from pyarrow import parquet

WORDS = [path.read_bytes() for path in sorted((ROOT / "doc" / "imgs_words" / "en").glob("*.png"))]


def demo_words(count: int) -> list[bytes]:
    """So many image files, the ten in turns."""
    return list(itertools.islice(itertools.cycle(WORDS), count))


def write_parquet(path: Path, images: list[bytes | None], keys: list[str] | None = None, group: int = 50) -> Path:
    """A file of words: ``image`` and, by default ``NAME-0`` and so on, ``key``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = keys if keys is not None else [f"{path.stem}-{number}" for number in range(len(images))]
    table = pyarrow.table({"key": names, "image": pyarrow.array(images, pyarrow.binary())})
    parquet.write_table(table, path, row_group_size=group)
    return path


def read_rows(folder: Path) -> dict[str, dict]:
    """All rows of an output by their keys; an error where a key comes twice."""
    rows = parquet.read_table(folder).to_pylist()
    found = {row["key"]: row for row in rows}
    if len(found) != len(rows):
        raise AssertionError(f"{len(rows)} rows, but {len(found)} keys")
    return found
