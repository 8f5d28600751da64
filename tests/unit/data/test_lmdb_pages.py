"""Values of LMDBs are looked up before LMDB reads them: whole ones pass, others are told, whatever was damaged."""

import random
import subprocess
import sys

import lmdb
import pytest

from ppocr_rare.data.lmdb_pages import BadPage, Pages


@pytest.fixture
def make(tmp_path):
    """``make({key: value})``: the file of an LMDB of these."""

    def make(entries):
        with lmdb.open(str(tmp_path), map_size=1 << 26) as environment, environment.begin(write=True) as transaction:
            for key, value in entries.items():
                transaction.put(key, value)
        return tmp_path / "data.mdb"

    return make


@pytest.mark.parametrize("num", [0, 1, 40, 3000])
def test_every_value_of_a_whole_file_passes(make, num):
    keys = [b"image-%09d" % number for number in range(num)]
    pages = Pages(make({key: bytes(10 + 37 * number % 9000) for number, key in enumerate(keys)}))
    for key in [*keys, b"", b"a", b"image-000000001x", b"zzz"]:
        pages.check(key)


def test_lengths_beyond_the_file_are_told(make):
    file = make({b"image-%09d" % number: bytes(5000) for number in range(300)})
    data = bytearray(file.read_bytes())
    node = data.rindex(b"image-000000123") - 8  # its header: the length's two halves, flags, the key's length
    data[node + 2 : node + 4] = b"\xff\x7f"
    file.write_bytes(data)
    pages = Pages(file)
    with pytest.raises(BadPage, match="reaches beyond the file"):
        pages.check(b"image-000000123")
    pages.check(b"image-000000122")


def test_whatever_is_damaged_is_told_or_passes(make):
    """Bytes of pages changed at random: no other error than BadPage, and no end of the process."""
    file = make({b"image-%09d" % number: bytes(3000) for number in range(60)})
    whole, generator = file.read_bytes(), random.Random(0)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(3):
            data[generator.randrange(len(data))] = generator.randrange(256)
        file.write_bytes(data)
        try:
            pages = Pages(file)
            for number in range(60):
                pages.check(b"image-%09d" % number)
        except BadPage:
            continue


def test_what_is_no_lmdb_is_told(tmp_path):
    (tmp_path / "file").write_bytes(bytes(9000))
    with pytest.raises(BadPage, match="no meta page"):
        Pages(tmp_path / "file")


def test_a_damaged_length_costs_the_sample_alone(make, tmp_path):
    """Two changed bytes of a page made a value longer than the file: the process ended with SIGBUS."""
    image = bytes(range(256)) * 200
    entries = {b"image-%09d" % number: image for number in (1, 2)}
    file = make({**entries, b"label-000000001": b"one", b"label-000000002": b"two", b"num-samples": b"2"})
    data = bytearray(file.read_bytes())
    node = data.rindex(b"image-000000002") - 8
    data[node + 2 : node + 4] = b"\xff\x00"
    file.write_bytes(data)
    code = (
        "import sys; from ppocr_rare.data.lmdb_dataset import LMDBDataSet\n"
        "for item in LMDBDataSet(sys.argv[1]): print(getattr(item, 'reason', None) or item['text'])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.split("\n")) == (0, ["one", "damaged entry", ""]), done.stderr
