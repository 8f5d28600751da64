"""Learning-rate schedules: the rate of each batch as a function of the number of batches before it."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from paddle.optimizer.lr import LRScheduler

from ppocr_rare.errors import ConfigError


def _need(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _half_cosine(fraction: float) -> float:
    """From 1 at 0 down to 0 at 1, and on with period 2."""
    return (1 + math.cos(math.pi * fraction)) / 2


class Schedule(LRScheduler):
    """A line from 0 to the base rate, the warm-up, and then ``decay``, which starts at step 0 of its own.

    ``step()`` is to be called once after each batch. The rate depends on the number of steps alone, so that
    ``state_dict`` (``last_epoch``, which counts steps, and ``last_lr``) restores a schedule exactly.

    Args:
        base_rate: where the warm-up ends, at least 0.
        warmup_epoch: length of the warm-up in epochs; rounded to whole steps.
        steps_per_epoch: batches in one epoch.

    Raises:
        ConfigError: a value is out of its range; so do the constructors of all schedules.
    """

    def __init__(self, base_rate: float, warmup_epoch: float, steps_per_epoch: int):
        _need(base_rate >= 0, f"the learning rate must be at least 0, got {base_rate}")
        _need(warmup_epoch >= 0, f"warmup_epoch must be at least 0, got {warmup_epoch}")
        self.warmup_steps = round(warmup_epoch * steps_per_epoch)
        super().__init__(base_rate)

    def get_lr(self) -> float:
        """Rate of the batch that ``last_epoch`` batches came before."""
        if self.last_epoch < self.warmup_steps:
            return self.base_lr * self.last_epoch / self.warmup_steps
        return self.decay(self.last_epoch - self.warmup_steps)

    def decay(self, step: int) -> float:
        """Rate ``step`` batches after the warm-up."""
        raise NotImplementedError


class Const(Schedule):
    """The same rate for every batch.

    Source: PaddleOCR 2.8.1, optimizer/learning_rate.py, class of this name; so are the schedules below.
    """

    def __init__(self, learning_rate: float, warmup_epoch: float = 0.0, *, steps_per_epoch: int):
        super().__init__(learning_rate, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        return self.base_lr


class Linear(Schedule):
    """A polynomial from ``learning_rate`` down to ``end_lr`` over the whole training; a line with ``power`` 1."""

    def __init__(
        self,
        learning_rate: float,
        end_lr: float = 0.0,
        power: float = 1.0,
        warmup_epoch: float = 0.0,
        *,
        steps_per_epoch: int,
        epochs: int,
    ):
        _need(end_lr >= 0, f"end_lr must be at least 0, got {end_lr}")
        _need(power > 0, f"power must be more than 0, got {power}")
        self.end_lr, self.power = end_lr, power
        self.total_steps = steps_per_epoch * epochs
        super().__init__(learning_rate, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        remaining = 1 - min(step, self.total_steps) / self.total_steps
        return (self.base_lr - self.end_lr) * remaining**self.power + self.end_lr


class Cosine(Schedule):
    """Half a cosine from ``learning_rate`` to 0 over the whole training."""

    def __init__(self, learning_rate: float, warmup_epoch: float = 0.0, *, steps_per_epoch: int, epochs: int):
        self.total_steps = steps_per_epoch * epochs
        super().__init__(learning_rate, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        return self.base_lr * _half_cosine(step / self.total_steps)


class TwoStepCosine(Schedule):
    """Half a cosine to 0 over 200 epochs, whatever the length of the training; then one over the whole training.

    The second is entered where it stands by then, so that the rate jumps up. (PaddleOCR does that with a warm-up;
    without one its rate stays 0 from epoch 200 on, since it multiplies the last rate, which is 0.)
    """

    FIRST_EPOCHS = 200

    def __init__(self, learning_rate: float, warmup_epoch: float = 0.0, *, steps_per_epoch: int, epochs: int):
        self.first_steps = steps_per_epoch * self.FIRST_EPOCHS
        self.total_steps = steps_per_epoch * epochs
        super().__init__(learning_rate, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        period = self.first_steps if step <= self.first_steps else self.total_steps
        return self.base_lr * _half_cosine(step / period)


class CyclicalCosine(Schedule):
    """Half a cosine from ``learning_rate`` to 0, again and again, ``cycle`` epochs each."""

    def __init__(self, learning_rate: float, cycle: float, warmup_epoch: float = 0.0, *, steps_per_epoch: int):
        self.cycle_steps = round(cycle * steps_per_epoch)
        _need(self.cycle_steps >= 1, f"cycle must be at least one step, got {cycle} epochs of {steps_per_epoch}")
        super().__init__(learning_rate, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        return self.base_lr * _half_cosine(step % self.cycle_steps / self.cycle_steps)


class Step(Schedule):
    """``learning_rate`` times ``gamma``, once more after every ``step_size`` epochs."""

    def __init__(
        self,
        learning_rate: float,
        step_size: int,
        gamma: float = 0.1,
        warmup_epoch: float = 0.0,
        *,
        steps_per_epoch: int,
    ):
        _need(step_size >= 1, f"step_size must be at least 1, got {step_size}")
        _need(0 <= gamma < 1, f"gamma must be at least 0 and less than 1, got {gamma}")
        self.step_size, self.gamma = step_size * steps_per_epoch, gamma
        super().__init__(learning_rate, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        return self.base_lr * self.gamma ** (step // self.step_size)


class MultiStepDecay(Schedule):
    """``learning_rate`` times ``gamma``, once more at each of the epochs in ``milestones``."""

    def __init__(
        self,
        learning_rate: float,
        milestones: Sequence[float],
        gamma: float = 0.1,
        warmup_epoch: float = 0.0,
        *,
        steps_per_epoch: int,
    ):
        _need(0 <= gamma < 1, f"gamma must be at least 0 and less than 1, got {gamma}")
        self.milestones, self.gamma = _in_steps("milestones", milestones, steps_per_epoch), gamma
        super().__init__(learning_rate, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        return self.base_lr * self.gamma ** _count_passed(step, self.milestones)


class Piecewise(Schedule):
    """``values[0]`` up to epoch ``decay_epochs[0]``, then ``values[1]`` up to ``decay_epochs[1]``, and so on."""

    def __init__(
        self,
        decay_epochs: Sequence[float],
        values: Sequence[float],
        warmup_epoch: float = 0.0,
        *,
        steps_per_epoch: int,
    ):
        self.boundaries, self.values = _in_steps("decay_epochs", decay_epochs, steps_per_epoch), tuple(values)
        _need(
            len(values) == len(decay_epochs) + 1,
            f"values must hold one more than decay_epochs, got {len(values)} and {len(decay_epochs)}",
        )
        _need(min(values) >= 0, f"values must be at least 0, got {min(values)}")
        super().__init__(values[0], warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        return self.values[_count_passed(step, self.boundaries)]


class OneCycle(Schedule):
    """From ``max_lr`` / 25 up to ``max_lr`` over 3/10 of the training, and then down to ``max_lr`` / 250,000.

    With ``three_phase``, it goes down as fast as it came up to ``max_lr`` / 25, and from there to ``max_lr`` / 250,000.
    The warm-up goes to ``max_lr`` before all of it. Behind the end of the training the last rate stays.
    """

    def __init__(
        self,
        max_lr: float,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        three_phase: bool = False,
        warmup_epoch: float = 0.0,
        *,
        steps_per_epoch: int,
        epochs: int,
    ):
        total_steps = steps_per_epoch * epochs
        start, end = max_lr / 25, max_lr / 25 / 10_000
        up, down = 0.3 * total_steps - 1, 2 * 0.3 * total_steps - 2
        # (last step, rate at its begin, rate at its end) of each phase
        self.phases = [(up, start, max_lr), (total_steps - 1, max_lr, end)]
        if three_phase:
            self.phases[1:] = [(down, max_lr, start), (total_steps - 1, start, end)]
        self.is_linear = anneal_strategy == "linear"
        super().__init__(max_lr, warmup_epoch, steps_per_epoch)

    def decay(self, step: int) -> float:
        place = min(step, self.phases[-1][0])
        index = next(index for index, (last_step, _, _) in enumerate(self.phases) if place <= last_step)
        last_step, start, end = self.phases[index]
        first_step = self.phases[index - 1][0] if index else 0
        fraction = (place - first_step) / (last_step - first_step)
        return end + (start - end) * (1 - fraction if self.is_linear else _half_cosine(fraction))


def _in_steps(name: str, epochs: Sequence[float], steps_per_epoch: int) -> list[float]:
    _need(len(epochs) > 0, f"{name} must not be empty")
    _need(all(a < b for a, b in pairwise(epochs)), f"{name} must ascend, got {list(epochs)}")
    return [epoch * steps_per_epoch for epoch in epochs]


def _count_passed(step: int, boundaries: Sequence[float]) -> int:
    return sum(step >= boundary for boundary in boundaries)
