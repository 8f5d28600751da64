"""Total-Text's Python-like lines."""

import pytest

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
