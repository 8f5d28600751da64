"""The times of the stages: what is added up, and the lines that tell them."""

import numpy as np
import pytest

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.engine.read.stage_times import StageTimes
from ppocr_rare.postprocess import AttnLabelDecode


class Backend:
    """Says "ba" for every image."""

    image_shape, num_at_once = (3, 32, 100), 1

    def __call__(self, images):
        return [0.1 + 0.6 * np.eye(4, dtype=np.float32)[[[2, 1, 3]] * len(images)]]

    run_beside = __call__


@pytest.fixture
def clock(monkeypatch):
    """Each look at the clock is a second later."""
    seconds = iter(range(1000))
    monkeypatch.setattr("ppocr_rare.engine.read.stage_times.time.perf_counter", lambda: next(seconds))


def test_each_stage_is_timed_and_gives_what_it_gave(clock):
    times = StageTimes()
    decoder = AttnLabelDecode(temperature=2.0, score="product", charset=Charset("ab"))
    model = times.watch(LoadedModel([str.lower, str.strip], Backend(), decoder))
    assert [operator(" A") for operator in model.operators] == [" a", "A"]
    for run in (model.backend, model.backend.run_beside):
        probabilities = run(np.zeros((2, 3, 32, 100)))[0]
    words = model.post_process.decode_words(probabilities)
    assert [word.text for word in words] == ["ba", "ba"] and words == decoder.decode_words(probabilities)
    assert times.seconds == {"preprocess": 2, "inference": 2, "postprocess": 1}
    assert times.report(2, 5, "rec_rare", "fp32", 6)[1:] == [
        "Data info: batch_size: 6, input_shape: 3,32,100, data_num: 2",
        "Perf info: total time spent(s): 5.0000, preprocess_time(ms): 1000.0000, inference_time(ms): 1000.0000, "
        "postprocess_time(ms): 500.0000",
    ]


def test_what_was_taken_is_added_elsewhere_and_gone(clock):
    times, others = StageTimes(), StageTimes()
    with others.stage("inference"):
        others.input_shape = (3, 32, 100)
    for _ in range(2):
        times.add(*others.taken())
    assert times.seconds == {"preprocess": 0, "inference": 1, "postprocess": 0}
    assert times.input_shape == (3, 32, 100)
