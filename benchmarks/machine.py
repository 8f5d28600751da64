"""What the machine can do at best, and what a process takes of its memory."""

import os
import re
import time
from pathlib import Path

MATRIX_SIZE = 1024  # three float32 matrices of 4 MiB: the product is bound by arithmetic
COPY_BYTES = 256 << 20  # far more than a cache holds
BEST_OF = 5


def use_threads(count: int | None) -> int:
    """Sets the number of threads of NumPy and Paddle; call it before either is imported, when they read it.

    Args:
        count: None for as many as this process may use processors. Paddle by itself takes one.

    Returns:
        The number of threads.
    """
    threads = count or len(os.sched_getaffinity(0))
    os.environ["OMP_NUM_THREADS"] = str(threads)
    return threads


def matrix_gflops() -> float:
    """Billions of floating-point operations per second in a product of large float32 matrices, best of a few."""
    import numpy as np

    left = np.random.default_rng(0).standard_normal((MATRIX_SIZE, MATRIX_SIZE), dtype=np.float32)
    return 2 * MATRIX_SIZE**3 / _best_seconds(lambda: left @ left) / 1e9


def copy_gbytes() -> float:
    """Gigabytes per second read and written together in a copy of a large array, best of a few; one thread copies."""
    import numpy as np

    source = np.ones(COPY_BYTES, dtype=np.uint8)
    target = np.empty_like(source)
    return 2 * COPY_BYTES / _best_seconds(lambda: np.copyto(target, source)) / 1e9


def describe(threads: int) -> str:
    """A line that says what the figures below it were measured on."""
    return (
        f"{os.cpu_count()} processors, {threads} threads; at best {matrix_gflops():.0f} GFLOP/s in a matrix product "
        f"and {copy_gbytes():.1f} GB/s in a memory copy"
    )


def resident_bytes(process: int | None = None) -> int:
    """Memory that a process holds now, by its number; None: this one."""
    return _status("VmRSS", process)


def cpu_seconds(process: int) -> float:
    """Processor time that a process and its threads have taken."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_bytes() -> int:
    """The most memory that this process has held since its start."""
    return _status("VmHWM")


def _status(name: str, process: int | None = None) -> int:
    text = Path(f"/proc/{process or 'self'}/status").read_text(encoding="ascii", errors="replace")
    return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024


def _best_seconds(work) -> float:
    work()  # warm-up
    seconds = []
    for _ in range(BEST_OF):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
