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


def test_downloads_of_whole_challenges_give_task_3_alone(tmp_path):
    for number, challenge in ((2, "ICDAR2013"), (4, "ICDAR2015")):
        folder = tmp_path / challenge
        for name in ("Test_Task1_GT/gt_img_1.txt", "Test_Task2_GT/img_1_GT.txt", "Test_Task4_GT/gt_img_2.txt",
                     "Test_Task4_GT/end_to_end_gt.txt", "Test_Task1_GT.txt"):  # fmt: skip
            touch(folder / f"Challenge{number}_{name}")
        for name in ("ch4_test_localization_transcription_gt/gt_img_1.txt", "Task 1&2/gt_7.txt", "Task12/all_gt.txt"):
            touch(folder / name)
        touch(folder / f"Challenge{number}_Test_Task3_GT.txt")
    found = find_sources(tmp_path)
    assert paths_of(found, "IC13_1015") == [tmp_path / "ICDAR2013" / "Challenge2_Test_Task3_GT.txt"]
    assert paths_of(found, "IC15_2077") == [tmp_path / "ICDAR2015" / "Challenge4_Test_Task3_GT.txt"]
    assert found.unknown == []


def test_of_ic03_the_word_images_come_before_the_photographs(tmp_path):
    photographs = touch(tmp_path / "SceneTrialTest" / "words.xml")
    assert paths_of(find_sources(tmp_path), "IC03_867") == [photographs]
    images = touch(tmp_path / "word" / "Word.xml")
    assert paths_of(find_sources(tmp_path), "IC03_867") == [images]


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
