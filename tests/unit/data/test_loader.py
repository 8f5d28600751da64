import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from ppocr_rare.data import loader as loader_module
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.loader import build_loader
from ppocr_rare.data.sampler import EvalSampler, MixSampler
from ppocr_rare.data.word_dataset import Part, WordDataset
from ppocr_rare.data.worker import start_worker
from ppocr_rare.errors import DataError, RareError, SampleError
from ppocr_rare.utils.stats import Rejection

SETTINGS = [(0, True), (1, True), (2, True), (2, False)]


class Numbers(WordDataset):
    """Sample n is an image of n's; those in ``unusable`` are rejected."""

    def __init__(self, size, unusable=(), failure=None, transforms=()):
        super().__init__(transforms)
        self.size = size
        self.unusable = unusable
        self.failure = failure

    def __len__(self):
        return self.size

    def key(self, index):
        return f"_paddle_field_{index}"  # what Paddle's loader puts in the place of an array

    def read_text(self, index):
        return "_paddle_field_0"

    def read_image(self, index):
        raise NotImplementedError

    def sets(self):
        return [("numbers", self.size)]

    def read(self, index):
        if index in self.unusable:
            raise SampleError("unusable", str(index))
        if index == 5 and self.failure:
            raise self.failure
        image = np.full((3, 4, 5), index, np.float32)
        return {"key": self.key(index), "text": self.read_text(index), "image": image, "length": np.array(index)}


