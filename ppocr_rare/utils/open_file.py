"""Opens files that a user named."""

import errno
import os
import stat
from typing import BinaryIO


def open_file(path: str | os.PathLike) -> BinaryIO:
    """Opens an ordinary file to read its bytes: to open a named pipe could wait for ever, and a device may never end.

    Raises:
        OSError: it cannot be opened; its ``strerror`` says why, also where the path is none or is no ordinary file's.
    """
    path = os.fspath(path)  # an int would be taken for an open file's number
    try:
        mode = os.stat(path).st_mode
    except ValueError as error:
        raise OSError(errno.EINVAL, "a character that no path may have", path) from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # open() itself refuses a directory
        raise OSError(errno.EINVAL, "not an ordinary file", path)
    return open(path, "rb")
