"""Several processes read: all words, in order; their messages, faults and times arrive; none outlives the reading."""

import logging
import multiprocessing
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from ppocr_rare.engine.read.processes import read_with_processes
from ppocr_rare.engine.read.stage_times import StageTimes
from ppocr_rare.errors import ConfigError, RareError

PATHS = [str(number) for number in range(150)]


class Recognizer:
    """Gives the path and the process that read it."""

    def __init__(self, times):
        self.times = times

    def iterate(self, paths):
        logging.getLogger("ppocr_rare.fake").warning("each process says this")
        for path in paths:
            if path == "die":
                os._exit(1)
            if self.times:
                with self.times.stage("inference"):
                    time.sleep(0.001)
            yield SimpleNamespace(text=path, process=os.getpid())


def refuse(times):
    raise ConfigError("no such model")


def test_words_come_in_order_from_more_than_one_process(caplog):
    words = list(read_with_processes(PATHS, 3, Recognizer))
    assert [word.text for word in words] == PATHS
    assert os.getpid() not in {word.process for word in words}
    assert caplog.messages == ["each process says this"]
    assert multiprocessing.active_children() == []


def test_times_of_all_processes_are_added():
    times = StageTimes()
    list(read_with_processes(PATHS[:20], 2, Recognizer, times))
    assert times.seconds["inference"] >= 0.02 and times.seconds["preprocess"] == 0


def test_a_fault_of_the_model_arrives_as_it_is():
    with pytest.raises(ConfigError, match="^no such model$"):
        list(read_with_processes(PATHS, 2, refuse))


def test_a_process_that_dies_is_told():
    with pytest.raises(RareError, match="a reading process has died"):
        list(read_with_processes([*PATHS, "die"], 2, Recognizer))


def test_who_stops_fetching_stops_the_reading():
    words = read_with_processes(PATHS * 50, 2, Recognizer)
    next(words)
    words.close()
    assert multiprocessing.active_children() == []


def test_processes_end_with_one_that_is_killed():
    code = (
        "import os; from test_processes import Recognizer, PATHS\n"
        "from ppocr_rare.engine.read.processes import read_with_processes\n"
        "print(next(read_with_processes(PATHS, 1, Recognizer)).process, flush=True); os.kill(os.getpid(), 9)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path])}
    # The process that reads holds stdout, too: that it can be read to its end says that both have ended.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=100)
    assert done.returncode == -9, done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