def find_children():
    """Returns the ids of this process's children that have not ended."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and fields[0] != "Z":
            found.add(status.parent.name)
    return found


@pytest.fixture(autouse=True)
def leaves_no_process_behind():
    before = find_children()
    yield
    deadline = time.monotonic() + 10
    while find_children() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not find_children() - before


def build(dataset, num_workers=0, use_shared_memory=True, **arguments):
    arguments = {"keep_keys": ["image", "length"], "batch_size": 4, **arguments}
    return build_loader(dataset, num_workers=num_workers, use_shared_memory=use_shared_memory, **arguments)


@pytest.mark.parametrize(("num_workers", "use_shared_memory"), SETTINGS)
def test_batches_keep_the_order_and_lose_nothing(num_workers, use_shared_memory):
    unusable = {1, *range(8, 16)}  # two whole batches among them
    loader = build(Numbers(22, unusable), num_workers, use_shared_memory)
    assert len(loader) == 6
    for _ in range(2):
        batches = list(loader)
        assert [batch["indices"] for batch in batches] == [[0, 2, 3], [4, 5, 6, 7], [], [], [16, 17, 18, 19], [20, 21]]
        for batch in batches:
            assert batch["keys"] == [f"_paddle_field_{index}" for index in batch["indices"]]
            assert batch["texts"] == ["_paddle_field_0"] * len(batch["keys"])
            assert ("image" in batch) == bool(batch["indices"])
            if batch["indices"]:
                assert batch["image"].shape == [len(batch["indices"]), 3, 4, 5]
                assert batch["image"][:, 0, 0, 0].tolist() == batch["length"].tolist() == batch["indices"]
        assert batches[0]["rejections"] == [Rejection("_paddle_field_1", "_paddle_field_0", "unusable", "1")]
        assert [item.detail for batch in batches[2:4] for item in batch["rejections"]] == [str(n) for n in range(8, 16)]


@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_sampler_for_training_says_what_comes(num_workers):
    dataset = Numbers(10, transforms=[lambda sample: {**sample, "length": np.array(sample["rng_key"])}])
    parts = [Part(8, 0.5), Part(2, 0.5)]
    sampler = MixSampler(parts, 4, shuffle=False, drop_last=False, seed=7)
    loader = build(dataset, num_workers, batch_sampler=sampler)
    loader.start_epoch(3, batch=1)
    batches = list(loader)
    # The fifth of the first part comes next, the two of the second one for the second time, and again.
    assert len(loader) == 3 and [sorted(batch["indices"]) for batch in batches] == [[2, 3, 8, 9], [4, 8]]
    keys = [key for batch in batches for key in batch["length"].tolist()]
    assert sorted(keys) == [[1024, 3, 2, 0], [1024, 3, 3, 0], [1024, 3, 4, 0], [1024, 3, 8, 1], [1024, 3, 8, 2],
                            [1024, 3, 9, 1]]  # fmt: skip


@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_rank_without_samples_has_no_batches(num_workers):
    loader = build(Numbers(1), num_workers, batch_sampler=EvalSampler(1, 4, rank=0, num_ranks=2))
    assert len(loader) == 0 and list(loader) == []


@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_loop_may_be_left_early(num_workers):
    for batch in build(Numbers(100), num_workers):
        if batch["indices"][0] == 8:
            break


@pytest.mark.parametrize("num_workers", [0, 2])
@pytest.mark.parametrize(
    ("failure", "kind", "message"),
    [
        (DataError("the disk is gone"), DataError, "^the disk is gone$"),
        (KeyError("typo"), RuntimeError, "KeyError: 'typo'"),
    ],
)
def test_an_error_comes_through_as_it_is(num_workers, failure, kind, message):
    with pytest.raises(kind, match=message):
        list(build(Numbers(22, failure=failure), num_workers))


def test_a_worker_that_dies_is_a_clear_fault():
    class Fatal(Numbers):
        def read(self, index):
            if index == 5:
                os._exit(1)
            return super().read(index)

    with pytest.raises(RareError, match="has died"):
        list(build(Fatal(22), 2))


def test_arrays_that_cannot_be_stacked_are_an_error():
    class Ragged(Numbers):
        def read(self, index):
            return {**super().read(index), "image": np.zeros(index)}

    with pytest.raises(RuntimeError, match="shape"):
        list(build(Ragged(8), 1))


def test_drop_last_shuffle_and_sampler():
    assert [len(batch["keys"]) for batch in build(Numbers(10), drop_last=True)] == [4, 4]
    np.random.seed(0)
    indices = [index for batch in build(Numbers(40), shuffle=True) for index in batch["indices"]]
    assert sorted(indices) == list(range(40)) != indices
    batches = build(Numbers(10), batch_sampler=[[3, 1], [2]], num_workers=1)
    assert [batch["indices"] for batch in batches] == [[3, 1], [2]]


def test_what_is_no_array_is_left_out():
    (batch,) = build(Numbers(2), keep_keys=["image", "label", "text"])
    assert sorted(batch) == ["image", "indices", "keys", "rejections", "texts"]


def test_too_little_shared_memory_costs_one_warning(monkeypatch, caplog, tmp_path):
    monkeypatch.setattr(loader_module, "_SHARED_MEMORY", str(tmp_path / "none"))
    batches = list(build(Numbers(8), 2))
    assert [batch["indices"] for batch in batches] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert len(caplog.records) == 1 and "0 MiB free" in caplog.text


def to_array(sample):
    return {**sample, "image": np.frombuffer(sample["image"], np.uint8)}


@pytest.mark.parametrize("num_workers", [0, 2])
def test_an_lmdb_that_is_open_here_is_read_in_workers(words, num_workers):
    dataset = LMDBDataSet(str(words), transforms=[to_array])
    assert dataset[0]["text"] == "a1"
    batches = list(build(dataset, num_workers, keep_keys=["image"], batch_size=2))
    assert [batch["texts"] for batch in batches] == [["a1", "a2"], ["a3", "b1"], ["b2"]]
    assert batches[1]["image"].tolist() == [list(b"A3"), list(b"B1")]


def test_a_signal_while_a_worker_starts_does_not_end_it(monkeypatch):
    """A launcher's goes to the whole group; until a worker ignores it, Paddle's own handler would end it."""

    def started(worker_id):
        os.kill(os.getpid(), signal.SIGTERM)
        start_worker(worker_id)

    monkeypatch.setattr(loader_module, "start_worker", started)
    batches = list(build(Numbers(6), num_workers=2))
    assert [index for batch in batches for index in batch["indices"]] == list(range(6))
