"""How far a run is, and what came of it."""

import logging
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from types import TracebackType

from tqdm import tqdm

_LOG_EVERY_S = 30.0
_SHOWN = 5  # broken files

_logger = logging.getLogger(__name__)


class Progress:
    """Shows rows, rate and time left (``with``): a bar on a terminal, elsewhere a line of the log now and then.

    Args:
        total: rows of the run.
        before: rows that earlier runs have read.
    """

    def __init__(self, total: int, before: int):
        self._total, self._before = total, before
        self._began = self._logged = time.monotonic()
        is_shown = sys.stderr.isatty()
        self._bar = tqdm(total=total, initial=before, unit="words", unit_scale=True, disable=not is_shown)
        self._is_logged = not is_shown

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()

    def __call__(self, num_read: int) -> None:
        """Shows that this run has read so many rows."""
        self._bar.n = self._before + num_read
        self._bar.refresh()
        now = time.monotonic()
        if self._is_logged and now - self._logged >= _LOG_EVERY_S:
            self._logged = now
            _logger.info("%s", self._line(num_read, now - self._began))

    def _line(self, num_read: int, seconds: float) -> str:
        done, rate = self._before + num_read, num_read / seconds
        left = f"{tqdm.format_interval(round((self._total - done) / rate))} left" if rate else "time left unknown"
        return f"{done} of {self._total} words ({done / max(self._total, 1):.0%}), {rate:.0f}/s, {left}"


@dataclass(frozen=True)
class Summary:
    """What came of a run.

    Args:
        rows: that are in the output.
        rows_of_this_run: that this run has read of them.
        errors: rows that could not be read, by reason.
        broken_files: of the input, by path, and why.
        failed_shards: that are lacking, and why the first is.
        seconds: of this run, from the first worker's start to the last part.
        workers: that it had.
        price_per_core_hour: in any currency; None where it was not told.
    """

    rows: int
    rows_of_this_run: int
    errors: Counter[str]
    broken_files: dict[str, str]
    failed_shards: tuple[int, str]
    seconds: float
    workers: int
    price_per_core_hour: float | None = None

    @property
    def exit_code(self) -> int:
        """0: all rows were read; 1: some could not be, or files; 2: shards are lacking."""
        if self.failed_shards[0]:
            return 2
        return int(bool(self.errors or self.broken_files))

    @property
    def cost_per_million(self) -> float | None:
        """Of a million rows like those of this run."""
        if self.price_per_core_hour is None or not self.rows_of_this_run:
            return None
        return self.price_per_core_hour * self.workers * self.seconds / 3600 / self.rows_of_this_run * 1e6

    def facts(self) -> dict:
        """As JSON can hold it."""
        return {**asdict(self), "errors": dict(self.errors), "cost_per_million": self.cost_per_million}

    def lines(self) -> list[str]:
        """For the screen."""
        rate = self.rows_of_this_run / self.seconds if self.seconds else 0.0
        lines = [f"rows: {self.rows}, of which {self.rows_of_this_run} in this run"]
        lines += [f"rows with an error: {self.errors.total()}"] if self.errors else []
        lines += [f"  {reason}: {count}" for reason, count in self.errors.most_common()]
        lines += [f"files that could not be read: {len(self.broken_files)}"] if self.broken_files else []
        lines += [f"  {path}: {reason}" for path, reason in list(self.broken_files.items())[:_SHOWN]]
        if self.rows_of_this_run:
            lines.append(f"{rate:.0f} images/s with {self.workers} workers, {rate / self.workers:.0f} each")
        if self.cost_per_million is not None:
            lines.append(f"a million rows cost {self.cost_per_million:.2f} at {self.price_per_core_hour} a core-hour")
        if self.failed_shards[0]:
            count, reason = self.failed_shards
            lines.append(f"shards that are lacking: {count} ({reason}); the same command tries them again")
        return lines
