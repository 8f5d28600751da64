"""Number types of a training step: float32, or mixed with float16 or bfloat16."""

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import paddle
from paddle import nn

logger = logging.getLogger(__name__)


class Precision:
    """Runs forward passes and updates in float32 or mixed precision; the caller's code is the same.

    Args:
        is_mixed: mixed precision (AMP); needs a GPU, and a warning says so where there is none.
        level: "O1": operators on Paddle's list compute in ``dtype``; "O2": all but a list do, and weights are held in
            ``dtype``, of which the optimizer keeps float32 copies.
        dtype: "float16" or "bfloat16".
        loss_scale: the loss is multiplied by it before the backward pass, so that small gradients survive float16.
        is_dynamic: the scale is adjusted while training.
        black_list: operators that stay in float32.
        white_list: operators that compute in ``dtype``.
    """

    def __init__(
        self,
        is_mixed: bool = False,
        level: str = "O2",
        dtype: str = "float16",
        loss_scale: float = 1.0,
        is_dynamic: bool = False,
        black_list: tuple[str, ...] = (),
        white_list: tuple[str, ...] = (),
    ):
        if is_mixed and paddle.get_device() == "cpu":  # where Paddle's autocast does nothing, silently
            logger.warning("use_amp needs a GPU: training in float32")
            is_mixed = False
        self.is_mixed = is_mixed
        self.level = level
        self.dtype = dtype
        self.lists = {"custom_black_list": list(black_list) or None, "custom_white_list": list(white_list) or None}
        self.scaler = None
        if is_mixed and dtype == "float16":
            self.scaler = paddle.amp.GradScaler(init_loss_scaling=loss_scale, use_dynamic_loss_scaling=is_dynamic)

    def prepare(
        self, model: nn.Layer, optimizer: paddle.optimizer.Optimizer
    ) -> tuple[nn.Layer, paddle.optimizer.Optimizer]:
        """Model and optimizer as this precision wants them; what the model gives is float32 in any case."""
        if self.is_mixed:
            model.register_forward_post_hook(lambda layer, inputs, output: _as_float32(output))
        if self.is_mixed and self.level == "O2":
            return paddle.amp.decorate(model, optimizer, level="O2", dtype=self.dtype, master_weight=True)
        return model, optimizer

    def autocast(self) -> AbstractContextManager:
        """Context of a forward pass, in training and in evaluation: at O2 the weights fit no float32 images."""
        if not self.is_mixed:
            return nullcontext()
        return paddle.amp.auto_cast(level=self.level, dtype=self.dtype, **self.lists)

    def backward(self, loss: paddle.Tensor) -> None:
        """Adds the gradients of a loss to those that are there."""
        (self.scaler.scale(loss) if self.scaler else loss).backward()

    def update(self, optimizer: paddle.optimizer.Optimizer) -> bool:
        """One step of the optimizer, after which there are no gradients.

        Returns:
            Whether the weights were updated: scaled gradients may not fit into float16. All ranks are told the same,
            for the gradients have been added up over them. They are unscaled before the optimizer clips them.
        """
        is_done = True
        if self.scaler:
            self.scaler.step(optimizer)
            is_done = not bool(self.scaler._found_inf)  # Paddle has no public name for it
            self.scaler.update()
        else:
            optimizer.step()
        optimizer.clear_grad()
        return is_done

    def state(self) -> dict:
        """State of the loss scaling; empty without it."""
        return {name: _plain(value) for name, value in self.scaler.state_dict().items()} if self.scaler else {}

    def set_state(self, state: dict) -> None:
        """Goes on from what ``state`` gave."""
        if self.scaler and state:
            scale = np.asarray(state["scale"], np.float32)
            self.scaler.load_state_dict({**state, "scale": scale})


def _as_float32(output: Any) -> Any:
    """A tensor, or a named tuple of tensors and None, in float32."""
    if isinstance(output, tuple):
        return type(output)(*map(_as_float32, output))
    return output if output is None else output.astype("float32")


def _plain(value: Any) -> Any:
    return np.asarray(value) if hasattr(value, "shape") else value
