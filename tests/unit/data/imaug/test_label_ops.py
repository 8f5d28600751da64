import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug.label_ops import AttnLabelEncode, LabelEncoder, LocateCharacters
from ppocr_rare.data.synth.renderer import CharacterSpan
from ppocr_rare.errors import SampleError


@pytest.fixture
def encode():
    return AttnLabelEncode(charset=Charset("abc"), max_text_length=6)


def test_label(encode):
    sample = encode({"label": "c?a", "text": "c?a"})
    assert sample["label"].tolist() == [0, 3, 1, 4, 0, 0]
    assert sample["label"].dtype == np.int64
    assert (sample["length"].shape, sample["length"].dtype, int(sample["length"])) == ((), np.int64, 2)
    assert sample["text"] == "c?a"


def test_longest_label_leaves_room_for_sos_and_eos(encode):
    assert encode({"label": "abca"})["label"].tolist() == [0, 1, 2, 3, 1, 4]
    with pytest.raises(SampleError) as caught:
        encode({"label": "abcab"})
    assert caught.value.reason == "label too long"
    assert "at most 4" in caught.value.detail


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "empty label"),
        ("???", "no character in the dictionary"),
        ("A", "no character in the dictionary"),
        ("???????", "label too long"),
        ("a??????", "label too long"),  # the length is that of the text as written, as in PaddleOCR
    ],
)
def test_rejected(encode, text, reason):
    with pytest.raises(SampleError) as caught:
        encode({"label": text})
    assert caught.value.reason == reason


def test_unknown_characters_make_room_up_to_the_length_of_the_text(encode):
    assert encode({"label": "?abca?"})["length"] == 4


def test_length_is_that_before_lowering():
    # Lowered, the capital I with a dot is two characters: i and a combining dot, which no dictionary class stands for.
    encode = AttnLabelEncode(charset=Charset.from_file(None), max_text_length=4)
    assert encode({"label": "\u0130\u0130"})["label"].tolist() == [0, 19, 19, 37]


def test_is_a_label_encoder(encode):
    assert isinstance(encode, LabelEncoder)


def locate(spans, width=40, valid_ratio=1.0):
    spans = [CharacterSpan(*span) for span in spans]
    sample = {"image": np.zeros((3, 32, width)), "valid_ratio": valid_ratio, "spans": spans}
    return LocateCharacters(charset=Charset("abc"))(sample)["columns"]


@pytest.mark.parametrize(
    ("spans", "columns"),
    [
        ([], [0] * 10),
        ([("a", 0.0, 0.4), ("b", 0.4, 0.7)], [1, 1, 1, 1, 2, 2, 2, 0, 0, 0]),
        ([("a", -0.1, 0.16), ("c", 0.84, 1.1)], [1, 1, 0, 0, 0, 0, 0, 0, 3, 3]),  # reaches its columns' middles
        ([("a", 0.0, 0.6), ("b", 0.2, 0.8)], [1, 1, 1, 1, 2, 2, 2, 2, 0, 0]),  # between two the nearer one
        ([("a", 0.0, 0.6), ("b", 0.36, 0.44)], [1, 1, 1, 1, 2, 1, 0, 0, 0, 0]),  # too narrow for any middle
        ([("?", 0.0, 0.5), ("a", 0.5, 1.0)], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]),
        ([("b", 1.0, 1.06)], [0] * 9 + [2]),  # all but cut off
    ],
)
def test_columns_are_those_of_the_characters_over_them(spans, columns):
    found = locate(spans)
    assert found.tolist() == columns and found.dtype == np.int64


def test_columns_follow_the_padding_of_the_image():
    assert locate([("a", 0.0, 1.0)], valid_ratio=0.5).tolist() == [1] * 5 + [0] * 5
