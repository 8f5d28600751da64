import re
from collections import Counter

import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.texts import TextSource
from ppocr_rare.errors import DataError


def draw(source, count=3000):
    rng = np.random.default_rng(0)
    return [source.draw(rng) for _ in range(count)]


def source_of(characters, has_glyph=lambda character: True, words=None):
    return TextSource(Charset(characters), has_glyph, words)


def test_the_default_dictionary_is_drawn_in_both_cases_and_nothing_else():
    texts = draw(TextSource(Charset.from_file(None), lambda character: True))
    assert set("".join(texts)) == set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    kinds = Counter(
        "lower" if text.islower() and text.isalpha() else "upper" if text.isupper() and text.isalpha()
        else "title" if text.istitle() and text.isalpha() else "digits" if text.isdigit() else "other"
        for text in texts
    )  # fmt: skip
    assert min(kinds[kind] for kind in ("lower", "upper", "title", "digits", "other")) > 150
    assert kinds["lower"] + kinds["upper"] + kinds["title"] > 0.6 * len(texts)


def test_a_dictionary_with_signs_has_prices_dates_times_and_phrases():
    texts = draw(source_of([chr(code) for code in range(32, 127)]))
    for pattern in (r"\$\d+\.\d\d", r"\d\d\.\d\d\.\d{4}", r"\d+:\d\d(am|pm)?", r"\d{3}-\d{4}", r"[A-Za-z]+ [A-Za-z]+",
                    r"\d{1,3},\d{3}", r"[A-Z]+-\d+"):  # fmt: skip
        assert any(re.fullmatch(pattern, text) for text in texts), pattern
    assert all(text == text.strip() != "" for text in texts)


def test_case_follows_the_dictionary():
    assert all(text == text.lower() for text in draw(source_of("abcdefghijklmnopqrstuvwxyz"), 300))
    assert all(text == text.upper() for text in draw(source_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 300))


def test_another_script_is_drawn_at_random_from_its_characters():
    cyrillic = "абвгдежзик"
    texts = draw(source_of(cyrillic), 400)
    assert set("".join(texts)) == set(cyrillic)
    assert {len(text) for text in texts} == set(range(1, 11))


def test_digits_do_not_crowd_out_a_script_without_words():
    texts = draw(source_of("0123456789абвгдежзиклмнопрстуфхцчшщъыьэюя"), 1000)
    assert sum(any(character.isalpha() for character in text) for text in texts) > 550


def test_a_users_words(tmp_path):
    (tmp_path / "words.txt").write_text("ночь\nдень\t2\n", encoding="utf-8")
    counts = Counter(draw(source_of("ночьдеНОЧЬДЕ", words=[tmp_path / "words.txt"])))
    assert set(counts) >= {"ночь", "Ночь", "НОЧЬ", "день", "ДЕНЬ"}


def test_characters_that_cannot_be_drawn_are_left_out_and_named(caplog):
    source = source_of(["a", "b", "ש", "ก", "", "ab", "中"], has_glyph=lambda character: character != "中")
    assert source.characters == ("a", "b")
    assert "right-to-left script: 1" in caplog.text and "no font has it: 1" in caplog.text
    assert set("".join(draw(source, 100))) == {"a", "b"}
    with pytest.raises(DataError, match="no character of the dictionary can be drawn"):
        source_of(["ש", " "])


def test_no_text_is_longer_than_max_length():
    source = TextSource(Charset.from_file(None), lambda character: True, max_length=3)
    assert {len(text) for text in draw(source, 500)} == {1, 2, 3}
    assert source.describe() != TextSource(Charset.from_file(None), lambda character: True).describe()
    with pytest.raises(DataError, match="max_length is the longest text's number of characters"):
        TextSource(Charset.from_file(None), lambda character: True, max_length=0)
