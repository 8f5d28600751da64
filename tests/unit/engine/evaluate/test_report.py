"""The table, the rows and the page, with figures worked out by hand."""

import base64
import csv
import io
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

from ppocr_rare.engine.evaluate import report
from ppocr_rare.engine.evaluate.evaluator import Prediction, SetResult
from ppocr_rare.engine.evaluate.report import PredictionWriter, WrongWords, averages, format_notes, format_table
from ppocr_rare.utils.stats import Rejection

NASTY = "<b>&\"' {table}"
VOID = {"meta", "img", "br"}


def result(name, pairs):
    made = SetResult(name, len(pairs))
    for read, label in pairs:
        made.scores.add(read, label)
    return made


@pytest.fixture
def results():
    small = result("small", [("aaaa", "aaaa"), ("aaab", "aaaa")])  # 1 of 2; distances 0, 1/4
    large = result("large", [("a", "a")] * 6 + [("ab", "aa"), ("bb", "aa")])  # 6 of 8; distances 1/2, 2/2
    small.seconds, large.seconds = 0.5, 2.0
    return [small, large]


def prediction(index=0, text="read", label="label", is_correct=False, key="k.png"):
    return Prediction("set", index, key, label, text, 0.25, is_correct)


def test_averages(results):
    assert averages(results) == [
        ("average", 0.625, 0.84375),  # (1/2 + 6/8) / 2, (7/8 + 13/16) / 2
        ("weighted average", 0.7, 0.825),  # 7 of 10, 1 - 1.75 / 10
    ]


def test_a_set_of_which_nothing_was_read_takes_no_part(results):
    empty = SetResult("empty", 3)
    assert averages([*results, empty]) == averages(results)
    assert averages([empty]) == []
    assert "-" in format_table([empty]).splitlines()[1]


def test_table(results):
    results[0].num_samples = 3
    results[0].rejections.add(Rejection("k", "t", "not an image"))
    assert [line.split("  ") for line in format_table(results).splitlines()][0][0].strip() == "data set"
    rows = [" ".join(line.split()) for line in format_table(results).splitlines()]
    assert rows == [
        "data set samples excluded word accuracy 1-NED images/s",
        "small 3 1 0.500000 (1/2) 0.875000 4.0",
        "large 8 0 0.750000 (6/8) 0.812500 4.0",
        "average 0.625000 0.843750",
        "weighted average 0.700000 0.825000",
    ]
    column = format_table(results).splitlines()[0].index("1-NED")
    assert all(line[column : column + 2] == "0." for line in format_table(results).splitlines()[1:])


def test_notes_say_what_the_figures_hide(results):
    assert format_notes(results) == []
    results[0].rejections.add(Rejection("k", "t", "not an image", "damaged"))
    results[1].unreadable["longer than 23 characters"] = 2
    results[1].unknown_characters.update("éé-")
    assert format_notes(results) == [
        "small: excluded: not an image: 1",
        "small: excluded:     k ('t'): not an image: damaged",
        "large: counted as wrong: 2 labels: longer than 23 characters",
        "large: characters outside the dictionary: 'é' 2, '-' 1",
    ]


def test_predictions_as_rows():
    file = io.StringIO()
    write = PredictionWriter(file)
    write(prediction(text='a\t"b"', label=NASTY))
    write(prediction(is_correct=True, key="folder#000000001"))
    assert file.getvalue().splitlines()[0] == "data_set\tkey\tlabel\ttext\tscore\tis_correct"
    assert list(csv.reader(io.StringIO(file.getvalue()), delimiter="\t"))[1:] == [
        ["set", "k.png", NASTY, 'a\t"b"', "0.250000", "0"],
        ["set", "folder#000000001", "label", "read", "0.250000", "1"],
    ]


def picture(index, height=20):
    """A PNG of one grey level, which tells its index."""
    return cv2.imencode(".png", np.full((height, 2 * height, 3), index, np.uint8))[1].tobytes()


def pixels(source):
    """The image in a page's data address."""
    return cv2.imdecode(np.frombuffer(base64.b64decode(source.partition(";base64,")[2]), np.uint8), cv2.IMREAD_COLOR)


class FakeDataSet:
    def __init__(self):
        self.read = []

    def read_image(self, index):
        self.read.append(index)
        return picture(index)


class Page(HTMLParser):
    """Refuses tags that do not match, and keeps texts and images."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.images = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs)["src"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data.strip())


def test_page_holds_the_wrong_words_with_their_images(results):
    data_set = FakeDataSet()
    wrong = WrongWords({"set": data_set})
    wrong(prediction(0, is_correct=True))
    wrong(prediction(1, text=NASTY, label="</pre>" + NASTY, key="<i>.png"))
    wrong(prediction(2, text=""))
    text = wrong.page(results, "exact")
    page = Page(text)
    assert page.texts.count(NASTY) == 1
    assert "</pre>" + NASTY in page.texts and "set: <i>.png" in page.texts and "(nothing)" in page.texts
    assert format_table(results) in page.texts
    assert any("exact" in line and "wrongly: 2; shown: 2" in line for line in page.texts)
    assert [(pixels(source).shape, int(pixels(source).max())) for source in page.images] == [
        ((20, 40, 3), 1),
        ((20, 40, 3), 2),
    ]
    assert data_set.read == [1, 2]
    assert text.startswith("<!doctype html>")


def test_large_images_are_shown_small(results):
    class Photographs(FakeDataSet):
        def read_image(self, index):
            return picture(index, height=960)

    wrong = WrongWords({"set": Photographs()})
    wrong(prediction(7))
    (source,) = Page(wrong.page(results, "exact")).images
    assert pixels(source).shape == (96, 192, 3) and source.startswith("data:image/png;base64,")


def test_page_has_a_limit(results, monkeypatch):
    monkeypatch.setattr(report, "MAX_SHOWN", 2)
    data_set = FakeDataSet()
    wrong = WrongWords({"set": data_set})
    for index in range(5):
        wrong(prediction(index))
    page = Page(wrong.page(results, "exact"))
    assert len(page.images) == 2 and data_set.read == [0, 1]
    assert any("wrongly: 5; shown: 2" in text for text in page.texts)


@pytest.mark.parametrize("shape", [(1, 200, 3), (200, 1, 3), (5000, 2, 3)])
def test_an_image_of_any_shape_has_a_thumbnail(shape):
    assert report.thumbnail(np.zeros(shape, np.uint8)).startswith("data:image/png;base64,")
