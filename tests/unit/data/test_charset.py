import logging
import os
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppocr_rare.data import charset as charset_module
from ppocr_rare.data.charset import Charset
from ppocr_rare.errors import DataError


@pytest.fixture
def write(tmp_path):
    def write_dictionary(data):
        path = tmp_path / "dict.txt"
        path.write_bytes(data)
        return path

    return write_dictionary


@pytest.fixture
def warnings(caplog):
    charset_module._warn_once.cache_clear()
    caplog.set_level(logging.WARNING)
    return caplog


def test_default_is_digits_and_lower_case_letters():
    charset = Charset.from_file(None)
    assert "".join(charset.characters) == "0123456789abcdefghijklmnopqrstuvwxyz"
    assert (len(charset), charset.sos_id, charset.eos_id) == (38, 0, 37)
    assert charset.encode("Az-9") == [11, 36, 10]


def test_lowering_follows_unicode():
    charset = Charset.from_file(None)
    assert charset.encode("\u212a") == charset.encode("k")  # the Kelvin sign
    assert charset.unknown("É\u212aé") == ["é", "é"]


def test_a_file_is_taken_as_it_is_written(write):
    charset = Charset.from_file(write(b"b\na\n"))
    assert charset.characters == ("b", "a")
    assert charset.encode("abAc") == [2, 1]
    assert charset.unknown("abAcA") == ["A", "c", "A"]


def test_space_is_added_behind_the_file(write):
    charset = Charset.from_file(write(b"a\nb"), use_space_char=True)
    assert charset.characters == ("a", "b", " ")
    assert charset.encode("a b") == [1, 3, 2]


def test_space_without_a_file_has_no_effect_and_says_so(warnings):
    assert " " not in Charset.from_file(None, use_space_char=True).characters
    assert "use_space_char has no effect" in warnings.text


@pytest.mark.parametrize(
    "data, entries",
    [
        (b"a\r\nb\r\n", ("a", "b")),
        (b"a\n\nb\n", ("a", "", "b")),
        (b"a\n\n", ("a", "")),
        (b" \na", (" ", "a")),
        (b"\ta \nb", ("\ta ", "b")),
        ("a\u2028\nb\x0c".encode(), ("a\u2028", "b\x0c")),  # separators that str.splitlines() would split at
    ],
)
def test_lines(write, data, entries):
    assert Charset.from_file(write(data)).characters == entries


def test_repeated_entries_keep_their_class_and_are_named_once(write, warnings):
    path = write(b"a\nb\na\nc\nb\n")
    for _ in range(2):
        charset = Charset.from_file(path)
    assert len(charset) == 7
    assert charset.encode("abc") == [3, 5, 4]
    assert charset.decode([1, 2, 3]) == "aba"
    assert [record.getMessage().rpartition(": ")[2] for record in warnings.records] == ["'a', 'b'"]


def test_entries_that_fit_no_label_keep_their_class(write, warnings):
    charset = Charset.from_file(write(b"t\nth\n\nh\n"))
    assert charset.encode("th") == [1, 4]
    assert charset.decode([2]) == "th"
    assert "'th', ''" in warnings.text


def test_many_entries_at_fault_are_not_all_shown(write, warnings):
    Charset.from_file(write(b"".join(b"%d\n" % number for number in range(10, 22))))
    assert "'19' and 2 more" in warnings.text


def test_byte_order_mark_is_removed_and_reported(write, warnings):
    charset = Charset.from_file(write(b"\xef\xbb\xbf0\n1\n"))
    assert charset.characters == ("0", "1")
    assert "byte-order mark" in warnings.text


@pytest.mark.parametrize(
    "data, message", [(b"", "no character"), (b"\n\r\n", "no character"), (b"a\nb\n\xff\n", "line 3 is not UTF-8")]
)
def test_unusable_file(write, data, message):
    path = write(data)
    with pytest.raises(DataError, match=message) as caught:
        Charset.from_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_paths_that_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(DataError, match="pipe.txt: not an ordinary file"):
        Charset.from_file(tmp_path / "pipe.txt")
    with pytest.raises(DataError, match="none.txt: No such file"):
        Charset.from_file(tmp_path / "none.txt")
    with pytest.raises(DataError, match="directory"):
        Charset.from_file(tmp_path)


def test_decode_leaves_sos_and_eos_out():
    charset = Charset("ab")
    assert charset.decode([0, 2, 3, 1, 0]) == "ba"


@given(st.data())
def test_decode_undoes_encode(data):
    charset = Charset(data.draw(st.lists(st.characters(), min_size=1, max_size=50)))
    text = "".join(data.draw(st.lists(st.sampled_from(charset.characters))))
    assert charset.decode(charset.encode(text)) == text
    assert charset.unknown(text) == []


@given(st.text())
def test_every_character_is_encoded_or_unknown(text):
    charset = Charset.from_file(None)
    assert len(charset.encode(text)) + len(charset.unknown(text)) == len(text.lower())


def test_survives_pickling():
    charset = pickle.loads(pickle.dumps(Charset("aB", is_lower=True)))
    assert (charset.characters, charset.is_lower, charset.encode("A")) == (("a", "B"), True, [1])


@pytest.mark.parametrize("folder", ["", "./", "ppocr/utils/", "./ppocr/utils/", "./ppocr/utils/dict/"])
def test_paddleocrs_paths_lead_to_the_packages_dictionaries(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    assert Charset.from_file(f"{folder}ic15_dict.txt").characters == tuple("0123456789abcdefghijklmnopqrstuvwxyz")
    with pytest.raises(DataError, match="none.txt: No such file"):
        Charset.from_file(f"{folder}none.txt")
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / folder / "ic15_dict.txt").write_text("x\n")
    assert Charset.from_file(f"{folder}ic15_dict.txt").characters == ("x",)


def test_another_folders_dictionary_is_no_other(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        Charset.from_file(tmp_path / "ic15_dict.txt")
