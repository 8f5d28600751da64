"""A worker reads within its bounds, and what goes wrong with one image stays with it."""

import logging
import os

import cv2
import pyarrow
import pytest
from batch_words import demo_words, read_rows, write_parquet
from pyarrow import fs

from ppocr_rare.engine.batch import worker as worker_module
from ppocr_rare.engine.batch.inputs import Source, examine, list_input
from ppocr_rare.engine.batch.messages import Done, Failed, Job, Reading, Ready, Task
from ppocr_rare.engine.batch.model import Model
from ppocr_rare.engine.batch.places import Place
from ppocr_rare.engine.batch.shards import cut
from ppocr_rare.engine.batch.worker import Worker, _ranges
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.engine.read.recognizer import TextRecognizer

READING = {"min_score": 0.0, "rotate_tall": True, "views": 1}


@pytest.fixture
def made(tmp_path):
    """``made()`` gives a worker on the files of ``in/``, and their shard; this process stays as it was."""
    logger, threads, cores = logging.getLogger("ppocr_rare"), cv2.getNumThreads(), pyarrow.cpu_count()
    before = logger.handlers[:], logger.level, logger.propagate, os.environ.get("OMP_NUM_THREADS")

    def made():
        (tmp_path / "out").mkdir(exist_ok=True)
        system, kind, files = list_input([str(tmp_path / "in")])
        source = Source(system, kind, key="key")
        job = Job(source, Place(fs.LocalFileSystem(), str(tmp_path / "out")), Model.found(None, None), READING)
        (shard,) = cut(examine(files, source))
        return Worker(job), shard

    yield made
    logger.handlers[:], logger.level, logger.propagate = before[:3]
    cv2.setNumThreads(threads)
    pyarrow.set_cpu_count(cores)
    os.environ.pop("OMP_NUM_THREADS")
    if before[3] is not None:
        os.environ["OMP_NUM_THREADS"] = before[3]


class StandIn:
    """Reads any bytes as their length; ``b"bug"`` is a fault of ours."""

    def __init__(self):
        self.calls = []

    def iterate(self, files):
        self.calls.append(len(files))
        for file in files:
            if file == b"bug":
                raise ZeroDivisionError("a bug")
            yield RecognizedWord(str(len(file)), 1.0, (1.0,))


@pytest.fixture
def acted(made, tmp_path):
    """As ``made``, with a stand-in for the model, of the images that are given."""

    def acted(images):
        write_parquet(tmp_path / "in" / "a.parquet", images)
        worker, shard = made()
        worker._recognizer = StandIn()
        return worker, shard

    return acted


def test_a_shard_is_read_as_the_recogniser_reads_its_images(made, tmp_path):
    images = [*demo_words(12), b"not an image", None]
    write_parquet(tmp_path / "in" / "a.parquet", images)
    worker, shard = made()
    assert list(worker.start()) == [Ready()]
    *reading, done = worker.read(Task(shard))
    assert reading == [Reading((0, 14), 0)]
    assert (done.tally.rows, done.tally.errors) == (14, {"not an image": 1, "no image": 1})
    rows = read_rows(tmp_path / "out")
    alone = TextRecognizer.from_pretrained(views=1)(images[:13])
    for number, word in enumerate(alone):
        row = rows[f"a-{number}"]
        assert (row["text"], row["error"]) == (word.text, word.error)
        assert row["score"] == pytest.approx(word.score, abs=1e-4)
        assert row["char_scores"] == pytest.approx(word.char_scores, abs=1e-4)


def test_what_is_held_at_once_is_bounded_by_rows_and_by_bytes(acted, monkeypatch):
    monkeypatch.setattr(worker_module, "FLIGHT_ROWS", 10)
    monkeypatch.setattr(worker_module, "FLIGHT_BYTES", 1000)
    worker, shard = acted([*[b"x"] * 25, *[b"y" * 400] * 7])
    *reading, done = worker.read(Task(shard))
    assert worker._recognizer.calls == [10, 10, 8, 3, 1]  # 5 small ones and 3 large ones have over 1000 bytes
    assert [message.rows for message in reading] == [(0, 10), (10, 20), (20, 30), (28, 32), (31, 32)]
    assert [message.num_done for message in reading] == [0, 10, 20, 28, 31] and done.tally.rows == 32


