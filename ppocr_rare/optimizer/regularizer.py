"""Regularizers: what is added to every gradient that keeps its parameter small.

A parameter that has a regularizer of its own (``ParamAttr(regularizer=...)``) follows that one instead.
"""

from paddle.regularizer import L1Decay, L2Decay

from ppocr_rare.errors import ConfigError


def _checked(factor: float) -> float:
    if factor < 0:
        raise ConfigError(f"factor must be at least 0, got {factor}")
    return factor


class L1(L1Decay):
    """Adds ``factor * sign(parameter)`` to the gradient.

    Args:
        factor: at least 0.

    Source: PaddleOCR 2.8.1, optimizer/regularizer.py, L1Decay.
    """

    def __init__(self, factor: float = 0.0):
        super().__init__(_checked(factor))
        self.factor = factor


class L2(L2Decay):
    """Adds ``factor * parameter`` to the gradient.

    Args:
        factor: at least 0.

    Source: PaddleOCR 2.8.1, optimizer/regularizer.py, L2Decay.
    """

    def __init__(self, factor: float = 0.0):
        super().__init__(_checked(factor))
        self.factor = factor
