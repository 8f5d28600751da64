import math
import warnings

import pytest
from paddle.optimizer import lr

from ppocr_rare.errors import ConfigError
from ppocr_rare.optimizer import (
    Const,
    Cosine,
    CyclicalCosine,
    Linear,
    MultiStepDecay,
    OneCycle,
    Piecewise,
    Step,
    TwoStepCosine,
)

TEN = {"steps_per_epoch": 10}
WHOLE = {"steps_per_epoch": 10, "epochs": 6}


def rates(schedule, count: int) -> list[float]:
    values = []
    for _ in range(count):
        values.append(schedule())
        schedule.step()
    return values


def test_warm_up_climbs_from_zero_and_the_decay_follows():
    assert rates(Piecewise([1], [0.8, 0.1], 0.4, **TEN), 15)[:5] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    # 4 steps of warm-up, then 10 of the first value
    assert rates(Piecewise([1], [0.8, 0.1], 0.4, **TEN), 15)[13:] == [0.8, 0.1]


@pytest.mark.parametrize(("epochs", "steps"), [(0, 0), (0.04, 0), (0.05, 0), (0.15, 2), (0.25, 2), (0.26, 3), (2, 20)])
def test_warm_up_is_rounded_to_steps_as_python_rounds(epochs, steps):
    assert Const(0.1, epochs, **TEN).warmup_steps == steps


def test_known_rates():
    assert rates(Const(0.3, **TEN), 3) == [0.3] * 3
    assert rates(Linear(1.0, 0.2, 2.0, steps_per_epoch=2, epochs=2), 6) == pytest.approx(
        [1, 0.2 + 0.8 * 0.5625, 0.4, 0.25, 0.2, 0.2]
    )
    assert rates(Cosine(1.0, steps_per_epoch=2, epochs=2), 5) == pytest.approx(
        [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0]
    )
    assert rates(CyclicalCosine(1.0, 0.4, **TEN), 6) == pytest.approx(
        [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 1, (1 + math.sqrt(0.5)) / 2]
    )
    assert rates(Step(1.0, 2, 0.5, steps_per_epoch=1), 5) == [1, 1, 0.5, 0.5, 0.25]
    assert rates(MultiStepDecay(1.0, [1, 3], 0.5, steps_per_epoch=1), 5) == [1, 0.5, 0.5, 0.25, 0.25]
    assert rates(Piecewise([1, 3], [3.0, 7.0, 2.0], steps_per_epoch=1), 5) == [3, 7, 7, 2, 2]


def test_one_cycle_has_its_corners_at_three_tenths():
    straight = rates(OneCycle(0.025, "linear", steps_per_epoch=10, epochs=1), 12)
    # up from 0.001 over steps 0 to 2, down to 1e-7 over steps 2 to 9, and there it stays
    assert straight[:3] == pytest.approx([0.001, 0.013, 0.025])
    assert straight[9:] == pytest.approx([1e-7] * 3)
    assert straight[3] - straight[2] == pytest.approx((1e-7 - 0.025) / 7)
    curved = rates(OneCycle(0.025, steps_per_epoch=10, epochs=1), 10)
    assert [curved[step] for step in (0, 1, 2, 9)] == pytest.approx([0.001, 0.013, 0.025, 1e-7])
    three = rates(OneCycle(0.025, "linear", True, steps_per_epoch=10, epochs=1), 10)
    assert [three[step] for step in (0, 2, 3, 4, 9)] == pytest.approx([0.001, 0.025, 0.013, 0.001, 1e-7])


def test_two_step_cosine_leaves_its_first_curve_at_epoch_200():
    values = rates(TwoStepCosine(1.0, steps_per_epoch=1, epochs=400), 400)
    assert values[100] == pytest.approx(0.5)
    assert values[200] == pytest.approx(0)
    assert values[201] == pytest.approx((1 + math.cos(math.pi * 201 / 400)) / 2)
    assert rates(TwoStepCosine(1.0, 3, steps_per_epoch=1, epochs=400), 400)[3:] == values[:397]


