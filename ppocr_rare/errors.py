"""The faults that a user can mend.

Tools print them as one line and exit non-zero; anything else is a bug and keeps its traceback.
"""


class RareError(Exception):
    """Base of every fault that a user can mend. A tool that is ended by it exits with ``exit_code``.

    It may pass from thread to thread, and pickles.
    """

    exit_code = 1


class ConfigError(RareError):
    """A configuration that cannot be used; the message lists every fault with its YAML path."""


class CheckpointError(RareError):
    """A weights file that is missing, damaged, unsafe, or made for another model."""


class DataError(RareError):
    """A data set, dictionary or list that cannot be opened at all."""


class SampleError(RareError):
    """One sample that cannot be used. It costs itself alone.

    Args:
        reason: short constant phrase under which such samples are counted, e.g. ``"not an image"``.
        detail: what is particular to this sample; may be empty.
    """

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        # The default pickling passes the joined message alone, which is not how the class is called.
        return type(self), (self.reason, self.detail)
