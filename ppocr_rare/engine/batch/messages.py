"""What the driver of a run and its workers tell each other. All of it pickles."""

from dataclasses import dataclass
from typing import Any

from ppocr_rare.engine.batch.inputs import Source
from ppocr_rare.engine.batch.model import Model
from ppocr_rare.engine.batch.parts import Tally
from ppocr_rare.engine.batch.places import Place
from ppocr_rare.engine.batch.shards import Range, Shard


@dataclass(frozen=True)
class Job:
    """What all workers of a run are told.

    Args:
        source: how rows are read.
        output: folder of the parts.
        model: the model, which each worker finds on its own machine.
        reading: ``min_score``, ``rotate_tall`` and ``views`` of the recogniser.
    """

    source: Source
    output: Place
    model: Model
    reading: dict[str, Any]


@dataclass(frozen=True)
class Task:
    """A shard to read.

    Args:
        shard: its rows.
        suspect: rows among which one has ended a worker: they are read first, in two halves.
        poisoned: numbers of rows that have ended workers: they are not looked at any more.
    """

    shard: Shard
    suspect: Range | None = None
    poisoned: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ready:
    """The worker has opened its model."""


@dataclass(frozen=True)
class Reading:
    """The worker begins with some rows.

    Args:
        rows: their numbers, at most.
        num_done: rows of the shard that are read.
    """

    rows: Range
    num_done: int


@dataclass(frozen=True)
class Done:
    """The part of the shard is written."""

    tally: Tally


@dataclass(frozen=True)
class Failed:
    """The shard could not be read or written.

    Args:
        reason: in one line.
        is_final: to try again would not help, with any shard.
    """

    reason: str
    is_final: bool = False


@dataclass(frozen=True)
class Said:
    """A log message, for the user."""

    logger: str
    level: int
    text: str


@dataclass(frozen=True)
class Died:
    """The worker is gone."""

    reason: str = ""


Message = Ready | Reading | Done | Failed | Said | Died
