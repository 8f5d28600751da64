"""A run: what is to be read, what is there already, the workers, the summary."""

import contextlib
import json
import logging
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import pyarrow

from ppocr_rare.engine.batch import inputs
from ppocr_rare.engine.batch.crew import Crew, LocalCrew
from ppocr_rare.engine.batch.foreman import Foreman, Outcome
from ppocr_rare.engine.batch.inputs import Kind, Source
from ppocr_rare.engine.batch.messages import Job
from ppocr_rare.engine.batch.model import Model
from ppocr_rare.engine.batch.output import SUMMARY, Output, claimed_output
from ppocr_rare.engine.batch.parts import Tally, part_name, read_tallies
from ppocr_rare.engine.batch.places import Place, place_of, would_find
from ppocr_rare.engine.batch.progress import Progress, Summary
from ppocr_rare.engine.batch.shards import SHARD_ROWS, Shard, cut
from ppocr_rare.engine.read.backends.engines import ExportedEngine
from ppocr_rare.engine.read.looks import Views
from ppocr_rare.errors import ConfigError, DataError
from ppocr_rare.utils.platforms import num_cores, signals

FORMAT = 1  # of parts, and of what shards there are of an input

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchOptions:
    """What is to be read, how, and where to.

    Args:
        input: paths, URIs and patterns.
        output: folder of the parts, a path or a URI.
        kind: of the files; None: what there is.
        image_column: of Parquet files, the images.
        key_column: of them, what names a row; None: ``key`` where there is one.
        limit: rows to read, the first ones; None: all.
        model: as ``TextRecognizer`` takes it; None: the shipped weights.
        engine: what runs it, likewise.
        min_score: as ``TextRecognizer`` has it, as are
        rotate_tall: and
        views.
        workers: None: one a core.
        address: of a Ray cluster; None: this machine alone, without Ray.
        shard_rows: rows of a shard, at most.
        price_per_core_hour: for the summary.

    Raises:
        ConfigError: a number is not above 0.
    """

    input: tuple[str, ...]
    output: str
    kind: Kind | None = None
    image_column: str = inputs.DEFAULT_IMAGE
    key_column: str | None = None
    limit: int | None = None
    model: str | None = None
    engine: ExportedEngine | None = None
    min_score: float = 0.0
    rotate_tall: bool = True
    views: Views = "doubtful"
    workers: int | None = None
    address: str | None = None
    shard_rows: int = SHARD_ROWS
    price_per_core_hour: float | None = None

    def __post_init__(self) -> None:
        for name in ("limit", "workers", "shard_rows", "price_per_core_hour"):
            if (value := getattr(self, name)) is not None and value <= 0:
                raise ConfigError(f"{name} must be above 0, not {value}")

    @property
    def reading(self) -> dict[str, Any]:
        """Arguments of ``TextRecognizer``."""
        return {"min_score": self.min_score, "rotate_tall": self.rotate_tall, "views": self.views}


class Stopped(KeyboardInterrupt):
    """A signal ended the run; what is written stays."""

    def __init__(self, number: int):
        super().__init__()
        self.name, self.exit_code = signal.Signals(number).name, 128 + number


@dataclass
class Plan:
    """What a run would do.

    Args:
        job: for the workers.
        table: the input, see ``inputs``.
        output: where the parts are.
        told: what the run is begun with.
        options: the user's.
        there: shards that are read, by name.
    """

    job: Job
    table: pyarrow.Table
    output: Output
    told: dict[str, Any]
    options: BatchOptions
    there: dict[str, Tally] = field(default_factory=dict)

    def shards(self) -> Iterator[Shard]:
        """All shards, in order."""
        return cut(self.table, self.options.shard_rows, self.options.limit)

    def left(self) -> Iterator[Shard]:
        """Shards that are to be read."""
        return (shard for shard in self.shards() if shard.name not in self.there)

    @property
    def num_rows(self) -> int:
        """Rows of all shards."""
        rows = inputs.rows_in(self.table)
        return rows if self.options.limit is None else min(rows, self.options.limit)

    @property
    def tally(self) -> Tally:
        """What earlier runs have read."""
        tally = Tally()
        for one in self.there.values():
            tally.add(one)
        return tally

    @property
    def exit_code(self) -> int:
        """0: all files can be read; 1: some cannot."""
        return int(any(True for _ in inputs.broken_files(self.table)))

    def lines(self) -> list[str]:
        """For the screen."""
        broken = dict(inputs.broken_files(self.table))
        num_shards = sum(1 for _ in self.shards())
        lines = [f"{self.table.num_rows} {self.told['files']} files, {self.num_rows} rows in {num_shards} shards"]
        lines += [f"  cannot be read: {path}: {reason}" for path, reason in broken.items()]
        lines.append(f"read already: {self.tally.rows} rows in {len(self.there)} shards")
        lines.append(f"model: {self.job.model.path or 'shipped'}, SHA-256 {self.job.model.checksum}")
        return lines


