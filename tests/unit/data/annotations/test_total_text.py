"""Total-Text's Python-like lines."""

import sys

import numpy as np
import pytest

from ppocr_rare.data.annotations import read_annotations
from ppocr_rare.errors import SampleError

LINE = "x: [[153 161 179 195]], y: [[347 323 305 315]], ornt: [u'c'], transcriptions: [u'the']\n"
POINTS = [[153, 347], [161, 323], [179, 305], [195, 315]]


def test_a_word_a_line(read):
    assert read(LINE + LINE.replace("the", "PETRO SAINS"), "poly_gt_img1.txt") == [
        (None, [("the", POINTS), ("PETRO SAINS", POINTS)])
    ]


def test_long_arrays_run_over_lines(read):
    assert read(LINE + LINE.replace("179 195", "\n  179 195") + LINE)[0][1] == [("the", POINTS)] * 3


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('u"don\'t"', "don't"),
        (r"u'don\'t'", "don't"),
        ("u'[A], y: [[1]]'", "[A], y: [[1]]"),
        (r"u'caf\xe9 \u20ac \U0001d11e'", "café € 𝄞"),
        (r"u'a\\u0041'", r"a\u0041"),
        ("'plain'", "plain"),
        ("u'a,b'", "a,b"),
        ("u'café'", "café"),
    ],
)
def test_strings_as_python_2_wrote_them(read, written, text):
    assert read(LINE.replace("u'the'", written))[0][1] == [(text, POINTS)]


def test_do_not_care(read):
    for line in (LINE.replace("the", "#"), LINE.replace("u'c'", "u'#'"), LINE.replace("the", "###")):
        assert read(line)[0][1][0][2:] == ("do not care",)


@pytest.mark.parametrize("ornt", ["[]", "[ ]", "['c']", '[u"m"]', "[ u'h' ]"])
def test_a_word_needs_no_orientation(read, ornt):
    assert read(LINE.replace("[u'c']", ornt))[0][1] == [("the", POINTS)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[[153 161", "[[153", "x without y"),
        ("[[153 161 179 195]], y: [[347 323 305 315]]", "[[1 2 3]], y: [[4 5 6]]", "too few points"),
        ("153", "1.5.3", "not a number"),
        ("[u'the']", "[]", "not a Total-Text entry"),
        ("[u'the']", "[__import__('os')]", "not a Total-Text entry"),
        ("the", r"\Uffffffff", "not a Total-Text entry"),
    ],
)
def test_a_bad_entry_costs_itself(read, old, new, reason):
    assert read(LINE + LINE.replace(old, new) + LINE)[0][1] == [("the", POINTS), (":2", reason), ("the", POINTS)]


@pytest.fixture
def write_matlab(tmp_path):
    """``write_matlab(rows)``: Total-Text's file of MATLAB, a row for each (x, y, word, orientation)."""
    scipy_io = pytest.importorskip("scipy.io")

    def write_matlab(rows, name="polygt"):
        cells = np.empty((len(rows), 6), object)
        for number, (x, y, word, orientation) in enumerate(rows):
            cells[number, 1], cells[number, 3] = (np.array([values], np.int16) for values in (x, y))
            cells[number, 0], cells[number, 2] = "x:", "y:"
            cells[number, 4], cells[number, 5] = word, orientation
        path = tmp_path / "poly_gt_img1.mat"
        scipy_io.savemat(path, {name: cells})
        return path

    return write_matlab


X, Y = zip(*POINTS, strict=True)


@pytest.mark.parametrize("variable", ["polygt", "gt"])
def test_matlab(write_matlab, variable):
    nothing = np.empty(0)
    good = [(X, Y, "PETRO, 'S", "c"), (X, Y, "#", "#"), (X, Y, "x", nothing), (X, Y, nothing, "m")]
    path = write_matlab([*good, (X, Y[:2], "y", "c"), (X[:3], Y[:3], "z", "c")], variable)
    (picture,) = read_annotations(path)
    assert picture.name is None
    assert [word.text for word in picture.words[:4]] == ["PETRO, 'S", "#", "x", ""]
    assert [word.is_ignored for word in picture.words[:4]] == [False, True, False, False]
    assert all(word.points.tolist() == POINTS for word in picture.words[:4])
    assert [(word.key, word.reason) for word in picture.words[4:]] == [
        (f"{path}#5", "x without y"), (f"{path}#6", "too few points")
    ]  # fmt: skip


def test_matlab_with_one_word_and_with_none(write_matlab):
    (picture,) = read_annotations(write_matlab([(X, Y, "one", "c")]), "total_text")
    assert [word.text for word in picture.words] == ["one"]
    assert read_annotations(write_matlab([]))[0].words == []


def test_matlab_files_of_others(write_matlab, tmp_path, monkeypatch):
    path = write_matlab([(X, Y, "word", "c")], "wordBB")
    with pytest.raises(SampleError, match="MATLAB file: only Total-Text's are read, with 'polygt' or 'gt'"):
        read_annotations(path)
    with pytest.raises(SampleError, match="MATLAB file: only Total-Text's are read"):
        read_annotations(path, "icdar")
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    with pytest.raises(SampleError, match=r"MATLAB file: .*pip install 'ppocr_rare\[benchmark\]'"):
        read_annotations(path)
