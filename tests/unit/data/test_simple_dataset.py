import logging
import pickle

import pytest

from ppocr_rare.data.simple_dataset import SimpleDataSet
from ppocr_rare.data.word_dataset import Part
from ppocr_rare.errors import DataError
from ppocr_rare.utils.stats import Rejection


@pytest.fixture
def folder(tmp_path):
    """A folder with the files a to f, whose bytes are their names, and a label file with a line each."""
    for name in "abcdef":
        (tmp_path / name).write_text(name)
    (tmp_path / "labels.txt").write_text("".join(f"{name}\t{name.upper()}\n" for name in "abcdef"))
    return tmp_path


def build(folder, *names, **arguments):
    return SimpleDataSet(str(folder), [str(folder / name) for name in names or ["labels.txt"]], **arguments)


def texts(dataset):
    return [item["text"] for item in dataset]


def test_reads_the_lines_in_order(folder):
    dataset = build(folder)
    assert dataset.read(1) == {"key": f"{folder}/b", "image": b"b", "text": "B", "label": "B"}
    assert texts(dataset) == list("ABCDEF")
    assert texts(pickle.loads(pickle.dumps(dataset))) == list("ABCDEF")


def test_a_single_label_file_may_be_a_text(folder):
    assert len(SimpleDataSet(str(folder), str(folder / "labels.txt"))) == 6


def test_absolute_paths_and_parents_are_followed_and_told_once(folder, caplog):
    (folder / "sub").mkdir()
    (folder / "other.txt").write_text(f"{folder}/a\tone\n../b\ttwo\n")
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        dataset = build(folder / "sub", "../other.txt")
        assert [item["image"] for item in dataset] == [b"a", b"b"]
    assert len(caplog.records) == 1 and f"names files outside of data_dir, {folder}/sub" in caplog.text


def test_paths_that_come_back_are_inside(folder, caplog):
    (folder / "other.txt").write_text(f"{folder}/a\tone\nx/../b\ttwo\na..b\tthree\n")
    (folder / "x").mkdir()
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        list(build(folder, "other.txt"))
    assert caplog.records == []


def test_a_list_made_on_windows_is_read(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "g").write_text("g")
    (folder / "odd\\name").write_text("odd")
    (folder / "windows.txt").write_text("sub\\g\tone\r\n.\\a\ttwo\r\nodd\\name\tthree\r\nsub\\none\tfour\r\n")
    items = list(build(folder, "windows.txt"))
    assert [item["image"] for item in items[:3]] == [b"g", b"a", b"odd"]
    assert items[3].reason == "missing file"


def test_labels_for_detection_are_named(folder):
    label = '[{"transcription": "EXIT", "points": [[0, 0], [9, 0], [9, 9], [0, 9]]}]'
    (folder / "det.txt").write_text(f"a\t{label}\nb\t[{{b}}]\n")
    first, second = build(folder, "det.txt")
    assert first.reason == "words of a photograph, not one word"
    assert "tools/crop_words.py" in first.detail
    assert second["text"] == "[{b}]"


def test_bad_lines_cost_themselves_alone(folder):
    (folder / "folder").mkdir()
    (folder / "empty").touch()
    lines = ["a\tone", "none\ttwo", "folder\tthree", "empty\tfour", "five", "\tsix", "nul\0\tseven", "b\teight"]
    (folder / "bad.txt").write_text("\n\n".join(lines))
    items = list(build(folder, "bad.txt"))
    assert [item["text"] for item in (items[0], items[7])] == ["one", "eight"]
    assert [(item.reason, item.text) for item in items[1:7]] == [
        ("missing file", "two"),
        ("a directory, not a file", "three"),
        ("empty file", "four"),
        ("missing column", ""),
        ("a directory, not a file", "six"),
        ("unreadable file", "seven"),
    ]
    assert items[4].key == f"{folder}/bad.txt:9"
    assert items[1].key == f"{folder}/none"


