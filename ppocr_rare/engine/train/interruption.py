"""Ending a training by a signal, on all ranks behind the same update."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from ppocr_rare.errors import RareError
from ppocr_rare.utils.platforms import signals
from ppocr_rare.utils.ranks import Ranks

_NUMBERS = signals("SIGTERM", "SIGINT", "SIGHUP")  # a terminal that closes sends the last


class Interrupted(RareError):
    """A signal ended the training; it can go on from what was saved."""

    def __init__(self, signal_number: int, message: str):
        super().__init__(message)
        self.exit_code = 128 + signal_number


class SignalNoted(Exception):
    """A signal came while nothing is lost by ending at once."""


class SignalWatch:
    """While it lasts (``with``), SIGINT, SIGTERM and SIGHUP are noted, to be acted on when it suits.

    A signal that is ignored, as SIGHUP under ``nohup``, stays so.

    Args:
        ranks: the processes of the run, which do not wait for each other for long once a signal has come.
    """

    def __init__(self, ranks: Ranks):
        self._ranks = ranks
        self._noted = 0
        self._raises = False

    def __enter__(self) -> "SignalWatch":
        self._handlers = {
            number: signal.signal(number, self._note)
            for number in _NUMBERS
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        self._ranks.is_asked_to_end = lambda: bool(self._noted)
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._ranks.is_asked_to_end = lambda: False

    @property
    def noted(self) -> int:
        """The signal that this process was sent, or 0."""
        return self._noted

    def agreed(self) -> int:
        """The signal that any rank was sent, or 0; all must stop together, or the others would wait for them."""
        counts = self._ranks.total([self._noted == number for number in _NUMBERS])
        return next((number for number, count in zip(_NUMBERS, counts, strict=True) if count), 0)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Raises SignalNoted where a signal comes, or has come, meanwhile."""
        self._raises = True
        try:
            if self._noted:
                raise SignalNoted
            yield
        finally:
            self._raises = False

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._noted == number == signal.SIGINT:  # a second Ctrl-C: the user will not wait for the step to end
            raise KeyboardInterrupt
        self._noted = number
        if self._raises:
            self._raises = False
            raise SignalNoted
