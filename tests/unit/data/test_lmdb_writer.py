import os

import lmdb
import pytest

from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.lmdb_writer import LmdbWriter
from ppocr_rare.errors import DataError, SampleError


def test_writes_paddleocrs_keys_and_bytes_as_they_are(tmp_path):
    with LmdbWriter(tmp_path / "x") as writer:
        assert (writer.add(b"\x00\xff", "Grüße"), writer.add(b"", "tab\tnewline\n")) == (1, 2)
    with lmdb.open(str(tmp_path / "x"), readonly=True, lock=False) as environment, environment.begin() as transaction:
        assert dict(transaction.cursor()) == {
            b"image-000000001": b"\x00\xff",
            b"image-000000002": b"",
            b"label-000000001": "Grüße".encode(),
            b"label-000000002": b"tab\tnewline\n",
            b"num-samples": b"2",
        }
    assert os.listdir(tmp_path / "x") == ["data.mdb"]


def test_grows_and_writes_in_several_transactions(tmp_path):
    images = [bytes([number % 256]) * 3000 for number in range(2500)]
    with LmdbWriter(tmp_path / "x", map_bytes=1 << 16) as writer:
        for number, image in enumerate(images):
            writer.add(image, str(number))
    dataset = LMDBDataSet(str(tmp_path / "x"))
    assert [(item["image"], item["text"]) for item in dataset] == [(image, str(n)) for n, image in enumerate(images)]


def test_one_image_larger_than_a_transaction(tmp_path):
    image = os.urandom(1 << 20) * 40
    with LmdbWriter(tmp_path / "x", map_bytes=1 << 20) as writer:
        writer.add(image, "large")
    assert LMDBDataSet(str(tmp_path))[0]["image"] == image


def test_nothing_written_is_an_lmdb_of_no_samples(tmp_path):
    with LmdbWriter(tmp_path / "x"):
        pass
    assert len(LMDBDataSet(str(tmp_path))) == 0


def test_an_exception_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), LmdbWriter(tmp_path / "x") as writer:
        writer.add(b"i", "l")
        writer.add(b"i", 1 / 0)
    assert os.listdir(tmp_path) == []


def test_overwrites_only_when_told_and_only_an_lmdb(tmp_path):
    def write(label, **arguments):
        with LmdbWriter(tmp_path / "x", **arguments) as writer:
            writer.add(b"i", label)

    write("one")
    with pytest.raises(DataError, match="data.mdb; it is not overwritten"):
        write("two")
    assert LMDBDataSet(str(tmp_path))[0]["text"] == "one"
    before = LMDBDataSet(str(tmp_path))
    assert before[0]["text"] == "one"
    write("three", overwrite=True)
    assert LMDBDataSet(str(tmp_path))[0]["text"] == "three"
    assert before[0]["text"] == "one"  # a reader keeps what it has opened
    (tmp_path / "x" / "thesis.tex").touch()
    with pytest.raises(DataError, match="thesis.tex"):
        write("four", overwrite=True)


def test_a_label_that_is_no_unicode_text_is_not_written(tmp_path):
    with LmdbWriter(tmp_path / "x") as writer:
        with pytest.raises(SampleError, match="not UTF-8"):
            writer.add(b"i", "\ud800")
        assert writer.add(b"i", "l") == 1


def test_a_full_disk_is_a_fault_of_one_line(tmp_path, monkeypatch):
    with (
        pytest.raises(DataError, match="cannot write the LMDB .*x: No space left"),
        LmdbWriter(tmp_path / "x") as writer,
    ):
        monkeypatch.setattr(writer, "_environment", FullDisk(writer._environment))
        writer.add(b"i", "l")
    assert os.listdir(tmp_path) == []


class FullDisk:
    def __init__(self, environment):
        self._environment = environment

    def begin(self, write):
        raise lmdb.DiskError("No space left on device")