def test_a_set_per_label_file(folder):
    (folder / "more.txt").write_text("a\tx\nb\ty\n")
    parts = build(folder, "more.txt", "labels.txt").split_into_sets()
    assert [(name, texts(part)) for name, part in parts] == [("more", ["x", "y"]), ("labels", list("ABCDEF"))]


def test_json_lists_give_a_sample_for_each_path_in_evaluation(folder):
    (folder / "lists.txt").write_text('f\tone\n["a", "b", "none"]\ttwo\n["c"]\tthree\n')
    items = list(build(folder, "lists.txt"))
    found = [item.reason if isinstance(item, Rejection) else (item["image"], item["text"]) for item in items]
    assert found == [(b"f", "one"), (b"a", "two"), (b"b", "two"), "missing file", (b"c", "three")]


def test_json_lists_give_one_sample_a_line_in_training(folder):
    (folder / "lists.txt").write_text('["a", "b", "c", "d"]\tone\n' * 50)
    dataset, twin, other = (build(folder, "lists.txt", is_train=True, seed=seed) for seed in (1, 1, 2))

    def images(dataset, epoch=0):
        dataset.set_epoch(epoch)
        return [item["image"] for item in dataset]

    assert len(dataset) == 50
    first = images(dataset)
    assert set(first) == {b"a", b"b", b"c", b"d"}
    assert first == images(twin) == images(dataset)
    assert first != images(other) and first != images(dataset, 1)
    assert images(dataset, 1) == images(twin, 1)


def test_a_ratio_takes_that_share_of_each_file(folder):
    (folder / "more.txt").write_text("".join(f"a\t{number}\n" for number in range(100)))
    dataset = build(folder, "more.txt", "labels.txt", ratio_list=[0.25, 0.5])
    assert [size for _, size in dataset.sets()] == [25, 3]
    numbers = [int(text) for text in texts(dataset)[:25]]
    assert numbers == sorted(set(numbers)) and numbers != list(range(25))
    assert texts(dataset) == texts(build(folder, "more.txt", "labels.txt", ratio_list=[0.25, 0.5]))


def test_lines_are_drawn_anew_each_epoch_of_training_alone(folder):
    (folder / "more.txt").write_text("".join(f"a\t{number}\n" for number in range(100)))
    for is_train in (True, False):
        dataset = build(folder, "more.txt", ratio_list=0.5, is_train=is_train)
        first = texts(dataset)
        dataset.set_epoch(1)
        assert len(dataset) == 50 and (texts(dataset) != first) == is_train
        dataset.set_epoch(0)
        assert texts(dataset) == first


def test_ratios_of_a_batch_leave_all_lines_in(folder):
    (folder / "more.txt").write_text("a\tx\nb\ty\n")
    names = ("more.txt", "labels.txt")
    assert build(folder, *names, ratio_list=[0.5, 1]).mixture() == [Part(7, 1.0)]  # shares of the lines
    dataset = build(folder, *names, ratio_list=[3, 1], ratio_of="batch", is_train=True)
    assert dataset.mixture() == [Part(2, 0.75), Part(6, 0.25)]
    dataset.set_epoch(1)
    assert texts(dataset) == ["x", "y", *"ABCDEF"]
    with pytest.raises(DataError, match="2 numbers for 1 sets: labels"):
        build(folder, ratio_list=[1, 1], ratio_of="batch")


@pytest.mark.parametrize(("ratios", "message"), [([1.0, 1.0], "2 numbers for 1"), (1.5, "0 to 1"), ([-0.1], "0 to 1")])
def test_ratios_that_do_not_fit(folder, ratios, message):
    with pytest.raises(DataError, match=message):
        build(folder, ratio_list=ratios)


def test_missing_folder_or_label_file(folder):
    with pytest.raises(DataError, match="data_dir is not a folder: .*nowhere"):
        SimpleDataSet(str(folder / "nowhere"), str(folder / "labels.txt"))
    with pytest.raises(DataError, match="none.txt"):
        build(folder, "none.txt")
    with pytest.raises(DataError, match="directory"):
        SimpleDataSet(str(folder), str(folder))
