import os

import pytest

from ppocr_rare.data.label_file import LabelFile
from ppocr_rare.errors import DataError, SampleError


@pytest.fixture
def read(tmp_path):
    def read(data: bytes, delimiter="\t"):
        path = tmp_path / "labels.txt"
        path.write_bytes(data)
        return LabelFile(path, delimiter)

    return read


def rows(file):
    return [(file.paths(line), file.label(line)) for line in range(len(file))]


def test_crlf_byte_order_mark_and_blank_lines(read):
    file = read(b"\xef\xbb\xbfa.png\tone\r\n\r\n  \t \nb.png\ttwo words \n\n\nc.png\tdrei\xc3\xa4")
    assert rows(file) == [(["a.png"], "one"), (["b.png"], "two words "), (["c.png"], "dreiä")]
    assert file.place(1).endswith("labels.txt:4")


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_nothing_in_it(read, data):
    assert len(read(data)) == 0


def test_a_label_is_the_second_column_whatever_follows(read):
    assert rows(read(b"a.png\tone\t0.98\nb.png\t\n")) == [(["a.png"], "one"), (["b.png"], "")]


def test_other_delimiters(read):
    assert rows(read(b"a b.png, one, 1", delimiter=", ")) == [(["a b.png"], "one")]
    with pytest.raises(DataError, match="delimiter"):
        read(b"a.png\tone", delimiter="")


def test_only_newlines_end_a_line(read):
    assert rows(read("a.png\tx\u2028y\x85z\x0b\n".encode())) == [(["a.png"], "x\u2028y\x85z\x0b")]


def test_json_lists_of_paths(read):
    file = read(
        b'["a.png", "b.png"]\tone\n[c].png\ttwo\n[1]\tthree\n[]\tfour\n["d.png"]\tfive\n' + b"[" * 5000 + b"\tsix"
    )
    assert [paths for paths, _ in rows(file)[:5]] == [["a.png", "b.png"], ["[c].png"], ["[1]"], ["[]"], ["d.png"]]
    assert file.count_paths().tolist() == [2, 1, 1, 1, 1, 1]


def test_a_missing_column_costs_its_line_alone(read):
    file = read(b"a.png\tone\nb.png\nc.png\tthree\n")
    assert len(file) == 3 and file.label(2) == "three"
    for method in (file.label, file.paths):
        with pytest.raises(SampleError, match="missing column"):
            method(1)


def test_not_utf8_names_file_and_line(read):
    with pytest.raises(DataError, match=r"labels.txt is not UTF-8: line 3"):
        read(b"a.png\tone\n\nb.png\t\xff\n")


def test_paths_that_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(DataError, match="pipe.txt: not an ordinary file"):
        LabelFile(tmp_path / "pipe.txt")
    with pytest.raises(DataError, match="none.txt: No such file"):
        LabelFile(tmp_path / "none.txt")
    with pytest.raises(DataError, match="Is a directory"):
        LabelFile(tmp_path)
