"""Lists, names and what stays when something fails."""

import pytest
from material import png, word_image, write_lmdb

from ppocr_rare.data.benchmarks.prepare import prepare_benchmark
from ppocr_rare.data.lmdb_dataset import LMDBDataSet

SAMPLES = [(png(word_image(0)), f"word{number}".encode()) for number in range(1, 5)]


@pytest.fixture
def prepare(tmp_path):
    """``prepare(list)`` runs on an LMDB IC15_2077 of four words; gives what became of the two subsets."""
    write_lmdb(tmp_path / "release" / "IC15_2077", SAMPLES)

    def prepare(listed=None):
        lists = {}
        if listed is not None:
            (tmp_path / "list.txt").write_bytes(listed)
            lists["IC15_1811"] = tmp_path / "list.txt"
        prepared, unknown = prepare_benchmark(tmp_path / "release", tmp_path / "out", lists)
        assert not unknown and len(prepared) == 10
        states = {item.subset.name: item for item in prepared}
        return states["IC15_2077"], states["IC15_1811"]

    return prepare


def test_a_list_takes_words_of_an_lmdb_by_their_numbers(prepare, tmp_path):
    whole, part = prepare(b"\xef\xbb\xbf4\r\n\r\n2\r\n")
    assert (whole.num_words, part.num_words) == (4, 2)
    assert part.state == "count differs, so it is named IC15_1811.has_2" and part.has_failed
    dataset = LMDBDataSet(str(tmp_path / "out" / "IC15_1811.has_2"))
    assert [dataset.read_text(index) for index in range(2)] == ["word2", "word4"]
    dataset.close()


@pytest.mark.parametrize(
    ("listed", "message"),
    [(b"1\n9\n", "names 1 words that the set lacks, such as '9'"), (b"\n", "names no word"), (b"\xff", "not UTF-8")],
)
def test_a_list_that_does_not_fit_costs_its_subset_alone(prepare, tmp_path, listed, message):
    whole, part = prepare(listed)
    assert whole.num_words == 4
    assert message in part.state and part.has_failed and part.num_words is None
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["IC15_2077.has_4"]


def test_what_an_interrupted_run_left_is_replaced(prepare, tmp_path):
    write_lmdb(tmp_path / "out" / "IC15_2077.unchecked", SAMPLES[:1])
    assert prepare()[0].num_words == 4
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["IC15_2077.has_4"]


def test_a_count_that_differs_is_a_fault_on_a_second_run_too(prepare, tmp_path):
    first, second = prepare()[0], prepare()[0]
    assert first.has_failed and second.has_failed
    assert second.state == f"already there, and its count differs: {tmp_path / 'out' / 'IC15_2077.has_4'}"
    write_lmdb(tmp_path / "out" / "IC15_2077", SAMPLES)
    third = prepare()[0]
    assert third.state == f"already there, left as it is: {tmp_path / 'out' / 'IC15_2077'}" and not third.has_failed


def test_nothing_usable_leaves_nothing(tmp_path):
    write_lmdb(tmp_path / "release" / "CUTE80", [(b"no image", b"word")])
    prepared, _ = prepare_benchmark(tmp_path / "release", tmp_path / "out", {})
    (item,) = [item for item in prepared if item.subset.name == "CUTE80_288"]
    assert item.state.startswith("failed: no word of it can be used; not an image: 1") and item.has_failed
    assert list((tmp_path / "out").iterdir()) == []
