"""Files are found by pattern, here and in stores, and written whole."""

import pytest
from pyarrow import fs

from ppocr_rare.engine.batch.places import Place, find_files, place_of, shown, would_find
from ppocr_rare.errors import DataError


@pytest.fixture
def tree(tmp_path):
    for name in ("a.parquet", "b.parquet", "c.txt", "deep/d.parquet", "deep/er/e.parquet", "odd[1].parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def found(tree, where):
    return sorted(info.path.removeprefix(f"{tree}/") for info in find_files(where)[1])


@pytest.mark.parametrize("start", ["{}", "file://{}"])
@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("/*.parquet", ["a.parquet", "b.parquet", "odd[1].parquet"]),
        ("/[ab].parquet", ["a.parquet", "b.parquet"]),
        ("/deep/*.parquet", ["deep/d.parquet"]),
        ("/*/*.parquet", ["deep/d.parquet"]),
        ("/**/[de].parquet", ["deep/d.parquet", "deep/er/e.parquet"]),
        ("/deep", ["deep/d.parquet", "deep/er/e.parquet"]),
        ("/deep/", ["deep/d.parquet", "deep/er/e.parquet"]),
        ("/a.parquet", ["a.parquet"]),
    ],
)
def test_patterns(tree, start, pattern, names):
    assert found(tree, start.format(tree) + pattern) == names


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tree):
    assert found(tree, f"{tree}/odd[1].parquet") == ["odd[1].parquet"]


@pytest.mark.parametrize(
    ("pattern", "name", "finds"),
    [
        ("", "out/part-1.parquet", True),
        ("/deep", "deep/out/part-1.parquet", True),
        ("/deep", "deeper/part-1.parquet", False),
        ("/*.parquet", "out/part-1.parquet", False),
        ("/*/*.parquet", "out/part-1.parquet", True),
        ("/**/a*.parquet", "out/part-1.parquet", False),
    ],
)
def test_what_would_be_found(tree, pattern, name, finds):
    assert would_find(f"{tree}{pattern}", place_of(f"{tree}/{name}")) == finds
    assert not would_find(f"{tree}{pattern}", place_of(f"s3://bucket{tree}/{name}?region=eu-central-1"))


def test_relative_paths(tree, monkeypatch):
    monkeypatch.chdir(tree)
    assert found(tree, "*.txt") == ["c.txt"] and found(tree, "deep/er") == ["deep/er/e.parquet"]


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("{}/nothing", "no such file or folder"),
        ("{}/*.jpg", "no file is there"),
        ("what://x", "cannot be used"),
        ("mock:///x", "paths, file://, s3://, gs:// and abfs://"),
    ],
)
def test_faults_are_one_line(tree, where, reason):
    with pytest.raises(DataError, match=reason):
        find_files(where.format(tree))


def test_options_of_a_store_stay_with_its_folder():
    place = place_of("s3://bucket/words?region=eu-central-1&endpoint_override=localhost:9")
    assert (place.path, place.system.region, place.is_local) == ("bucket/words", "eu-central-1", False)
    assert str(place / "part") == "s3://bucket/words/part"


def test_a_key_of_a_store_is_not_shown():
    with pytest.raises(DataError) as told:
        place_of("s3://me:secret@/bucket?region=x&what=1")
    assert "secret" not in str(told.value).partition(" cannot be used")[0]
    assert shown("s3://me:secret@bucket/words?secret_key=1") == "s3://bucket/words" and shown("a?b@c") == "a?b@c"


def test_a_name_that_is_not_utf8_is_told(tree):
    with open(bytes(tree) + b"/\xff.png", "wb"):
        pass
    with pytest.raises(DataError, match="not UTF-8, rename it"):
        find_files(str(tree))


def test_writing_and_listing_in_a_store(tmp_path):
    store = Place(fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem()), "")  # any system but the local one
    (store / "b").write(b"two")
    (store / "a").write(b"one")
    assert store.names() == ["a", "b"] and (store / "a").read() == b"one"
    assert (store / "missing").names() == []


def test_what_a_store_refuses_is_not_completed():
    completed = []

    class Stream:
        def write(self, content):
            raise OSError("AWS Error SLOW_DOWN")

        def close(self):
            completed.append(1)

    class Store:
        type_name = "s3"

        def open_output_stream(self, path):
            return Stream()

    with pytest.raises(OSError, match="SLOW_DOWN"):
        Place(Store(), "bucket/part").write(b"x")
    assert completed == []
