"""Optimizers: those of Paddle, with the arguments that a configuration may set.

All keep Paddle's rules: gradients are clipped first, then the regularizer is added; a parameter's own learning-rate
factor (``ParamAttr(learning_rate=...)``) scales its rate, and its own regularizer takes the place of the optimizer's.

Run-time arguments of all of them:
    learning_rate: schedule that the training steps once after each batch, or a number.
    regularizer: L1 or L2, or None.
    grad_clip: what ``gradient_clip`` gave.
    parameters: names in the model, and parameters; those that are not trainable are left alone.

Source: PaddleOCR 2.8.1, optimizer/optimizer.py, classes of the same names.
"""

from collections.abc import Mapping
from typing import TypeAlias

from paddle import Tensor, nn, optimizer
from paddle.optimizer.lr import LRScheduler

from ppocr_rare.errors import ConfigError
from ppocr_rare.optimizer.regularizer import L1, L2

Rate: TypeAlias = LRScheduler | float
Regularizer: TypeAlias = L1 | L2 | None
Clip: TypeAlias = nn.ClipGradByNorm | nn.ClipGradByGlobalNorm | None
Parameters = Mapping[str, Tensor]


def gradient_clip(clip_norm: float | None = None, clip_norm_global: float | None = None) -> Clip:
    """Returns what scales gradients down that are too long, or None.

    Args:
        clip_norm: largest norm of the gradient of one parameter.
        clip_norm_global: largest norm of all gradients taken together.

    Raises:
        ConfigError: both are given.
    """
    if clip_norm is not None and clip_norm_global is not None:
        raise ConfigError("clip_norm and clip_norm_global exclude each other")
    if clip_norm is not None:
        return nn.ClipGradByNorm(clip_norm)
    return None if clip_norm_global is None else nn.ClipGradByGlobalNorm(clip_norm_global)


def _shared(learning_rate: Rate, regularizer: Regularizer, grad_clip: Clip, parameters: Parameters) -> dict:
    """What every optimizer of Paddle takes."""
    trainable = [parameter for parameter in parameters.values() if parameter.trainable]
    if not trainable:
        raise ConfigError("there is nothing to train: every parameter is frozen")
    # A factor of 0, which configurations write for "none", would cost a pass over all parameters at each step.
    decay = regularizer if regularizer is not None and regularizer.factor else None
    return {"learning_rate": learning_rate, "weight_decay": decay, "grad_clip": grad_clip, "parameters": trainable}


class Adam(optimizer.Adam):
    """Adam. The regularizer's term is part of the gradient, and so of both moments; AdamW decouples it.

    Args:
        beta1: decay of the first moment, in [0, 1).
        beta2: decay of the second moment, in [0, 1).
        epsilon: added to the root of the second moment.
        lazy_mode: update only the rows that a sparse gradient holds.
    """

    def __init__(
        self,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        lazy_mode: bool = False,
        *,
        learning_rate: Rate,
        regularizer: Regularizer = None,
        grad_clip: Clip = None,
        parameters: Parameters,
    ):
        shared = _shared(learning_rate, regularizer, grad_clip, parameters)
        super().__init__(beta1=beta1, beta2=beta2, epsilon=epsilon, lazy_mode=lazy_mode, **shared)


class AdamW(optimizer.AdamW):
    """Adam with decoupled weight decay: beside its step, a parameter loses rate * factor of itself.

    The factor is that of the regularizer, which must be L2, or 0.01 without one.

    Args:
        beta1: decay of the first moment, in [0, 1).
        beta2: decay of the second moment, in [0, 1).
        epsilon: added to the root of the second moment.
        lazy_mode: update only the rows that a sparse gradient holds.
        multi_precision: keep a float32 copy of half-precision parameters, and update that.
        no_weight_decay_name: words, separated by spaces; a parameter whose name holds one of them does not decay.
        one_dim_param_no_weight_decay: parameters of one dimension (biases, scales) do not decay.
    """

    def __init__(
        self,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        lazy_mode: bool = False,
        multi_precision: bool = False,
        no_weight_decay_name: str | None = None,
        one_dim_param_no_weight_decay: bool = False,
        *,
        learning_rate: Rate,
        regularizer: Regularizer = None,
        grad_clip: Clip = None,
        parameters: Parameters,
    ):
        if isinstance(regularizer, L1):
            raise ConfigError("AdamW decays weights by L2 alone, not by L1")
        words = (no_weight_decay_name or "").split()
        spared = {
            parameter.name
            for name, parameter in parameters.items()
            if any(word in name for word in words) or (one_dim_param_no_weight_decay and len(parameter.shape) == 1)
        }
        shared = _shared(learning_rate, None, grad_clip, parameters)
        shared["weight_decay"] = 0.01 if regularizer is None else regularizer.factor
        super().__init__(
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            lazy_mode=lazy_mode,
            multi_precision=multi_precision,
            apply_decay_param_fun=lambda name: name not in spared,
            **shared,
        )


class Momentum(optimizer.Momentum):
    """Gradient descent with a velocity.

    Args:
        momentum: share of the velocity that is kept.
    """

    def __init__(
        self,
        momentum: float,
        *,
        learning_rate: Rate,
        regularizer: Regularizer = None,
        grad_clip: Clip = None,
        parameters: Parameters,
    ):
        super().__init__(momentum=momentum, **_shared(learning_rate, regularizer, grad_clip, parameters))


class RMSProp(optimizer.RMSProp):
    """Gradient descent with each gradient divided by the root of its mean square.

    Args:
        momentum: share of the velocity that is kept.
        rho: decay of the mean square.
        epsilon: added to the mean square under the root.
    """

    def __init__(
        self,
        momentum: float = 0.0,
        rho: float = 0.95,
        epsilon: float = 1e-6,
        *,
        learning_rate: Rate,
        regularizer: Regularizer = None,
        grad_clip: Clip = None,
        parameters: Parameters,
    ):
        shared = _shared(learning_rate, regularizer, grad_clip, parameters)
        super().__init__(momentum=momentum, rho=rho, epsilon=epsilon, **shared)


class Adadelta(optimizer.Adadelta):
    """RMSProp with the step scaled by the root of the mean square of past steps.

    Args:
        rho: decay of both mean squares.
        epsilon: added to both mean squares under the root.
    """

    def __init__(
        self,
        rho: float = 0.95,
        epsilon: float = 1e-8,
        *,
        learning_rate: Rate,
        regularizer: Regularizer = None,
        grad_clip: Clip = None,
        parameters: Parameters,
    ):
        super().__init__(rho=rho, epsilon=epsilon, **_shared(learning_rate, regularizer, grad_clip, parameters))
