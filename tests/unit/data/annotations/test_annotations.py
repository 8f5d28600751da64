"""Which format a file has."""

import pytest

from ppocr_rare.data.annotations import FORMATS
from ppocr_rare.errors import SampleError

BOTH = 'a.jpg\t[]\n1, 2, 3, 4, "word"\n'


def test_a_blank_file_has_no_words(read):
    assert read("") == read(" \r\n\n") == read("\ufeff", format_name="labelme") == []


@pytest.mark.parametrize("content", ["Read me first.", "<html></html>", '{"a": 1}', "a.jpg\tword\n", "1,2,3,4,word"])
def test_unknown_content(read, content):
    with pytest.raises(SampleError, match="unknown annotation format: none of icdar, svt.*--annotation_format"):
        read(content)


def test_ambiguous_content_is_for_the_user_to_decide(read):
    with pytest.raises(SampleError, match="it could be icdar or paddleocr"):
        read(BOTH)
    assert read(BOTH, format_name="icdar")[0][1][1] == ("word", [[1, 2], [3, 4]])


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_another_format_is_a_fault_and_no_crash(read, name):
    for content in ("hello", "<a/>", "{}", "[]", "7", "null"):
        try:
            words = [word for _, words in read(content, format_name=name) for word in words]
        except SampleError:
            continue
        assert all(len(word) == 2 and isinstance(word[1], str) for word in words)
