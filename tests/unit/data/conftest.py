"""Small data sets, written without the package's own writers."""

import lmdb
import pytest


def _write_lmdb(folder, samples, count=None):
    """Writes (image, label) pairs of bytes, None for no entry. ``count``: num-samples as bytes, False for no entry."""
    folder.mkdir(parents=True, exist_ok=True)
    with lmdb.open(str(folder), map_size=1 << 24) as environment, environment.begin(write=True) as transaction:
        for number, (image, label) in enumerate(samples, start=1):
            for kind, value in (("image", image), ("label", label)):
                if value is not None:
                    transaction.put(f"{kind}-{number:09d}".encode(), value)
        if count is not False:
            transaction.put(b"num-samples", str(len(samples)).encode() if count is None else count)
    return folder


@pytest.fixture(scope="session")
def write_lmdb():
    """A function that writes an LMDB of words and returns its folder."""
    return _write_lmdb


@pytest.fixture
def words(tmp_path, write_lmdb):
    """Folder with two LMDBs: ``a/x`` with words a1, a2, a3 and ``b`` with b1, b2; the image of a1 is ``A1``."""
    root = tmp_path / "words"
    write_lmdb(root / "b", [(f"B{n}".encode(), f"b{n}".encode()) for n in (1, 2)])
    write_lmdb(root / "a" / "x", [(f"A{n}".encode(), f"a{n}".encode()) for n in (1, 2, 3)])
    return root
