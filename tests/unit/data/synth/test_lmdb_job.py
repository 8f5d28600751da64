import json
import multiprocessing
import os
import threading
import time

import lmdb
import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.synth import lmdb_job
from ppocr_rare.data.synth.lmdb_job import FIDUCIALS_KEY, SynthJob
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.errors import DataError


@pytest.fixture(scope="module")
def synthesizer():
    return WordSynthesizer(Charset.from_file(None), ["shipped"])


class Stopped(Exception):
    """Stands for whatever ends a run."""


@pytest.fixture
def write_here(monkeypatch):
    """``write_here(job, folder, stop_after)`` writes in this process, in parts of 10, and may be stopped in between."""
    monkeypatch.setattr(lmdb_job, "_PART_SAMPLES", 10)

    def write(job, folder, stop_after=None):
        rendered = []

        class Pool:
            def __init__(self, num_workers, context, start, arguments):
                self.job, self.parts = arguments

            def __enter__(self):
                return self

            def __exit__(self, *_):
                pass

            def shutdown(self, cancel_futures):
                pass

            def map(self, work, numbers):
                for start in numbers:
                    if len(rendered) == stop_after:
                        raise Stopped
                    rendered.append(not (self.parts / f"{start:09d}").exists())
                    yield self.job.render_part(self.parts, start)

        with monkeypatch.context() as patch:
            patch.setattr(lmdb_job, "ProcessPoolExecutor", Pool)
            job.write(folder, 1)
        return rendered

    return write


def test_words_in_the_order_of_their_numbers(synthesizer, write_here, tmp_path):
    write_here(SynthJob(synthesizer, 23, seed=4), tmp_path / "x")
    dataset = LMDBDataSet(str(tmp_path / "x"))
    words = [synthesizer.draw((4, number)) for number in range(1, 24)]
    assert [(item["text"], item["image"]) for item in dataset] == [(word.text, word.encode()) for word in words]
    assert sorted(os.listdir(tmp_path)) == ["x", "x.synth.json"]
    settings = json.loads((tmp_path / "x.synth.json").read_text(encoding="utf-8"))
    assert (settings["num_samples"], settings["seed"], len(settings["fonts"])) == (23, 4, 8)


def test_an_interrupted_run_goes_on_and_ends_with_the_same_bytes(synthesizer, write_here, tmp_path):
    job = SynthJob(synthesizer, 35)
    assert write_here(job, tmp_path / "whole") == [True] * 4
    with pytest.raises(Stopped):
        write_here(job, tmp_path / "x", stop_after=2)
    assert sorted(os.listdir(tmp_path)) == [".x.parts", "whole", "whole.synth.json"]
    assert write_here(job, tmp_path / "x") == [False, False, True, True]
    assert (tmp_path / "x" / "data.mdb").read_bytes() == (tmp_path / "whole" / "data.mdb").read_bytes()
    assert not (tmp_path / ".x.parts").exists()


def test_another_run_does_not_take_up_an_interrupted_one(synthesizer, write_here, tmp_path):
    with pytest.raises(Stopped):
        write_here(SynthJob(synthesizer, 35), tmp_path / "x", stop_after=1)
    with pytest.raises(DataError, match=r"\.x\.parts holds an interrupted run with other settings"):
        write_here(SynthJob(synthesizer, 35, seed=1), tmp_path / "x")


def test_nothing_is_rendered_where_an_lmdb_is(synthesizer, write_here, tmp_path):
    write_here(SynthJob(synthesizer, 3), tmp_path / "x")
    with pytest.raises(DataError, match="not overwritten"):
        write_here(SynthJob(synthesizer, 4), tmp_path / "x")
    assert sorted(os.listdir(tmp_path)) == ["x", "x.synth.json"]


def test_fiducials_are_stored_where_they_are_asked_for(synthesizer, write_here, tmp_path):
    write_here(SynthJob(synthesizer, 12, keep_fiducials=True), tmp_path / "x")
    with lmdb.open(str(tmp_path / "x"), readonly=True, lock=False) as environment, environment.begin() as transaction:
        for number in range(1, 13):
            stored = np.frombuffer(transaction.get(FIDUCIALS_KEY % number), "<f4").reshape(20, 2)
            assert np.array_equal(stored, synthesizer.draw((0, number)).fiducials())
    assert len(LMDBDataSet(str(tmp_path / "x"))) == 12


def test_a_worker_that_dies_is_reported(synthesizer, tmp_path):
    """The worker is killed when it is at work: while it starts, multiprocessing itself would wait for it."""
    at_work = tmp_path / ".x.parts" / ".000000000.partial" / "data.mdb"

    def kill():
        while not at_work.exists():
            time.sleep(0.01)
        for process in multiprocessing.active_children():
            process.kill()

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    with pytest.raises(DataError, match="a process that renders has died"):
        SynthJob(synthesizer, 5000).write(tmp_path / "x", 1)
    assert os.listdir(tmp_path) == [".x.parts"]
