"""The forms of the page: the same figures in each, and nothing of a user's text taken for markup."""

import re
from html.parser import HTMLParser

import pytest

from ppocr_rare.engine.evaluate.benchmark.published import PUBLISHED
from ppocr_rare.engine.evaluate.benchmark.sections import make_sections
from ppocr_rare.engine.evaluate.benchmark.writers import as_html, as_markdown

NASTY = "<script>&\"'|`*{0}\n"
PICTURE = "data:image/png;base64,AAAA"


class Page(HTMLParser):
    """Refuses tags that do not match; keeps texts and addresses."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.tags, self.sources = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def rates(correct, count):
    interval = None if not count else (0.25, 0.875)
    return {
        "count": count, "correct": correct, "accuracy": correct / count if count else None, "interval_95": interval
    }  # fmt: skip


def a_set(name, subset, dataset, correct, count):
    return {
        "name": name, "subset": subset, "dataset": dataset, "samples": count, "excluded": 0, **rates(correct, count),
        "one_minus_ned": 0.5 if count else None, "images_per_s": 10.0,
    }  # fmt: skip


@pytest.fixture
def facts():
    return {
        "date": "2020-01-01T00:00:00+00:00", "protocol": "exact", "longest": 16,
        "model": {"weights": NASTY, "sha256": "0" * 64}, "machine": {"cores": 2}, "versions": {"python": "3"},
        "sets": [
            a_set("IC13_857", "IC13_857", "IC13", 600, 857), a_set("IC13_1015", "IC13_1015", "IC13", 700, 1015),
            a_set(NASTY, None, None, 0, 0),
        ],
        "averages": [
            {"name": "average", "accuracy": 0.7, "one_minus_ned": 0.5},
            {"name": "weighted average", "one_minus_ned": 0.5, **rates(1300, 1872)},
        ],
        "by_length": [{"length": 3, **rates(1, 2)}, {"length": 16, **rates(1299, 1870)}],
        "by_curvature": [{"bucket": "curved", **rates(0, 0)}],
        "curvature_definition": "defined",
        "confusions": [{"label": "|", "read": "", "count": 3}],
        "confidence": {
            "score": "product", "temperature": 1.1, "expected_calibration_error": 0.0125,
            "reliability": [{"count": 3, "score": 0.6, "accuracy": 0.5}],
            "risk_coverage": [{"coverage": 1.0, "risk": 0.25}, {"coverage": 0.5, "risk": 0.0}],
        },
        "worst": [{"data_set": "IC13_857", "key": "k", "label": NASTY, "text": "", "score": 0.75}],
        "notes": [NASTY],
        "published": [
            {"name": row.name, "source": row.source, "figures": row.figures, "average": row.average,
             "average_of": row.average_of} for row in PUBLISHED
        ],
    }  # fmt: skip


def test_html(facts):
    text = as_html(facts, NASTY, [[PICTURE, PICTURE]])
    page = Page(text)
    assert "script" not in page.tags
    assert page.sources == [PICTURE, PICTURE]  # nothing from elsewhere
    assert page.texts.count(NASTY) >= 4
    assert page.tags.count("svg") == 5 and page.tags.count("figure") == 1
    for cell in ("70.01", "68.97", "25.00 to 87.50", "16 or more", "(nothing)", "70.0 (857), 69.0 (1015)"):
        assert cell in page.texts
    assert 'name="viewport"' in text and not re.search(r"https?://", text)


def test_markdown_has_the_same_tables(facts):
    text = as_markdown(facts, "a: 1\n")
    assert "<script>" not in text
    lines = text.splitlines()
    for section in make_sections(facts):
        if not section.table:
            continue
        start = lines.index(f"## {section.title}")
        table = [line for line in lines[start:][: len(section.table) + 20] if line.startswith("| ")]
        cells = re.split(r"(?<!\\)\|", table[0])
        assert len(cells) - 2 == len(section.table[0])
        assert all(len(re.split(r"(?<!\\)\|", line)) == len(cells) for line in table[: len(section.table) + 1])
    assert "| 70.01 | 25.00 to 87.50 |" in text and "    a: 1" in text


def test_published_figures_are_marked_and_have_sources(facts):
    section = next(section for section in make_sections(facts) if section.title == "Beside published figures")
    names = [row[0] for row in section.table]
    assert names[1] == "measured here" and all(name.startswith("published: ") for name in names[2:])
    assert len(names) == 2 + len(PUBLISHED)
    assert all(any(row.source in paragraph for paragraph in section.paragraphs) for row in PUBLISHED)
    rare = next(row for row in section.table if row[0] == "published: RARE 2016")
    assert rare[1:] == ["81.9", "81.9", "90.1", "88.6", "-", "71.8", "59.2", "-"]
    averages = [row[-1] for row in section.table if "PaddleOCR" in row[0]]
    assert [average.split()[0] for average in averages] == ["83.6", "82.5"]


def test_words_that_count_twice_are_named(facts):
    assert any("More than one subset of IC13 is here" in text for text in make_sections(facts)[0].paragraphs)
    facts["sets"].pop(0)
    assert not any("More than one" in text for text in make_sections(facts)[0].paragraphs)


def test_without_rectification_or_wrong_words(facts):
    facts.update(worst=[], confusions=[], notes=[])
    page = Page(as_html(facts, "", []))
    assert "None is wrong." in page.texts
    assert "figure" not in page.tags
