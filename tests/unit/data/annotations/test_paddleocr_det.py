"""PaddleOCR's labels for detection."""

import json

POINTS = [[310, 104], [416, 141], [418, 216], [312, 179]]


def line(*words, path="ch4/img_61.jpg"):
    return f"{path}\t{json.dumps(words, ensure_ascii=False)}\n"


def word(text, **changes):
    return {"transcription": text, "points": POINTS, **changes}


def test_a_picture_a_line(read):
    text = "\ufeff" + line(word("MASA"), word('a "b", [c]')) + line(word("Straße"), path="b c.jpg") + line(path="d.jpg")
    assert read(text, "Label.txt") == [
        ("ch4/img_61.jpg", [("MASA", POINTS), ('a "b", [c]', POINTS)]),
        ("b c.jpg", [("Straße", POINTS)]),
        ("d.jpg", []),
    ]


def test_do_not_care(read):
    words = read(line(word("###"), word("*"), word("hard", difficult=True), word("easy", difficult=False)))[0][1]
    assert [len(item) for item in words] == [3, 3, 3, 2]


def test_a_bad_line_or_word_costs_itself(read):
    mixed = line({"points": POINTS}, word("x", points=POINTS[:3]), word("good"))
    (_, first), *others = read(mixed + "a.jpg\t[{]\nno tab\n" + line(word("x")))
    assert first == [(":1[0]", "unexpected JSON"), (":1[1]", "too few points"), ("good", POINTS)]
    assert others == [
        ("a.jpg", [(":2", "not JSON")]), ("no tab", [(":3", "not JSON")]), ("ch4/img_61.jpg", [("x", POINTS)])
    ]  # fmt: skip
