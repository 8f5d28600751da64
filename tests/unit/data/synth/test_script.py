import pytest

from ppocr_rare.data.synth.script import check_drawable, normalize
from ppocr_rare.errors import SampleError


@pytest.mark.parametrize("text", ["Joint", "£4.99", "Straße", "Ελλάδα", "Привет", "中文", "ひらがな", "한국", "a b"])
def test_scripts_that_glyphs_side_by_side_write(text):
    check_drawable(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("שלום", "right-to-left script"),
        ("سلام", "right-to-left script"),
        ("a٣", "right-to-left script"),
        ("नमस्ते", "script whose letters change shape"),
        ("ไทย", "script whose letters change shape"),
        ("தமிழ்", "script whose letters change shape"),
        ("x\u0301", "combining mark without a letter of its own"),
        ("a\ufe0f", "combining mark without a letter of its own"),
        ("a\u200db", "not a printable character"),
        ("a\u00a0b", "not a printable character"),
        ("a\tb", "not a printable character"),
        ("\ud800", "not a printable character"),
        ("  ", "no text"),
        ("", "no text"),
        ("a" * 65, "more than 64 characters"),
    ],
)
def test_the_rest_is_refused_with_its_reason(text, reason):
    with pytest.raises(SampleError) as error:
        check_drawable(text)
    assert error.value.reason == reason


def test_marks_that_compose_become_one_character():
    assert normalize("cafe\u0301") == "caf\u00e9"
    check_drawable(normalize("cafe\u0301"))
    assert normalize("\u1112\u1161\u11ab") == "\ud55c"  # the parts of a Korean syllable
    with pytest.raises(SampleError, match="change shape"):
        check_drawable("\u1112\u1161\u11ab")
