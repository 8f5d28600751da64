from ppocr_rare.data.charset import DEFAULT_CHARACTERS, Charset
from ppocr_rare.engine.read.decoding.characters import readable_characters


def test_a_letter_without_its_other_case_stands_for_both():
    assert readable_characters(Charset("aB1")) == {"a": 1, "B": 2, "1": 3, "A": 1, "b": 2}


def test_a_letter_with_its_other_case_stands_for_itself():
    assert readable_characters(Charset("aA")) == {"a": 1, "A": 2}


def test_a_dictionary_that_folds_and_one_that_does_not_know_the_same():
    assert readable_characters(Charset(DEFAULT_CHARACTERS, is_lower=True)) == readable_characters(
        Charset(DEFAULT_CHARACTERS)
    )


def test_entries_that_no_label_has_are_no_characters():
    # The first a is never a label's class, nor are the entries of two characters and of none; ß has no single capital.
    assert readable_characters(Charset(["a", "", "ab", "a", "ß"])) == {"a": 4, "A": 4, "ß": 5}
