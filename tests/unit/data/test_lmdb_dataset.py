import multiprocessing
import os
import pickle
import time

import pytest

from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.lmdb_writer import LmdbWriter
from ppocr_rare.data.word_dataset import Part
from ppocr_rare.errors import DataError
from ppocr_rare.utils.stats import Rejection


def texts(dataset):
    return [item["text"] for item in dataset]


def send_texts(dataset, connection):
    connection.send((os.getpid(), texts(dataset)))


def read_in_process(dataset, method):
    """Reads all texts in a process started by ``method``, which must end by itself and well."""
    context = multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=send_texts, args=(dataset, sender))
    process.start()
    assert receiver.poll(60)
    process_id, result = receiver.recv()
    process.join(60)
    assert process.exitcode == 0 and process_id != os.getpid()
    return result


def test_reads_every_lmdb_below_in_sorted_order_and_skips_other_folders(words):
    (words / "a" / "stray").mkdir()
    (words / "a" / "stray" / "notes.txt").write_text("x")
    dataset = LMDBDataSet(str(words))
    assert len(dataset) == 5
    assert texts(dataset) == ["a1", "a2", "a3", "b1", "b2"]
    assert dataset.read(3) == {"key": f"{words}/b#000000001", "image": b"B1", "text": "b1", "label": "b1"}


def test_sets_are_named_by_their_path_below_data_dir(words):
    parts = LMDBDataSet(str(words)).split_into_sets()
    assert [(name, texts(part)) for name, part in parts] == [("a/x", ["a1", "a2", "a3"]), ("b", ["b1", "b2"])]


def test_a_list_of_folders_keeps_its_order(words):
    dataset = LMDBDataSet([str(words / "b"), str(words / "a")])
    assert texts(dataset) == ["b1", "b2", "a1", "a2", "a3"]
    assert dataset.sets() == [("b", 2), ("x", 3)]


def test_ratios_give_each_folder_of_data_dir_its_share_of_a_batch(words):
    folders = [str(words / "a"), str(words / "b")]
    assert LMDBDataSet(folders).mixture() == [Part(5, 1.0)]
    assert LMDBDataSet(folders, ratio_list=[3, 1]).mixture() == [Part(3, 0.75), Part(2, 0.25)]
    assert LMDBDataSet(str(words), ratio_list=[1.0]).mixture() == [Part(5, 1.0)]  # two LMDBs, one folder


def test_ratios_that_do_not_fit(words, tmp_path, write_lmdb):
    folders = [str(words / "a"), str(words / "b")]
    with pytest.raises(DataError, match="ratio_list has 1 numbers for 2 sets: .*/a, .*/b"):
        LMDBDataSet(folders, ratio_list=[1.0])
    for ratios in ([0, 1], [-1, 2], [float("nan"), 1]):
        with pytest.raises(DataError, match="each above 0"):
            LMDBDataSet(folders, ratio_list=ratios)
    write_lmdb(tmp_path / "none", [])
    with pytest.raises(DataError, match="none, which holds no sample"):
        LMDBDataSet([*folders, str(tmp_path / "none")], ratio_list=[1, 1, 1])


def test_links_are_followed_and_a_link_upwards_ends(words, tmp_path):
    other = tmp_path / "linked"
    other.mkdir()
    (other / "b").symlink_to(words / "b")
    (other / "up").symlink_to(other)
    assert texts(LMDBDataSet(str(other))) == ["b1", "b2"]


def test_two_data_sets_may_share_an_lmdb(words):
    first, second = LMDBDataSet(str(words)), LMDBDataSet(str(words / "b"))
    assert first[4]["text"] == second[1]["text"] == "b2"
    first.close()
    assert second[0]["text"] == first[3]["text"] == "b1"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes_read_before_and_after_this_one_does(words, method):
    dataset = LMDBDataSet(str(words))
    expected = ["a1", "a2", "a3", "b1", "b2"]
    assert read_in_process(dataset, method) == expected
    assert texts(dataset) == expected
    assert read_in_process(dataset, method) == expected  # inherits what is open here
    assert texts(dataset) == expected


def test_pickling_takes_no_open_environment_along(words):
    dataset = LMDBDataSet(str(words))
    assert texts(dataset)
    data = pickle.dumps(dataset)
    assert len(data) < 2000
    assert texts(pickle.loads(data)) == texts(dataset)


def test_opening_a_large_one_reads_one_number(tmp_path, write_lmdb):
    write_lmdb(tmp_path / "x", [(b"i", b"l")] * 60_000)
    start = time.process_time()
    dataset = LMDBDataSet(str(tmp_path))
    assert time.process_time() - start < 0.1
    assert len(dataset) == 60_000 and len(pickle.dumps(dataset)) < 2000


