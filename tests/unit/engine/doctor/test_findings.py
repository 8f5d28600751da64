"""How findings are shown."""

import pytest

from ppocr_rare.engine.doctor.findings import Finding, Skipped, duration, size


def test_columns():
    finding = Finding("note", "cpu", "2 cores", ("first", "second"))
    assert str(finding).splitlines() == [
        "note   cpu               2 cores",
        "                         first",
        "                         second",
    ]
    assert str(Finding("FAULT", "checkpoints", "x")).index("x") == str(finding).index("2")


@pytest.mark.parametrize(("count", "text"), [(0, "0 MiB"), (38 << 20, "38 MiB"), (3 << 29, "1.5 GiB")])
def test_size(count, text):
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(40, "40 s"), (720, "12 min"), (18360, "5.1 h"), (259200, "3.0 days"), (119.4, "119 s")]
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_need(make_case):
    case = make_case()
    assert case.need("charset", "no dictionary") is case.charset
    with pytest.raises(Skipped, match="no model"):
        case.need("model", "no model")
