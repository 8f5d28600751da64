"""One update of the weights: forward, loss, backward and update, from one batch or from several."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import paddle
from paddle import nn

from ppocr_rare.data.loader import Batch
from ppocr_rare.utils.precision import Precision
from ppocr_rare.utils.ranks import Ranks


class NonFiniteLoss(ArithmeticError):
    """The loss of a batch is infinite or not a number.

    Args:
        value: of the loss.
        keys: of the batch's samples.
    """

    def __init__(self, value: float, keys: Sequence[str]):
        super().__init__(f"the loss is {value}")
        self.value, self.keys = value, keys


def in_groups(batches: Iterable[Batch], size: int) -> Iterator[list[Batch]]:
    """The batches of one update after the other; those left over at the end make a smaller group."""
    iterator = iter(batches)
    while group := list(islice(iterator, size)):
        yield group


@dataclass(frozen=True)
class Update:
    """What became of an update.

    Args:
        is_done: False where the gradients did not fit into float16, and the weights are as they were.
        loss: of all its batches taken as one.
        logits: of each batch, [B, L, V]; None where the rectifier alone was taught.
        lr: its learning rate.
    """

    is_done: bool
    loss: float
    logits: list[paddle.Tensor | None]
    lr: float


class TrainStep:
    """Makes updates: one body for float32 and mixed precision, for one batch and several, for one rank and many.

    Args:
        network: the model; at the start the same on all ranks. In train mode it gives logits, or a tuple that has them
            as ``logits``.
        loss: gives ``{"loss": scalar}`` of what the network gives and a batch, and ``weights`` of batches that make one
            update, and the ``rank_weight`` of those of a rank.
        optimizer: of the network's parameters.
        schedule: learning rate, stepped once an update.
        precision: number types.
        batch_keys: names of the arrays that the loss takes, in order.
        seed: of what the network draws at random.
        max_batches: of an update.
        ranks: the processes of the run, which add up their gradients.
        rectifier_only_steps: so many updates, from the first of the training on, are of the localization network alone.
    """

    def __init__(
        self,
        network: nn.Layer,
        loss: Any,
        optimizer: paddle.optimizer.Optimizer,
        schedule: paddle.optimizer.lr.LRScheduler,
        precision: Precision,
        batch_keys: tuple[str, ...],
        seed: int,
        max_batches: int = 1,
        ranks: Ranks | None = None,
        rectifier_only_steps: int = 0,
    ):
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        self.schedule = schedule
        self.precision = precision
        self.batch_keys = batch_keys
        self.seed = seed
        self.max_batches = max_batches
        self.ranks = ranks or Ranks()
        self.rectifier_only_steps = rectifier_only_steps

    def run(self, batches: Sequence[Batch], number: int) -> Update:
        """Makes the update that one batch of all these samples, and of the other ranks', would make, batch norm aside.

        Args:
            batches: arrays of ``batch_keys``, among them ``image`` and ``label``. One without ``keys`` counts nothing:
                it stands in for a rank that has none, where all ranks must take part.
            number: updates before this one.

        Raises:
            NonFiniteLoss: on any rank; all raise it, and nothing was updated.
            RankLost: another rank is gone; nothing was updated.
        """
        total, fault = 0.0, None
        logits: list[paddle.Tensor | None] = []
        for i, (batch, weight) in enumerate(zip(batches, self._weights(batches), strict=True)):
            # What a network draws at random follows from seed and step, so that resuming needs no stored random state.
            paddle.seed(self.seed + number * self.max_batches + i)
            value, batch_logits = self._learn(batch, weight, is_whole=number >= self.rectifier_only_steps)
            if not math.isfinite(value):
                fault = value, batch["keys"]
                break
            total += value
            logits.append(batch_logits)
        self._unite(batches, fault)
        lr = self.optimizer.get_lr()
        is_done = self.precision.update(self.optimizer)
        if is_done:
            self.schedule.step()
        return Update(is_done, total, logits, lr)

    def _learn(self, batch: Mapping[str, Any], weight: float, is_whole: bool) -> tuple[float, paddle.Tensor | None]:
        """Adds a batch's gradients to those that are there."""
        with self.precision.autocast():
            images = batch["image"]
            output = self.network(images, batch["label"]) if is_whole else self.network.localize(images)
        loss = self.loss(output, self._arrays(batch))["loss"] * weight
        value = float(loss)
        if math.isfinite(value):
            self.precision.backward(loss)
        logits = output if isinstance(output, paddle.Tensor) else output.logits
        return value, None if logits is None else logits.detach()

    def _unite(self, batches: Sequence[Mapping[str, Any]], fault: tuple[float, list[str]] | None) -> None:
        """Makes the gradients those of all ranks, if no rank has a fault: the value and the keys of a batch."""
        weight = self.loss.rank_weight(self._counting(batches))
        total, num_faults = self.ranks.total([weight, fault is not None])
        if num_faults:
            self.optimizer.clear_grad()
            raise NonFiniteLoss(*next(filter(None, self.ranks.gather(fault))))
        self.ranks.average_gradients(self.network.parameters(), weight / total if total else 0.0)

    def _weights(self, batches: Sequence[Mapping[str, Any]]) -> list[float]:
        weights = iter(self.loss.weights(self._counting(batches)))
        return [next(weights) if batch["keys"] else 0.0 for batch in batches]

    def _counting(self, batches: Sequence[Mapping[str, Any]]) -> list[list]:
        return [self._arrays(batch) for batch in batches if batch["keys"]]

    def _arrays(self, batch: Mapping[str, Any]) -> list:
        return [batch[key] for key in self.batch_keys]
