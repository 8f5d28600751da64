"""Which words belong to a subset, and which set a name speaks of."""

import pytest

from ppocr_rare.data.benchmarks.subsets import LISTED, SUBSET_BY_NAME, SUBSETS, belongs, dataset_of


@pytest.mark.parametrize(
    ("label", "alphanumeric", "longer"),
    [("Word", True, True), ("a1", True, False), ("abc", True, True), ("don't", False, False), ("É42", False, False),
     ("", False, False), ("ab c", False, False), ("abc\n", False, False)],
)  # fmt: skip
def test_rules(label, alphanumeric, longer):
    assert belongs(label, "alphanumeric") == alphanumeric
    assert belongs(label, "alphanumeric, 3 or more") == longer
    assert belongs(label, "all")


def test_names_end_with_the_published_count():
    assert all(subset.name.endswith(f"_{subset.count}") for subset in SUBSETS)
    assert all(SUBSET_BY_NAME[subset.parent].dataset == subset.dataset for subset in SUBSETS if subset.parent)
    assert LISTED == ("IC03_860", "IC15_1811")


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("IIIT5K-Word_V3.0", "IIIT5K"), ("svt1", "SVT"), ("svt-p", "SVTP"), ("SVTP", "SVTP"), ("icdar2003", "IC03"),
        ("Challenge2_Test_Task3_GT.txt", "IC13"),
        ("music13", None), ("batch2", None), ("IC13", "IC13"), ("ICDAR-2015", "IC15"),
        ("ch4_test_word_images_gt", "IC15"), ("CUTE80", "CUTE80"), ("gt.txt", None),
    ],
)  # fmt: skip
def test_names_of_folders(name, dataset):
    assert dataset_of(name) == dataset
