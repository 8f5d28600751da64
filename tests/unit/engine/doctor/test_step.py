"""The dry step, and figures that follow from it by hand."""

import math

import numpy as np
import paddle
import pytest

from ppocr_rare.engine.doctor import step
from ppocr_rare.engine.doctor.findings import DryStep, Skipped, Survey
from ppocr_rare.engine.doctor.words import take_survey
from ppocr_rare.utils.precision import Precision

MIB = 1 << 20


def only(findings):
    (finding,) = findings
    return finding


@pytest.fixture
def case(make_case, make_words):
    case = make_case("Train.loader.batch_size_per_card=64", "Global.epoch_num=10", "Train.loader.num_workers=0")
    case.surveys["Train"] = take_survey(make_words(["word", "", "of", "five", "letters"]), case.charset)
    return case


@pytest.fixture
def measured(case):
    """A case with a step that took round numbers, and 1000 samples of which one process reads 50 a second."""
    case.surveys["Train"] = Survey([None] * 1000, num_looked_at=100, seconds=2.0)
    case.memory_bytes = 800 * MIB
    case.step = DryStep(4, 12.0, 0.1, 10 * MIB, 9 * MIB, 18 * MIB, 40 * MIB)
    return case


def test_model_needs_the_dictionary(case):
    case.charset = None
    with pytest.raises(Skipped, match="dictionary"):
        [*step.check_model(case)]


def test_dry_step(case, monkeypatch):
    monkeypatch.setattr(step, "MAX_STEPS", 1)
    with pytest.raises(Skipped, match="model"):
        [*step.check_step(case)]
    finding = only(step.check_model(case))
    assert finding.message.endswith("38 classes")
    count = sum(math.prod(parameter.shape) for parameter in case.model.parameters())
    assert finding.message.startswith(f"{count / 1e6:.1f} million")
    assert only(step.check_step(case)).level == "ok"
    taken = case.step
    assert taken.num_images == 2 and taken.is_updated
    # A fresh model gives all of 38 classes nearly the same probability, at each of 25 steps.
    assert taken.loss == pytest.approx(2 * 25 * math.log(38), rel=0.1)
    trainable = sum(math.prod(p.shape) for p in case.model.parameters() if not p.stop_gradient)
    assert taken.gradient_bytes == 4 * trainable
    assert taken.optimizer_bytes == pytest.approx(8 * trainable, rel=0.02)  # Adam's two moments
    assert 4 * trainable <= taken.parameter_bytes < 5 * trainable
    assert taken.activation_bytes > 2 * 3 * 32 * 100 * 4  # more than the images themselves


def test_as_the_training_is_set(make_case, make_words, monkeypatch):
    """Teacher forcing gets its labels, and what is frozen has no gradients and no state of the optimizer."""
    monkeypatch.setattr(step, "MAX_STEPS", 1)
    case = make_case("Architecture.Head.teacher_forcing=True", "Global.freeze=[transform, backbone, neck]")
    case.surveys["Train"] = take_survey(make_words(["word"] * 4), case.charset)
    [*step.check_model(case), *step.check_step(case)]
    head = sum(math.prod(parameter.shape) for parameter in case.model.head.parameters())
    assert case.step.gradient_bytes == 4 * head
    assert case.step.optimizer_bytes == pytest.approx(8 * head, rel=0.02)


def test_loss_that_is_no_number(case, monkeypatch):
    monkeypatch.setattr(step, "MAX_STEPS", 1)
    [*step.check_model(case)]
    bias = case.model.head.generator.bias
    bias.set_value(np.full(bias.shape, np.nan, np.float32))
    finding = only(step.check_step(case))
    assert finding.level == "FAULT" and "the loss is nan" in finding.message
    assert case.step is None


def test_the_step_is_that_of_the_training(case, monkeypatch):
    """Built with the precision that the configuration asks for, and run as it is."""
    made, run = [], step.TrainStep.run

    def note(self, batches, number):
        made.append((self, number))
        return run(self, batches, number)

    monkeypatch.setattr(step.TrainStep, "run", note)
    monkeypatch.setattr(step, "MAX_STEPS", 2)
    precision = Precision()
    monkeypatch.setattr(step, "build_precision", lambda config: precision)
    [*step.check_model(case), *step.check_step(case)]
    (first, _), (second, _) = made
    assert first is second and [number for _, number in made] == [0, 1]
    assert first.precision is precision and first.network is case.model


def test_mixed_precision_without_a_gpu_is_told(make_case, make_words, monkeypatch, caplog):
    monkeypatch.setattr(step, "MAX_STEPS", 1)
    case = make_case("Global.use_amp=True")
    case.surveys["Train"] = take_survey(make_words(["word"] * 2), case.charset)
    [*step.check_model(case), *step.check_step(case)]
    assert [record.getMessage() for record in caplog.records] == ["use_amp needs a GPU: training in float32"]


@pytest.mark.parametrize(("is_dynamic", "level"), [(False, "FAULT"), (True, "note")])
def test_gradients_that_overflow(make_case, make_words, monkeypatch, is_dynamic, level):
    class Overflowing(Precision):
        def update(self, optimizer):
            optimizer.clear_grad()
            return False

    monkeypatch.setattr(step, "MAX_STEPS", 1)
    monkeypatch.setattr(step, "build_precision", lambda config: Overflowing())
    case = make_case(f"Global.use_dynamic_loss_scaling={is_dynamic}", "Global.scale_loss=1e9")
    case.surveys["Train"] = take_survey(make_words(["word"] * 2), case.charset)
    [*step.check_model(case)]
    taken, overflow = step.check_step(case)
    assert taken.level == "ok" and not case.step.is_updated
    assert (overflow.level, overflow.subject) == (level, "precision") and "float16" in overflow.message


def test_state_within_the_state_of_an_optimizer():
    one, two = paddle.zeros([1]), paddle.zeros([2])
    state = {"moment": one, "master_weights": {"weight": two}, "LR_Scheduler": {"last_lr": 0.1}}
    assert [*step._tensors(state)] == [one, two]


def test_no_sample_to_learn_from(case):
    [*step.check_model(case)]
    case.surveys["Train"].usable.clear()
    with pytest.raises(Skipped, match="no training sample"):
        [*step.check_step(case)]


def test_memory(measured):
    finding = only(step.check_memory(measured))
    assert finding.level == "ok" and "677 MiB of 800 MiB" in finding.message  # 10 + 9 + 18 + 16 x 40
    assert finding.details[0] == "parameters 10 MiB, gradients 9 MiB, optimizer 18 MiB, activations 640 MiB"
    measured.memory_bytes = 750 * MIB
    finding = only(step.check_memory(measured))
    assert finding.level == "note" and "batch_size_per_card" in finding.message
    measured.memory_bytes = None
    assert only(step.check_memory(measured)).level == "ok"


def test_speed_of_the_model(measured):
    finding = only(step.check_speed(measured))  # 40 images/s, 1000 samples, 10 epochs
    assert finding.level == "ok"
    assert finding.message == "40 images/s: 25 s an epoch, 4 min for 10 epochs, evaluation aside"


def test_speed_of_the_loader(measured):
    measured.surveys["Train"].seconds = 20.0  # 5 a second
    finding = only(step.check_speed(measured))
    assert finding.level == "note"
    assert finding.message.startswith("5.0 images/s: 3 min an epoch, 33 min for 10") and "take 40" in finding.message


@pytest.mark.parametrize("check", [step.check_memory, step.check_speed])
def test_without_a_step(case, check):
    with pytest.raises(Skipped, match="no dry step"):
        [*check(case)]
