"""The annotations of the seven sets, written as their authors write them."""

import sys

import numpy as np
import pytest

from ppocr_rare.data.benchmarks.readers import (
    read_icdar_2003,
    read_image_tags,
    read_label_lines,
    read_matlab,
    read_tagged_rectangles,
)
from ppocr_rare.data.benchmarks.words import ListedWord
from ppocr_rare.errors import DataError


def pairs(words):
    return [(word.name, word.label) for word in words]


def struct_array(rows):
    """A MATLAB struct array 1 x n with IIIT5K's four fields, lexicons as cell arrays."""
    fields = [(name, object) for name in ("ImgName", "GroundTruth", "smallLexi", "mediumLexi")]
    array = np.empty((1, len(rows)), fields)
    for index, (name, label) in enumerate(rows):
        lexicon = np.array([["ONE", "TWO"]], object)
        array[0, index] = (name, label, lexicon, lexicon)
    return array


@pytest.mark.parametrize("rows", [[("test/1_1.png", "PRIVATE"), ("test/1_2.png", "2")], [("test/1_1.png", "A")]])
@pytest.mark.parametrize("is_compressed", [False, True])
def test_iiit5k(tmp_path, rows, is_compressed):
    scipy_io = pytest.importorskip("scipy.io")
    path = tmp_path / "testdata.mat"
    scipy_io.savemat(path, {"testdata": struct_array(rows)}, do_compression=is_compressed)
    words = read_matlab(path)
    assert pairs(words) == rows
    assert words[0].path == tmp_path / "test" / "1_1.png"
    assert words[-1].lexicons == {"50": ["ONE", "TWO"], "1k": ["ONE", "TWO"]}


def test_a_matlab_file_that_is_none_or_another(tmp_path):
    scipy_io = pytest.importorskip("scipy.io")
    path = tmp_path / "testdata.mat"
    scipy_io.savemat(path, {"other": np.ones(3)})
    with pytest.raises(DataError, match="'testdata' with ImgName"):
        read_matlab(path)
    scipy_io.savemat(path, {"testdata": "text"})
    with pytest.raises(DataError, match="'testdata' with ImgName"):
        read_matlab(path)
    data = path.read_bytes()
    for damaged in (b"", b"no MATLAB file at all" * 20, data[:150], data[:128] + b"\xff" * 64):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"testdata\.mat"):
            read_matlab(path)


def test_without_scipy_one_line_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "testdata.mat").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    with pytest.raises(DataError, match=r"pip install 'ppocr_rare\[benchmark\]'"):
        read_matlab(tmp_path / "testdata.mat")


def test_ic03(tmp_path):
    path = tmp_path / "word.xml"
    path.write_bytes(
        '<?xml version="1.0" encoding="iso-8859-1"?><imagelist><image file="word/1/1.jpg" tag="Caf\xe9" />'
        '<image file="word/1/2.jpg" tag="R&amp;D"/></imagelist>'.encode("latin-1")
    )
    assert pairs(read_image_tags(path)) == [("word/1/1.jpg", "Café"), ("word/1/2.jpg", "R&D")]
    path.write_text('<imagelist><image file="a.jpg"/></imagelist>')
    with pytest.raises(DataError, match="image 1 lacks its 'file' or its 'tag'"):
        read_image_tags(path)


def test_svt(tmp_path):
    path = tmp_path / "test.xml"
    path.write_text(
        """<?xml version="1.0" encoding="utf-8"?><tagset><image><imageName>img/14_03.jpg</imageName>
        <Resolution x="1280" y="880"/><taggedRectangles>
        <taggedRectangle height="75" width="236" x="375" y="253"><tag>LIVING</tag></taggedRectangle>
        <taggedRectangle height="76" width="175" x="-6" y="265"><tag>ROOM</tag></taggedRectangle>
        </taggedRectangles></image></tagset>"""
    )
    image = tmp_path / "img" / "14_03.jpg"
    assert read_tagged_rectangles(path) == [
        ListedWord("img/14_03.jpg#1", image, "LIVING", (375, 253, 611, 328)),
        ListedWord("img/14_03.jpg#2", image, "ROOM", (-6, 265, 169, 341)),
    ]
    path.write_text(path.read_text().replace('"236"', '"wide"'))
    with pytest.raises(DataError, match="not a number"):
        read_tagged_rectangles(path)


def test_ic03_in_either_form(tmp_path):
    path = tmp_path / "words.xml"
    path.write_text('<imagelist><image file="word/1/1.jpg" tag="self"/></imagelist>')
    assert pairs(read_icdar_2003(path)) == [("word/1/1.jpg", "self")]
    rectangle = '<taggedRectangle x="174.0" y="392.0" width="274.0" height="195.0"><tag>self</tag></taggedRectangle>'
    image = f"<image><imageName>a/1.JPG</imageName><taggedRectangles>{rectangle}</taggedRectangles></image>"
    path.write_text(f'<?xml version="1.0" encoding="ISO-8859-1"?><tagset>{image}</tagset>')
    assert read_icdar_2003(path) == [ListedWord("a/1.JPG#1", tmp_path / "a" / "1.JPG", "self", (174, 392, 448, 587))]
    with pytest.raises(DataError, match="unreadable file"):
        read_icdar_2003(tmp_path / "none.xml")


def test_entities_are_refused(tmp_path):
    path = tmp_path / "word.xml"
    path.write_text('<!DOCTYPE x [<!ENTITY a "aaaa">]><imagelist><image file="&a;" tag="&a;"/></imagelist>')
    with pytest.raises(DataError, match="entities"):
        read_image_tags(path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'\xef\xbb\xbfword_1.png, "Tiredness"\r\nword_2.png, "a, \\"b\\" \\\\ c"\r\n', ["Tiredness", 'a, "b" \\ c']),
        (b"word_1.png\tTiredness\nword_2.png\ta b, \"c\"\tmore\n\n", ["Tiredness", 'a b, "c"']),
        (b"word_1.png Tiredness\nword_2.png  JOE'S JOE'S,OTHER\n", ["Tiredness", "JOE'S"]),
        (b'word_1.png, "Caf\xe9"\nword_2.png, ""\n', ["Café", ""]),  # CP1252
    ],
)
def test_label_lines(tmp_path, data, expected):
    path = tmp_path / "gt.txt"
    path.write_bytes(data)
    assert pairs(read_label_lines(path)) == list(zip(["word_1.png", "word_2.png"], expected, strict=True))


def test_images_beside_the_label_file_or_in_a_folder_beside_it(tmp_path):
    path = tmp_path / "gt.txt"
    path.write_text("word_1.png x\n")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "word_1.png").write_bytes(b"x")
    assert read_label_lines(path)[0].path == tmp_path / "images" / "word_1.png"
    (tmp_path / "word_1.png").write_bytes(b"x")
    assert read_label_lines(path)[0].path == tmp_path / "word_1.png"


def test_label_lines_that_are_none(tmp_path):
    path = tmp_path / "gt.txt"
    path.write_text("word_1.png x\nalone\n")
    with pytest.raises(DataError, match="gt.txt:2: no image and text: 'alone'"):
        read_label_lines(path)
    path.write_text("\n")
    assert read_label_lines(path) == []
    with pytest.raises(DataError, match="unreadable file"):
        read_label_lines(tmp_path / "none.txt")
