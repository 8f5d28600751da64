"""Columns as wide as their widest cell."""

from ppocr_rare.utils.text_table import format_columns


def test_columns():
    assert format_columns([("a", "b"), ("long", ""), ("x", "yy")]) == "a     b\nlong\nx     yy"
