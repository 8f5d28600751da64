"""Ending a training by a signal, on all ranks behind the same update."""

import signal

import paddle
import paddle.distributed as dist

from ppocr_rare.errors import RareError


class Interrupted(RareError):
    """A signal ended the training; it can go on from what was saved."""

    def __init__(self, signal_number: int, message: str):
        super().__init__(message)
        self.exit_code = 128 + signal_number


class SignalWatch:
    """While it lasts (``with``), SIGINT and SIGTERM are noted, to be acted on when it suits."""

    def __init__(self):
        self._noted = 0

    def __enter__(self) -> "SignalWatch":
        self._handlers = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_error) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def agreed(self) -> int:
        """The signal that any rank was sent, or 0; all must stop together, or the others would wait for ever."""
        if dist.get_world_size() == 1:
            return self._noted
        number = paddle.to_tensor([self._noted], dtype="int32")
        dist.all_reduce(number, op=dist.ReduceOp.MAX)
        return number.item()

    def _note(self, number, frame) -> None:
        if self._noted == number == signal.SIGINT:  # a second Ctrl-C: the user will not wait for the step to end
            raise KeyboardInterrupt
        self._noted = number