def make_plan(options: BatchOptions) -> Plan:
    """Lists the input and looks at what is there of the output; writes nothing.

    Raises:
        RareError: input, output or model cannot be used, or the output was begun with others.
    """
    model = Model.found(options.model, options.engine)
    place = place_of(options.output)
    if any(would_find(where, place / part_name("")) for where in options.input):
        raise DataError(f"{place} lies in the input, which its parts would change: say another --output")
    system, kind, listed = inputs.list_input(options.input, options.kind)
    if kind == "lmdb" and not Place(system, "").is_local:
        raise DataError("LMDBs are read from disks alone: copy them to one, or pack the words in Parquet files")
    image, key = options.image_column, options.key_column
    if kind == "parquet":
        image, key = inputs.find_columns(listed, system, image, key)
    source = Source(system, kind, image, key)
    told = {
        "format": FORMAT, "files": kind, "image column": image, "key column": key, "file system": system.type_name,
        "limit": options.limit, "rows of a shard": options.shard_rows, "model": model.checksum, **options.reading,
    }  # fmt: skip
    output = Output(place)
    table = output.input_of(told, listed) if output.is_begun else inputs.examine(listed, source, options.limit)
    plan = Plan(Job(source, place, model, options.reading), table, output, told, options)
    plan.there = _parts_there(plan)
    return plan


def run_batch(options: BatchOptions) -> Summary:
    """Reads an input, or what is left of it.

    Raises:
        RareError: as ``make_plan``, or nothing more can be read or written.
        Stopped: a signal came.
    """
    with _stopped_by_signals(), claimed_output(place_of(options.output)):
        plan = make_plan(options)
        if not plan.output.is_begun:
            plan.output.begin(plan.told, plan.table)
        before, began = plan.tally, time.monotonic()
        outcome, size = Outcome(), 0
        if before.rows < plan.num_rows:
            with contextlib.closing(_crew(plan)) as crew, Progress(plan.num_rows, before.rows) as progress:
                size = crew.size
                outcome = Foreman(crew, plan.left(), progress).run()
        summary = _summary(plan, before, outcome, time.monotonic() - began, size)
        if not outcome.failures:
            plan.output.write(SUMMARY, json.dumps(summary.facts(), indent=1).encode())
        return summary


def _crew(plan: Plan) -> Crew:
    options, num_left = plan.options, sum(1 for _ in plan.left())
    if options.address is not None:
        from ppocr_rare.engine.batch.ray_crew import RayCrew

        return RayCrew(plan.job, options.address, options.workers, num_left)
    return LocalCrew(plan.job, min(options.workers or num_cores(), num_left))


def _summary(plan: Plan, before: Tally, outcome: Outcome, seconds: float, size: int) -> Summary:
    total = Tally(before.rows, before.errors.copy())
    total.add(outcome.tally)
    failed = (len(outcome.failures), outcome.failures[0][1] if outcome.failures else "")
    broken = dict(inputs.broken_files(plan.table))
    price = plan.options.price_per_core_hour
    return Summary(total.rows, outcome.tally.rows, total.errors, broken, failed, seconds, size, price)


def _parts_there(plan: Plan) -> dict[str, Tally]:
    """The shards whose parts are whole; raises DataError where there is a part of no shard."""
    tallies = read_tallies(plan.output.place, plan.output.parts)
    there = {}
    for shard in plan.shards() if tallies else ():
        name = part_name(shard.name)
        if name not in tallies:
            continue
        tally = tallies.pop(name)
        if tally is not None and tally.rows == shard.num_rows:
            there[shard.name] = tally
        else:
            _logger.warning("%s is not whole and is read again", name)
    if tallies:
        raise DataError(f"{plan.output.place} holds {min(tallies)}, which is of another run: take it away")
    return there


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Raises Stopped where a signal comes meanwhile that is not ignored; further ones wait for the end."""

    def stop(number: int, frame: FrameType | None) -> None:
        for one in before:
            signal.signal(one, signal.SIG_IGN)
        raise Stopped(number)

    numbers = signals("SIGTERM", "SIGINT", "SIGHUP")
    before = {one: signal.getsignal(one) for one in numbers if signal.getsignal(one) is not signal.SIG_IGN}
    for one in before:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
