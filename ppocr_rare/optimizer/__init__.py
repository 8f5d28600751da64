"""Optimizers, learning-rate schedules and regularizers."""

from ppocr_rare.optimizer.learning_rate import (
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
from ppocr_rare.optimizer.optimizer import Adadelta, Adam, AdamW, Momentum, RMSProp
from ppocr_rare.optimizer.regularizer import L1, L2
from ppocr_rare.registry import OPTIMIZERS, REGULARIZERS, SCHEDULES

OPTIMIZERS.register(Adadelta)
OPTIMIZERS.register(Adam)
OPTIMIZERS.register(AdamW)
OPTIMIZERS.register(Momentum)
OPTIMIZERS.register(RMSProp)

SCHEDULES.register(Const)
SCHEDULES.register(Cosine)
SCHEDULES.register(CyclicalCosine)
SCHEDULES.register(Linear)
SCHEDULES.register(MultiStepDecay)
SCHEDULES.register(OneCycle)
SCHEDULES.register(Piecewise)
SCHEDULES.register(Step)
SCHEDULES.register(TwoStepCosine)

REGULARIZERS.register(L1)
REGULARIZERS.register(L2)
