"""An average of the weights over the training, which reads better than the weights of any one step."""

import contextlib
import os
from collections.abc import Iterator, Sequence

import numpy as np
import paddle
from paddle import nn

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.pickle_file import read_state
from ppocr_rare.utils.checkpoint.save_load import names_by_tensor

WARM_UP_STEPS = 10


class WeightAverage:
    """Exponential moving average of a network's weights, and of its batch norms' statistics.

    The statistics are averaged too: those of the last step belong to the last weights, not to their average. Averages
    are float32 whatever the network holds, and what does not move stays as it is to the last bit.

    Args:
        network: without a wrapper for several ranks; the average begins with its weights.
        decay: share of the old average that an update keeps, in (0, 1). The first updates keep less,
            (1 + n) / (10 + n) behind n of them, so that the weights of the beginning are soon forgotten.

    Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging"; the warm-up is TensorFlow's
        ``ExponentialMovingAverage``.
    """

    def __init__(self, network: nn.Layer, decay: float):
        self.decay = decay
        entries = network.state_dict()
        self._names = names_by_tensor(entries)
        self._tensors = [entries[names[0]] for names in self._names]
        self.begin()

    def begin(self) -> None:
        """Begins anew with the weights that the network has now."""
        self._averages = [tensor.detach().astype("float32").clone() for tensor in self._tensors]

    @paddle.no_grad()
    def update(self, num_updates: int) -> None:
        """Takes in the weights behind an update, the ``num_updates``-th."""
        decay = min(self.decay, (1 + num_updates) / (WARM_UP_STEPS + num_updates))
        for tensor, average in zip(self._tensors, self._averages, strict=True):
            average.add_((tensor.astype("float32") - average).scale_(1 - decay))

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """While it lasts, the network's weights are the averages."""
        kept = [tensor.detach().clone() for tensor in self._tensors]
        try:
            self._set_network(self._averages)
            yield
        finally:
            self._set_network(kept)

    def state(self) -> dict[str, np.ndarray]:
        """The averages under the names of the network's state dict: weights like any others."""
        return {
            name: average.numpy() for names, average in zip(self._names, self._averages, strict=True) for name in names
        }

    def load(self, path: str | os.PathLike) -> None:
        """Goes on from a file of what ``state`` gave; raises CheckpointError where it does not fit the network."""
        state = read_state(path)
        for (name, *_), average in zip(self._names, self._averages, strict=True):
            if name not in state or state[name].shape != tuple(average.shape):
                raise CheckpointError(f"{path}: does not hold {name} of this model, so the average cannot go on")
        self._averages = [paddle.to_tensor(state[names[0]].astype("float32")) for names in self._names]

    @paddle.no_grad()
    def _set_network(self, values: Sequence[paddle.Tensor]) -> None:
        for tensor, value in zip(self._tensors, values, strict=True):
            paddle.assign(value.astype(tensor.dtype), output=tensor)
