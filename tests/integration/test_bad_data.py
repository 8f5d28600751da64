"""Data sets as they come, through tools/eval.py: a bad sample costs itself alone, and the exit code says so."""

import pytest
from material import png, word_image, write_lmdb


@pytest.fixture
def evaluate(run_tool, weights):
    """``evaluate("data_dir=x")``: runs the tool with these values of Eval.dataset; exact protocol."""

    def evaluate(*settings, workers=0):
        return run_tool(
            "eval", "--protocol", "exact", "-o", "Global.use_gpu=False", f"Global.pretrained_model={weights}",
            f"Eval.loader.num_workers={workers}", *(f"Eval.dataset.{setting}" for setting in settings),
        )  # fmt: skip

    return evaluate


@pytest.fixture
def samples():
    return [(png(word_image(number)), b"word%d" % number) for number in range(3)]


def counts(result, name):
    """Samples, excluded ones and compared ones of a row of the table."""
    row = next(line for line in result.lines if line.startswith(f"{name} ")).split()
    return int(row[1]), int(row[2]), int(row[4].strip("()").split("/")[1])


def test_lmdb_without_a_number_of_samples(evaluate, samples, tmp_path):
    write_lmdb(tmp_path / "words", samples, count=b"")
    result = evaluate(f"data_dir={tmp_path}/words")
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and "num-samples" in result.errors[0]


def test_lmdb_whose_number_is_none(evaluate, samples, tmp_path):
    write_lmdb(tmp_path / "words", samples, count=b"many")
    result = evaluate(f"data_dir={tmp_path}/words")
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and "num-samples" in result.errors[0]


def test_lmdb_whose_number_is_too_large(evaluate, samples, tmp_path):
    write_lmdb(tmp_path / "words", samples, count=b"1000000000000")
    result = evaluate(f"data_dir={tmp_path}/words")
    assert result.code == 1
    total, excluded, compared = counts(result, "words")
    assert compared == 3 and excluded == total - 3 > 0
    assert f"words: excluded: missing entry: {excluded}" in result.lines
    assert "1000000000000" in result.err  # said as a warning


@pytest.mark.parametrize("workers", [0, 1])
def test_lmdb_with_entries_that_cannot_be_decoded(evaluate, samples, tmp_path, workers):
    bad = [
        (b"", b"empty"),
        (b"no image", b"text"),
        (samples[0][0][:-20], b"cut"),
        (samples[0][0], b"\xff\xfe"),  # a label that is no text
    ]
    write_lmdb(tmp_path / "words", [samples[0], *bad, *samples[1:]])
    result = evaluate(f"data_dir={tmp_path}/words", workers=workers)
    assert result.code == 1
    assert counts(result, "words") == (7, 4, 3)
    for reason in ("empty file", "not an image", "truncated image", "label is not UTF-8"):
        assert f"words: excluded: {reason}: 1" in result.lines
    assert any("#000000003 ('text')" in line for line in result.lines)
    assert "Traceback" not in result.err


def test_nothing_but_bad_samples(evaluate, tmp_path):
    write_lmdb(tmp_path / "words", [(b"x", b"one"), (b"y", b"two")])
    result = evaluate(f"data_dir={tmp_path}/words")
    assert result.code == 1
    assert any(line.split()[:5] == ["words", "2", "2", "-", "-"] for line in result.lines)
    assert not any("average" in line for line in result.lines)


@pytest.mark.parametrize("workers", [0, 1])
def test_an_empty_lmdb_beside_another(evaluate, tmp_path, workers):
    write_lmdb(tmp_path / "words" / "empty", [])
    write_lmdb(tmp_path / "words" / "full", [(png(word_image(1)), b"a")])
    result = evaluate(f"data_dir={tmp_path}/words", workers=workers)
    assert result.code == 0
    assert any(line.split()[:5] == ["empty", "0", "0", "-", "-"] for line in result.lines)


def test_nothing_to_evaluate_is_a_fault(evaluate, tmp_path):
    write_lmdb(tmp_path / "words", [])
    result = evaluate(f"data_dir={tmp_path}/words")
    assert (result.code, result.errors) == (1, ["error: Eval.dataset holds no sample"])


def test_a_file_that_is_no_lmdb(evaluate, tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "data.mdb").write_bytes(b"no LMDB at all" * 1000)
    result = evaluate(f"data_dir={tmp_path}/words")
    assert (result.code, result.out) == (1, "")
    assert len(result.errors) == 1 and "data.mdb" in result.errors[0]


def label_file(tmp_path, data):
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(png(word_image(number)))
    (tmp_path / "labels.txt").write_bytes(data)
    return "name=SimpleDataSet", f"data_dir={tmp_path}", f"label_file_list=[{tmp_path}/labels.txt]"


def test_label_file_with_crlf_and_a_byte_order_mark(evaluate, tmp_path):
    clean = evaluate(*label_file(tmp_path, b"0.png\tword0\n1.png\tword1\n"))
    assert clean.code == 0
    result = evaluate(*label_file(tmp_path, b"\xef\xbb\xbf0.png\tword0\r\n\r\n1.png\tword1\r\n"))
    assert result.code == 0
    assert counts(result, "labels") == counts(clean, "labels") == (2, 0, 2)


def test_label_file_with_missing_columns_and_files(evaluate, tmp_path):
    data = b"0.png\tword0\njust text\nnone.png\tword1\n1.png word1\n2.png\tword2\tmore\n"
    result = evaluate(*label_file(tmp_path, data))
    assert result.code == 1
    assert counts(result, "labels") == (5, 3, 2)
    assert "labels: excluded: missing column: 2" in result.lines
    assert "labels: excluded: missing file: 1" in result.lines


def test_label_files_that_are_none(evaluate, tmp_path):
    for data, message in ((b"0.png\t\xff\n", "not UTF-8"), (None, "none.txt")):
        settings = list(label_file(tmp_path, data or b""))
        if data is None:
            settings[2] = f"label_file_list=[{tmp_path}/none.txt]"
        result = evaluate(*settings)
        assert (result.code, result.out) == (1, "")
        assert len(result.errors) == 1 and message in result.errors[0]
