"""What an examination finds, how it is shown, and what its checks tell one another."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from ppocr_rare.config import Config
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.utils.stats import RejectionLog

Level = Literal["ok", "note", "FAULT"]

LEVEL_WIDTH, SUBJECT_WIDTH = 5, 16


@dataclass(frozen=True)
class Finding:
    """What one check has to say about one subject.

    Args:
        level: "ok"; "note": training can start, but look at it; "FAULT": training cannot start, or learns nothing.
        subject: short name of what was checked.
        message: what was found and, behind "note" and "FAULT", what to do.
        details: further lines.
    """

    level: Level
    subject: str
    message: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The finding as lines in columns: level, subject, message."""
        indent = " " * (LEVEL_WIDTH + SUBJECT_WIDTH + 4)
        first = f"{self.level:<{LEVEL_WIDTH}}  {self.subject:<{SUBJECT_WIDTH}}  {self.message}"
        return "\n".join([first, *(f"{indent}{line}" for line in self.details)])


class Skipped(Exception):
    """A check that cannot be made because of what an earlier one found; the message names that."""


@dataclass
class Survey:
    """What the samples of a data set are like, as far as they were looked at.

    Args:
        dataset: the data set.
        num_looked_at: samples that were read.
        seconds: what reading and preparing them took, in this process.
        lengths: labels by number of characters, as written.
        unknown: characters outside the dictionary, with their number.
        num_with_unknown: labels with such a character.
        aspects: width / height of each image that could be decoded.
        usable: samples that can be learnt from, in the order in which they were looked at.
        rejections: the others, by reason.
    """

    dataset: WordDataset
    num_looked_at: int = 0
    seconds: float = 0.0
    lengths: Counter[int] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    num_with_unknown: int = 0
    aspects: list[float] = field(default_factory=list)
    usable: list[int] = field(default_factory=list)
    rejections: RejectionLog = field(default_factory=RejectionLog)

    @property
    def images_per_s(self) -> float:
        """Samples that one process reads and prepares in a second."""
        return self.num_looked_at / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class DryStep:
    """What one step of training took.

    Args:
        num_images: images of the step.
        loss: of the first step.
        seconds: of the last step, update included.
        parameter_bytes: weights and statistics of the model.
        gradient_bytes: gradients of the trainable weights.
        optimizer_bytes: state of the optimizer.
        activation_bytes: what the forward pass keeps for the backward pass, over all images.
        is_updated: whether any step changed the weights: gradients may not fit into float16.
    """

    num_images: int
    loss: float
    seconds: float
    parameter_bytes: int
    gradient_bytes: int
    optimizer_bytes: int
    activation_bytes: int
    is_updated: bool = True

    @property
    def images_per_s(self) -> float:
        """Images trained on in a second."""
        return self.num_images / self.seconds


@dataclass
class Case:
    """The configuration under examination, and what the checks have made of it for those behind them.

    Args:
        config: the configuration; where it has faults, the part that is sound.
        is_whole: whether it has none.
        charset: the characters; None where the dictionary cannot be read.
        surveys: of the data sets that could be opened, by section.
        memory_bytes: memory of the device; None where it is not known.
        model: the network.
        step: what the dry step took.
    """

    config: Config
    is_whole: bool = True
    charset: Charset | None = None
    surveys: dict[str, Survey] = field(default_factory=dict)
    memory_bytes: int | None = None
    model: Any = None
    step: DryStep | None = None

    def need(self, name: str, otherwise: str) -> Any:
        """What an earlier check has made; raises Skipped with ``otherwise`` where it has not."""
        value = getattr(self, name)
        if value is None:
            raise Skipped(otherwise)
        return value


def size(num_bytes: float) -> str:
    """A number of bytes as a user reads it: "1.5 GiB", "38 MiB"."""
    return f"{num_bytes / 2**30:.1f} GiB" if num_bytes >= 2**30 else f"{num_bytes / 2**20:.0f} MiB"


def duration(seconds: float) -> str:
    """A time as a user reads it: "40 s", "12 min", "5.1 h", "3.0 days"."""
    for unit, length, limit in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172800)):
        if seconds < limit:
            return f"{seconds / length:.{int(unit == 'h')}f} {unit}"
    return f"{seconds / 86400:.1f} days"