def test_a_fault_of_ours_costs_the_image_alone(acted, tmp_path):
    worker, shard = acted([b"xx", b"bug", b"xxx"])
    assert list(worker.read(Task(shard)))[-1].tally.errors == {"fault in reading": 1}
    rows = read_rows(tmp_path / "out")
    assert [rows[f"a-{number}"]["text"] for number in range(3)] == ["2", "", "3"]
    assert rows["a-1"]["error"] == "fault in reading: ZeroDivisionError: a bug"


def test_poisoned_rows_are_not_looked_at_and_keep_their_keys(acted, tmp_path):
    worker, shard = acted([b"x"] * 100)
    reading = list(worker.read(Task(shard, suspect=(40, 50), poisoned=(7, 99))))[:-1]
    assert [message.rows for message in reading] == [(40, 45), (45, 50), (0, 7), (8, 40), (50, 99)]
    assert sum(worker._recognizer.calls) == 98
    rows = read_rows(tmp_path / "out")
    assert len(rows) == 100 and [key for key, row in rows.items() if row["error"]] == ["a-7", "a-99"]
    assert rows["a-7"]["error"] == "ended its worker: this row, or one beside it, time and again"


def test_ranges_hold_each_row_once():
    assert worker_module._runs((0, 1, 2, 5, 7, 8)) == [(0, 3), (5, 6), (7, 9)]
    for suspect, poisoned in ((None, ()), ((0, 10), ()), ((3, 4), (4, 5, 9)), ((5, 9), (0, 2, 9))):

        class Ten:
            num_rows = 10

        ranges = _ranges(Task(Ten, suspect, poisoned))
        rows = [row for start, stop in ranges for row in range(start, stop)]
        assert sorted([*rows, *poisoned]) == list(range(10))
        if suspect:
            assert rows[: suspect[1] - suspect[0]] == list(range(*suspect))


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), pyarrow.ArrowInvalid("upload failed")])
def test_a_part_that_cannot_be_written_ends_the_run_in_a_line(acted, monkeypatch, tmp_path, fault):
    worker, shard = acted([b"x"])

    def full(self, content):
        raise fault

    monkeypatch.setattr(Place, "write", full)
    failed = list(worker.read(Task(shard)))[-1]
    reason = getattr(fault, "strerror", None) or str(fault)
    store = Place(fs.SubTreeFileSystem("/", fs.LocalFileSystem()), str(tmp_path / "out"))
    worker._job = Job(worker._job.source, store, worker._job.model, READING)
    assert not list(worker.read(Task(shard)))[-1].is_final  # it may answer the next time
    assert failed.is_final and failed.reason.startswith(f"{tmp_path / 'out'} cannot be written: {reason}; mend that")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_changed_input_fails_the_shard(acted, tmp_path):
    worker, shard = acted([b"x"])
    (tmp_path / "in" / "a.parquet").unlink()
    (failed,) = [message for message in worker.read(Task(shard)) if isinstance(message, Failed)]
    assert "has changed since the input was listed" in failed.reason and not failed.is_final


def test_another_model_is_refused(made, tmp_path):
    write_parquet(tmp_path / "in" / "a.parquet", [b"x"])
    worker, _ = made()
    worker._job = Job(worker._job.source, worker._job.output, Model(None, None, "00"), READING)
    (failed,) = worker.start()
    assert failed.is_final and "is another model here than where the run began" in failed.reason


def test_warnings_reach_the_driver(acted):
    worker, shard = acted([b"bug"])
    said = [message for message in worker.read(Task(shard)) if not isinstance(message, (Reading, Done))]
    assert [(one.level, one.text) for one in said] == [
        (logging.WARNING, "an image could not be read: ZeroDivisionError: a bug")
    ]
