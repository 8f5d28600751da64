"""The processes of a run: how they meet, add up over all of them, and end together."""

import functools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import paddle
import paddle.distributed as dist
from paddle.base import core

from ppocr_rare.errors import RareError
from ppocr_rare.utils.platforms import blocked, signals

PATIENCE_S = 1800.0  # that a rank waits for another
GRACE_S = 8.0  # that it waits where this process is asked to end: the launcher, which asks, kills after 30
_SHORT_S, _LONG_S = 0.0005, 0.02  # between two looks whether the others are there
_MET, _NUM_FAULTS, _FAULT = "ppocr_rare/met", "ppocr_rare/faults", "ppocr_rare/fault"

_BROKEN = (RuntimeError, ValueError)  # what Paddle raises where nobody listens any more

_SIGNALS = signals("SIGINT", "SIGTERM", "SIGHUP", "SIGCHLD")


class RankLost(RareError):
    """Another process of this run has ended, or does not come."""


class Ranks:
    """The processes that ``paddle.distributed.launch`` has started, or this one alone.

    All ranks are to call ``meet``, ``total``, ``gather``, ``average_gradients`` and ``share`` in the same order. Before
    each exchange they meet, for as long as it takes: gloo gives up after 30 seconds, and ends the process when another
    one is gone.

    Args:
        rank: number of this process, from 0.
        size: how many there are.
        store: where they meet, kept by the first; None where there is one process.
    """

    def __init__(self, rank: int = 0, size: int = 1, store: Any = None):
        self.rank, self.size = rank, size
        self.is_asked_to_end: Callable[[], bool] = lambda: False
        self.is_first_gone = False
        self._store = store
        self._num_meetings = 0

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that writes and prints."""
        return self.rank == 0

    def meet(self) -> None:
        """Waits until all ranks are here.

        Raises:
            RankLost: another one has failed, with its message, or does not come.
        """
        if self.size == 1:
            return
        self._num_meetings += 1
        began, pause_s = time.monotonic(), _SHORT_S
        try:
            self._call("add", _MET, 1)
            while self._call("add", _MET, 0) < self.size * self._num_meetings:
                self._check(time.monotonic() - began)
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, _LONG_S)
        except _BROKEN as error:
            self.is_first_gone = True
            raise RankLost("the first process of this run has died") from error

    def total(self, numbers: Sequence[float]) -> list[float]:
        """The sum of each number over the ranks."""
        if self.size == 1:
            return list(numbers)
        summed = paddle.to_tensor(list(numbers), dtype="float64")
        self._exchange(dist.all_reduce, summed)
        return summed.tolist()

    def gather(self, value: Any) -> list:
        """What each rank gives, by rank; anything that can be pickled."""
        if self.size == 1:
            return [value]
        values: list = []
        self._exchange(dist.all_gather_object, values, value)
        return values

    def average_gradients(self, parameters: Iterable, weight: float) -> None:
        """Makes each gradient the sum over the ranks of what it was times the rank's weight.

        They are laid end to end: Paddle adds up gradients that a transpose has left in another order as if they had the
        usual one.

        Args:
            parameters: of the model; those without a gradient are left out, and must be the same on all ranks.
            weight: of this rank; those of all are 1 together.
        """
        if self.size == 1:
            return
        by_dtype: dict = {}
        for parameter in parameters:
            if parameter.grad is not None:
                by_dtype.setdefault(parameter.grad.dtype, []).append(parameter)
        for group in by_dtype.values():
            flat = paddle.concat([parameter.grad.reshape([-1]) for parameter in group]) * weight
            self._exchange(dist.all_reduce, flat)
            sizes = [parameter.size for parameter in group]
            for parameter, part in zip(group, paddle.split(flat, sizes), strict=True):
                parameter.grad = part.reshape(parameter.shape)

    def share(self, tensors: Iterable[paddle.Tensor]) -> None:
        """Gives all ranks the first one's values.

        Laid end to end, those of a type at once: on a CPU each exchange costs a tenth of a second, whatever its size.
        """
        if self.size == 1:
            return
        by_dtype: dict = {}
        for tensor in {id(tensor): tensor for tensor in tensors}.values():
            by_dtype.setdefault(tensor.dtype, []).append(tensor)
        for group in by_dtype.values():
            flat = paddle.concat([tensor.detach().reshape([-1]) for tensor in group])
            self._exchange(dist.broadcast, flat, src=0)
            parts = paddle.split(flat, [tensor.size for tensor in group])
            for tensor, part in zip(group, parts, strict=True):
                tensor.set_value(part.reshape(tensor.shape))

    def fail(self, message: str) -> None:
        """Tells the others, who may be waiting, why this rank ends."""
        if self.size == 1:
            return
        try:
            if self._call("add", _NUM_FAULTS, 0) == 0:
                self._call("set", _FAULT, message.encode())
                self._call("add", _NUM_FAULTS, 1)
        except _BROKEN:  # the first process has gone before
            pass

    def _call(self, name: str, *arguments: Any) -> Any:
        """Asks the store. A signal that comes meanwhile would break off Paddle's reading of the answer: it waits."""
        with blocked(_SIGNALS):
            return getattr(self._store, name)(*arguments)

    def _exchange(self, function: Callable, *arguments: Any, **options: Any) -> None:
        self.meet()
        try:
            function(*arguments, **options)
        except _BROKEN as error:
            raise RankLost("another process of this run has died") from error

    def _check(self, waited_s: float) -> None:
        """Whether to wait on for the others."""
        if self._call("add", _NUM_FAULTS, 0):
            raise RankLost(self._call("get", _FAULT).decode())
        if waited_s > (GRACE_S if self.is_asked_to_end() else PATIENCE_S):
            raise RankLost(f"another process of this run has died or hangs: it was waited for {waited_s:.0f} s")


@functools.cache
def join_ranks() -> Ranks:
    """This process's place among those of the run; joins them at the first call. On a CPU they talk by gloo."""
    if dist.get_world_size() == 1:
        return Ranks()
    if not dist.is_initialized():
        dist.init_parallel_env()
    return Ranks(dist.get_rank(), dist.get_world_size(), core.create_or_get_global_tcp_store())
