"""What differs between Linux, macOS and Windows; nothing else asks for what one of them lacks.

Each function asks when it is called, so that a test can take a part of the system away.
"""

import contextlib
import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path

LOCK_SUFFIX = ".lock"  # of the file beside a folder, where the system locks only files


def num_cores() -> int:
    """Cores that this process may use; where the system does not tell, those of the machine."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_cores(number: int, of: int) -> None:
    """Keeps this process to its part of the cores, where the system can, and there are enough.

    Args:
        number: of the part, from 0.
        of: parts.
    """
    if hasattr(os, "sched_setaffinity") and (cores := sorted(os.sched_getaffinity(0))[number::of]):  # Linux
        os.sched_setaffinity(0, cores)


def signals(*names: str) -> tuple[signal.Signals, ...]:
    """Those of the signals that this system has.

    Args:
        names: as ``signal`` calls them: ``"SIGTERM"``.
    """
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


def limit_memory(num_bytes: int) -> None:
    """Lets this process take no more address space than that; on Windows, which cannot, nothing is done."""
    try:
        import resource
    except ModuleNotFoundError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (num_bytes, num_bytes))


@contextlib.contextmanager
def blocked(numbers: tuple[signal.Signals, ...]) -> Iterator[None]:
    """Signals that come meanwhile wait for the end; on Windows, which cannot, nothing is done."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def locked_folder(folder: str | os.PathLike) -> Iterator[None]:
    """Keeps a folder for this process; the lock ends with the process, however that ends.

    Raises:
        BlockingIOError: another process has it.
        OSError: it cannot be opened.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        with _locked_file(Path(os.path.abspath(folder) + LOCK_SUFFIX)):
            yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    import msvcrt

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # types for Windows alone
        except OSError as error:
            raise BlockingIOError(errno.EAGAIN, "another process has it", str(path)) from error
        yield
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            path.unlink()
