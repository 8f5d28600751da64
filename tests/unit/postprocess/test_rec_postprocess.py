import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug.label_ops import AttnLabelEncode
from ppocr_rare.errors import DataError
from ppocr_rare.postprocess.rec_postprocess import AttnLabelDecode, Word

CHARSET = Charset("abc")  # sos 0, a 1, b 2, c 3, eos 4


def peaks(ids, values):
    """[1, L, 5] with the value at the id of each step, and zero elsewhere."""
    probabilities = np.zeros((1, len(ids), 5), np.float32)
    probabilities[0, range(len(ids)), ids] = values
    return probabilities


def test_a_word_ends_at_its_first_eos():
    words = AttnLabelDecode(charset=CHARSET).decode_words(peaks([3, 1, 4, 2, 4], [0.5, 0.75, 0.9, 0.25, 0.9]))
    assert words == [Word("ca", 0.625, (0.5, 0.75))]


def test_text_behind_eos_can_be_kept():
    decode = AttnLabelDecode(stop_at_eos=False, charset=CHARSET)
    assert decode.decode_words(peaks([3, 4, 2], [0.5, 0.9, 0.25])) == [Word("cb", 0.375, (0.5, 0.25))]


@pytest.mark.parametrize("ids", [[4, 1, 1], [0, 0, 0], [0, 4, 2]])
def test_empty_text_scores_zero(ids):
    assert AttnLabelDecode(charset=CHARSET).decode_words(peaks(ids, [0.5] * 3)) == [Word("", 0.0, ())]


def test_sos_is_skipped():
    assert AttnLabelDecode(charset=CHARSET).decode_words(peaks([0, 1, 0, 2], [0.5] * 4))[0].text == "ab"


def test_call_gives_pairs_and_decodes_labels():
    decode = AttnLabelDecode(charset=CHARSET)
    preds = peaks([1, 4, 0], [0.5] * 3)
    assert decode(preds) == [("a", 0.5)]
    assert decode(preds, np.array([[0, 2, 4]])) == ([("a", 0.5)], [("b", 1.0)])


def test_repeats_can_be_dropped():
    decode = AttnLabelDecode(charset=CHARSET)
    assert decode.decode([[1, 1, 2, 1, 4]]) == [("aaba", 1.0)]
    assert decode.decode([[1, 1, 2, 1, 4]], is_remove_duplicate=True) == [("aba", 1.0)]
    assert decode.decode([[1, 1, 2]], [[0.5, 0.1, 1.0]], is_remove_duplicate=True) == [("ab", 0.75)]


@pytest.mark.parametrize("shape", [(2, 3, 6), (3, 5)])
def test_probabilities_of_another_dictionary(shape):
    with pytest.raises(DataError, match=r"needs \[B, L, 5\]"):
        AttnLabelDecode(charset=CHARSET).decode_words(np.zeros(shape, np.float32))


def test_no_images_no_words():
    assert AttnLabelDecode(charset=CHARSET).decode_words(np.zeros((0, 3, 5), np.float32)) == []


@given(st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=23))
def test_decoding_an_encoded_label_gives_the_text(text):
    charset = Charset.from_file(None)
    label = AttnLabelEncode(charset=charset, max_text_length=25)({"label": text})["label"]
    assert AttnLabelDecode(charset=charset).decode([label]) == [(text, 1.0)]
