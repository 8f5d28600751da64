"""What is found below a folder, and where a subset is taken from."""

from pathlib import Path

import pytest
from material import png, word_image, write_lmdb

from ppocr_rare.data.benchmarks.sources import find_sources
from ppocr_rare.data.benchmarks.subsets import SUBSET_BY_NAME
from ppocr_rare.errors import DataError

SAMPLES = [(png(word_image(0)), b"word")]


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    return path


def paths_of(found, subset):
    return [source.path for source in found.sources_of(SUBSET_BY_NAME[subset])]


def test_each_set_is_known_by_its_files_or_its_folder(tmp_path):
    expected = {
        "IIIT5k_3000": touch(tmp_path / "IIIT5K" / "testdata.mat"),
        "SVT_647": touch(tmp_path / "svt1" / "test.xml"),
        "IC03_867": touch(tmp_path / "SceneTrialTest" / "word.xml"),
        "IC13_857": touch(tmp_path / "x" / "Challenge2_Test_Task3_GT.txt"),
        "IC15_2077": touch(tmp_path / "ICDAR2015" / "words" / "gt.txt"),
        "SVTP_645": touch(tmp_path / "SVT-P" / "gt.txt"),
        "CUTE80_288": touch(tmp_path / "CUTE80" / "labels.txt"),
    }
    unknown = touch(tmp_path / "others" / "gt.txt")
    for ignored in ("IC13/train/gt.txt", "SceneTrialTrain/word.xml", "svt1/train.xml", "IC13/readme.txt"):
        touch(tmp_path / ignored)
    found = find_sources(tmp_path)
    assert {name: paths_of(found, name) for name in expected} == {name: [path] for name, path in expected.items()}
    assert found.unknown == [unknown]


def test_the_folder_asked_for_may_be_the_set_itself(tmp_path, monkeypatch):
    path = touch(tmp_path / "IC15" / "gt.txt")
    assert paths_of(find_sources(tmp_path / "IC15"), "IC15_2077") == [path]
    monkeypatch.chdir(tmp_path / "IC15")
    assert paths_of(find_sources(Path(".")), "IC15_2077") == [Path("gt.txt")]


def test_an_lmdb_of_the_subset_comes_first_then_the_set_then_an_lmdb_that_holds_it(tmp_path):
    larger = write_lmdb(tmp_path / "evaluation" / "IC13_1015", SAMPLES)
    assert paths_of(find_sources(tmp_path), "IC13_857") == [larger]
    whole = touch(tmp_path / "ic13" / "gt.txt")
    assert paths_of(find_sources(tmp_path), "IC13_857") == [whole]
    own = write_lmdb(tmp_path / "evaluation" / "IC13_857", SAMPLES)
    assert paths_of(find_sources(tmp_path), "IC13_857") == [own]


def test_links_are_followed_once(tmp_path):
    real = write_lmdb(tmp_path / "elsewhere" / "data", SAMPLES)
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "CUTE80").symlink_to(real)
    (tmp_path / "sets" / "up").symlink_to(tmp_path / "sets")
    assert paths_of(find_sources(tmp_path / "sets"), "CUTE80_288") == [tmp_path / "sets" / "CUTE80"]


def test_no_folder(tmp_path):
    with pytest.raises(DataError, match="is not a folder"):
        find_sources(tmp_path / "none")
