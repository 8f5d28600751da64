"""What a file that somebody else wrote may do: nothing."""

import pytest

from ppocr_rare.data.annotations.source_text import parse_xml, read_text, size_of
from ppocr_rare.errors import SampleError

BOMB = """<?xml version="1.0"?><!DOCTYPE tagset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<tagset>&b;</tagset>"""
OUTSIDE = '<!DOCTYPE tagset [<!ENTITY a SYSTEM "file:///etc/hostname">]><tagset>&a;</tagset>'
SKIPPED = '<!DOCTYPE tagset SYSTEM "other.dtd"><tagset>&a;</tagset>'
PARAMETER = '<!DOCTYPE tagset [<!ENTITY % a SYSTEM "file:///etc/hostname"> %a;]><tagset/>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, SKIPPED, PARAMETER])
def test_entities_are_refused(text):
    with pytest.raises(SampleError, match="XML with entities"):
        parse_xml(text)


def test_a_doctype_alone_does_no_harm():
    assert parse_xml('<!DOCTYPE tagset><tagset a="1"/>').get("a") == "1"


@pytest.mark.parametrize("text", ["<a>", "<a></b>", "<a>&b;</a>", "", "<a/><b/>", "\ufffe"])
def test_damaged_xml(text):
    with pytest.raises(SampleError, match="not XML"):
        parse_xml(text)


def test_deep_xml():
    root = parse_xml("<a>" * 100_000 + "</a>" * 100_000)
    assert sum(1 for _ in root.iter("a")) == 100_000


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfa\xc3\xa9", "aé"),
        (b"a\xe9\x80 \x81", "aé€ \ufffd"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?>\x83A', '<?xml version="1.0" encoding="Shift_JIS"?>ア'),
        (b'<?xml version="1.0" encoding="hex"?>\xc3\xa9', '<?xml version="1.0" encoding="hex"?>é'),
        (b"", ""),
    ],
)
def test_encodings(tmp_path, content, text):
    (tmp_path / "a.txt").write_bytes(content)
    assert read_text(tmp_path / "a.txt") == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MATLAB 5.0 MAT-file, Platform: PCWIN64" + bytes(100), "MATLAB file: only Total-Text"),
        ("word".encode("utf-16"), "not text"),
        (b"a\0b", "not text"),
    ],
)
def test_what_is_no_text(tmp_path, content, reason):
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(SampleError, match=reason):
        read_text(tmp_path / "a.mat")


def test_size_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("ppocr_rare.data.annotations.source_text.MAX_FILE_BYTES", 10)
    (tmp_path / "a.txt").write_bytes(b"x" * 11)
    with pytest.raises(SampleError, match="file too large"):
        read_text(tmp_path / "a.txt")


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(SampleError, match="unreadable file: Is a directory"):
        read_text(tmp_path)


@pytest.mark.parametrize("item", [None, {}, {"w": 3}, {"w": 3, "h": 0}, {"w": "3", "h": 4}, {"w": 3, "h": 4.0}])
def test_sizes_are_whole_or_none(item):
    assert size_of(item, "w", "h") is None
    assert size_of({"w": 3, "h": 4}, "w", "h") == (3, 4)