@pytest.mark.parametrize("warmup", [0, 3])
@pytest.mark.parametrize(
    ("ours", "paddles"),
    [
        (lambda w: Linear(0.1, 0.01, 1.7, w, **WHOLE), lr.PolynomialDecay(0.1, 60, 0.01, 1.7)),
        (lambda w: Cosine(0.1, w, **WHOLE), lr.CosineAnnealingDecay(0.1, 60)),
        (lambda w: Step(0.1, 2, 0.3, w, **TEN), lr.StepDecay(0.1, 20, 0.3)),
        (lambda w: MultiStepDecay(0.1, [1, 4], 0.3, w, **TEN), lr.MultiStepDecay(0.1, [10, 40], 0.3)),
        (lambda w: Piecewise([1, 4], [0.1, 0.2, 0.05], w, **TEN), lr.PiecewiseDecay([10, 40], [0.1, 0.2, 0.05])),
    ],
)
def test_paddles_own_schedules_agree(ours, paddles, warmup):
    """Beyond the end of the training too."""
    paddles.step(0)
    if warmup:
        paddles = lr.LinearWarmup(paddles, warmup * 10, 0.0, 0.1)
    assert rates(ours(warmup), 150) == pytest.approx(rates(paddles, 150), rel=1e-9, abs=1e-15)


ALL = {
    "Const": lambda: Const(0.1, 0.3, **TEN),
    "Linear": lambda: Linear(0.1, warmup_epoch=0.3, **WHOLE),
    "Cosine": lambda: Cosine(0.1, 0.3, **WHOLE),
    "TwoStepCosine": lambda: TwoStepCosine(0.1, 0.3, **WHOLE),
    "CyclicalCosine": lambda: CyclicalCosine(0.1, 0.7, 0.3, **TEN),
    "Step": lambda: Step(0.1, 1, 0.3, 0.3, **TEN),
    "MultiStepDecay": lambda: MultiStepDecay(0.1, [1, 2], 0.3, 0.3, **TEN),
    "Piecewise": lambda: Piecewise([1, 2], [0.1, 0.2, 0.3], 0.3, **TEN),
    "OneCycle": lambda: OneCycle(0.1, warmup_epoch=0.3, **WHOLE),
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("stop", [1, 3, 17])
def test_a_restored_schedule_goes_on_bit_for_bit(name, stop):
    expected = rates(ALL[name](), 40)
    first, second = ALL[name](), ALL[name]()
    rates(first, stop)
    second.set_state_dict(first.state_dict())
    assert rates(second, 40 - stop) == expected[stop:]


def test_the_state_that_paddleocr_saves_is_read():
    theirs = lr.LinearWarmup(lr.CosineAnnealingDecay(0.1, 60), 3, 0.0, 0.1)
    rates(theirs, 20)
    ours = Cosine(0.1, 0.3, **WHOLE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Paddle: the inner schedule's state is not used
        ours.set_state_dict(theirs.state_dict())
    assert rates(ours, 20) == pytest.approx(rates(theirs, 20), rel=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Const(-0.1, **TEN), "the learning rate must be at least 0, got -0.1"),
        (lambda: Const(0.1, -1, **TEN), "warmup_epoch must be at least 0, got -1"),
        (lambda: Linear(0.1, -1.0, **WHOLE), "end_lr must be at least 0"),
        (lambda: Linear(0.1, power=0.0, **WHOLE), "power must be more than 0"),
        (lambda: CyclicalCosine(0.1, 0.04, **TEN), "cycle must be at least one step, got 0.04 epochs of 10"),
        (lambda: Step(0.1, 0, **TEN), "step_size must be at least 1"),
        (lambda: Step(0.1, 1, 1.0, **TEN), "gamma must be at least 0 and less than 1, got 1.0"),
        (lambda: MultiStepDecay(0.1, [2, 2], **TEN), r"milestones must ascend, got \[2, 2\]"),
        (lambda: MultiStepDecay(0.1, [], **TEN), "milestones must not be empty"),
        (lambda: MultiStepDecay(0.1, [2], -0.1, **TEN), "gamma must be"),
        (lambda: Piecewise([2, 4], [0.1, 0.2], **TEN), "values must hold one more than decay_epochs, got 2 and 2"),
        (lambda: Piecewise([2], [0.1, -0.2], **TEN), "values must be at least 0"),
        (lambda: OneCycle(-0.1, **WHOLE), "the learning rate must be at least 0"),
    ],
)
def test_values_out_of_range(make, message):
    with pytest.raises(ConfigError, match=f"^{message}"):
        make()
