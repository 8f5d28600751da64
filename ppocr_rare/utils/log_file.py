"""A file that keeps every message of a run."""

import logging
from pathlib import Path
from types import TracebackType

from ppocr_rare.errors import RareError
from ppocr_rare.utils.printable import MessageFormatter

_package = logging.getLogger("ppocr_rare")


class LogFile:
    """Appends every message of the package to a file, in PaddleOCR's format, until it is closed.

    Args:
        path: its folder is made where it is missing.

    Raises:
        RareError: it cannot be written.
    """

    def __init__(self, path: Path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise RareError(f"{path} cannot be written: {error.strerror}") from error
        # The name is PaddleOCR's, for the scripts that look for it.
        form = "[%(asctime)s] ppocr %(levelname)s: %(message)s"
        self._handler.setFormatter(MessageFormatter(form, "%Y/%m/%d %H:%M:%S"))
        _package.addHandler(self._handler)
        self._level_before = _package.level
        _package.setLevel(_package.level or logging.INFO)  # no tool has set it: the root's would leave the file empty

    def write_error(self, message: str) -> None:
        """Writes a message that is told to the user in another way."""
        self._handler.handle(_package.makeRecord(_package.name, logging.ERROR, __file__, 0, message, (), None))

    def __enter__(self) -> "LogFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it; a fault that the user is told last is its last line, too."""
        if isinstance(error, RareError):
            self.write_error(str(error))
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        _package.removeHandler(self._handler)
        _package.setLevel(self._level_before)
        self._handler.close()
