"""A part says of itself what is in it, and one that is torn is known."""

import pytest
from pyarrow import fs, parquet

from ppocr_rare.engine.batch.parts import SCHEMA, Tally, encode_part, is_part, part_name, read_tallies
from ppocr_rare.engine.batch.places import Place
from ppocr_rare.engine.read.recognized_word import RecognizedWord

ROWS = [
    ("a", RecognizedWord("word", 0.5, (0.5, 1.0, 1.0, 1.0))),
    ("b", RecognizedWord("", 0.0, (), "not an image: what is read are …")),
    ("c\udcff", RecognizedWord("", 0.0, (), "not an image")),
    ("d", RecognizedWord("", 0.25, (), is_unsure=True)),
]


@pytest.fixture
def folder(tmp_path):
    return Place(fs.LocalFileSystem(), str(tmp_path))


def test_what_is_written_is_what_was_read(folder, tmp_path):
    content, tally = encode_part(ROWS)
    (folder / part_name("0f")).write(content)
    assert tally == Tally(4, {"not an image": 2}) and read_tallies(folder, ["part-0f.parquet"]) == {
        "part-0f.parquet": tally
    }
    table = parquet.read_table(tmp_path)  # as anybody reads the folder
    assert table.schema.equals(SCHEMA)
    assert table.to_pylist() == [
        {"key": "a", "text": "word", "score": 0.5, "char_scores": [0.5, 1.0, 1.0, 1.0], "error": None},
        {"key": "b", "text": "", "score": 0.0, "char_scores": [], "error": "not an image: what is read are …"},
        {"key": "c\\udcff", "text": "", "score": 0.0, "char_scores": [], "error": "not an image"},
        {"key": "d", "text": "", "score": 0.25, "char_scores": [], "error": None},
    ]


def test_torn_and_foreign_parts_are_known(folder, tmp_path):
    content, _ = encode_part(ROWS)
    (tmp_path / "torn").write_bytes(content[:-5])
    parquet.write_table(_plain(), tmp_path / "plain")
    lying = _plain().replace_schema_metadata({"ppocr_rare": '{"rows": 7, "errors": {}}'})
    parquet.write_table(lying, tmp_path / "lying")
    parquet.write_table(_plain().replace_schema_metadata({"ppocr_rare": "[1"}), tmp_path / "damaged")
    names = ["torn", "plain", "lying", "damaged", "missing"]
    assert read_tallies(folder, names) == dict.fromkeys(names)


def _plain():
    return SCHEMA.empty_table()


def test_tallies_add_up():
    tally = Tally()
    for one in (encode_part(ROWS)[1], encode_part(ROWS[:2])[1]):
        tally.add(one)
    assert (tally.rows, dict(tally.errors)) == (6, {"not an image": 3})


def test_names():
    assert is_part(part_name("0123")) and not is_part("_manifest.json") and not is_part(".part-1.parquet.7.tmp")
