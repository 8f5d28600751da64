"""A dead localization network is found and said, by the doctor and in training."""

import logging

import numpy as np
import paddle
import pytest

from ppocr_rare.builder import build_model
from ppocr_rare.engine.doctor.findings import Skipped
from ppocr_rare.engine.doctor.rectifier import check_rectifier, warn_if_dead
from ppocr_rare.engine.doctor.words import take_survey


@pytest.fixture
def case(make_case, make_words):
    case = make_case()
    case.surveys["Train"] = take_survey(make_words(["of", "", "words"]), case.charset)
    case.model = build_model(case.config)
    return case


def kill(model):
    bias = model.transform.loc_net.fc1.bias
    bias.set_value(np.full(bias.shape, -9.0, np.float32))


def test_the_doctor_says_it(case):
    (finding,) = check_rectifier(case)
    assert (finding.level, finding.subject) == ("ok", "rectifier")
    kill(case.model)
    (finding,) = check_rectifier(case)
    assert finding.level == "note" and "dead" in finding.message and "keep_alive=True" in finding.message
    case.model.transform = None
    assert [*check_rectifier(case)] == []


def test_without_images_nothing_is_said(case):
    case.surveys.clear()
    with pytest.raises(Skipped, match="no image"):
        [*check_rectifier(case)]


def test_training_warns(case, caplog):
    images = paddle.rand([3, 3, 32, 100])
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        warn_if_dead(paddle.nn.Linear(2, 2), images)
        warn_if_dead(case.model, images)
        assert caplog.records == []
        kill(case.model)
        warn_if_dead(case.model, images)
    assert "the localization network is dead" in caplog.text