def test_no_lmdb_says_what_was_looked_for(tmp_path):
    with pytest.raises(DataError, match="data.mdb"):
        LMDBDataSet(str(tmp_path))
    with pytest.raises(DataError, match="nowhere.*No such file"):
        LMDBDataSet(str(tmp_path / "nowhere"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="file"):
        LMDBDataSet(str(tmp_path / "file"))


def test_one_folder_of_a_list_without_lmdb_is_an_error(words, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty"):
        LMDBDataSet([str(words), str(tmp_path / "empty")])


def test_without_num_samples(tmp_path, write_lmdb):
    write_lmdb(tmp_path / "x", [(b"i", b"l")], count=False)
    with pytest.raises(DataError, match="x: .*no entry 'num-samples'.*create_lmdb"):
        LMDBDataSet(str(tmp_path))


@pytest.mark.parametrize("count", [b"many", b"-1", b" ", b"1.5", "²".encode()])
def test_num_samples_that_is_no_count(tmp_path, write_lmdb, count):
    write_lmdb(tmp_path / "x", [(b"i", b"l")], count=count)
    with pytest.raises(DataError, match="no number of samples"):
        LMDBDataSet(str(tmp_path))


def test_num_samples_too_large_costs_a_warning_and_the_missing_entries(tmp_path, write_lmdb, caplog):
    folder = write_lmdb(tmp_path / "x", [(b"i", b"l"), (b"j", b"m")], count=b"3")
    items = list(LMDBDataSet(str(tmp_path)))
    assert [item["text"] for item in items[:2]] == ["l", "m"]
    assert items[2:] == [Rejection(f"{folder}#000000003", "", "missing entry", "label-000000003")]
    assert "num-samples says 3, but there are only 5 entries; samples 1 to 3 are tried" in caplog.text


def test_a_declared_number_is_kept_where_most_samples_are_missing(tmp_path, write_lmdb):
    write_lmdb(tmp_path / "x", [(b"i", b"l")] * 3, count=b"100")
    reasons = [getattr(item, "reason", "") for item in LMDBDataSet(str(tmp_path))]
    assert reasons == [""] * 3 + ["missing entry"] * 97


@pytest.mark.parametrize("count", [b"1005", b"9" * 30, b"9" * 5000])
def test_absurd_num_samples_is_bounded_by_the_entries(tmp_path, write_lmdb, caplog, count):
    write_lmdb(tmp_path / "x", [(b"i", b"l"), (b"j", b"m")], count=count)
    assert len(LMDBDataSet(str(tmp_path))) == 1004  # each entry but the count may be a sample, and 1000 may lack
    assert "only 5 entries; samples 1 to 1004 are tried" in caplog.text
    assert len(caplog.text) < 500


def test_bad_entries_cost_themselves_alone(tmp_path, write_lmdb):
    samples = [(b"1", b"one"), (None, b"two"), (b"3", None), (b"4", b"\xff\xfe"), (b"5", "fünf".encode())]
    write_lmdb(tmp_path / "x", samples)
    found = [
        (item.reason, item.text) if isinstance(item, Rejection) else item["text"] for item in LMDBDataSet(tmp_path)
    ]
    assert found == ["one", ("missing entry", "two"), ("missing entry", ""), ("label is not UTF-8", ""), "fünf"]


def damage(data, kind):
    return {
        "zero size": b"",
        "random": os.urandom(20_000),
        "text": b"not an LMDB\n" * 1000,
        "header cut": data[:100],
        "one page": data[:4096],
        "headers alone": data[:8192],
        "half": data[: len(data) // 2],
        "a page short": data[:-4096],
        "zeros behind the headers": data[:8192] + bytes(len(data) - 8192),
        "noise behind the headers": data[:8192] + os.urandom(len(data) - 8192),
    }[kind]


@pytest.mark.parametrize("kind", [
    "zero size", "random", "text", "header cut", "one page", "headers alone", "half", "a page short",
    "zeros behind the headers", "noise behind the headers",
])  # fmt: skip
def test_a_damaged_file_is_one_line_and_no_crash(tmp_path, write_lmdb, kind):
    folder = write_lmdb(tmp_path / "x", [(os.urandom(3000), b"l")] * 50)
    file = folder / "data.mdb"
    file.write_bytes(damage(file.read_bytes(), kind))
    with pytest.raises(DataError, match="data.mdb") as caught:
        LMDBDataSet(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_names_of_files_stand_behind_the_numbers(tmp_path):
    with LmdbWriter(tmp_path / "x") as writer:
        writer.add(b"image", "one", "images/a.png")
        writer.add(b"image", "two")
        writer.add(b"image", "three", "odd\udcff")
    dataset = LMDBDataSet(str(tmp_path))
    keys = [dataset.key(index) for index in range(3)]
    assert keys == [f"{tmp_path}/x#000000001 images/a.png", f"{tmp_path}/x#000000002", keys[2]]
    assert keys[2].startswith(f"{tmp_path}/x#000000003 odd\\udcff")
    assert [item["text"] for item in dataset] == ["one", "two", "three"]
