"""All checks in order; none of them hides another."""

import functools
import logging
from collections.abc import Callable, Iterable, Iterator

from ppocr_rare.engine.doctor import files, machine, rectifier, step, words
from ppocr_rare.engine.doctor.findings import Case, Finding, Skipped
from ppocr_rare.errors import CheckpointError, DataError, RareError

Check = Callable[[Case], Iterator[Finding]]

# Each builds on what those before it leave in the case.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("sections", files.check_sections),
    ("dictionary", files.check_dictionary),
    ("inputs", files.check_inputs),
    ("output", files.check_output),
    ("Train samples", functools.partial(words.check_data, section="Train")),
    ("Eval samples", functools.partial(words.check_data, section="Eval")),
    ("cpu", machine.check_cpu),
    ("loader", machine.check_loader),
    ("device", machine.check_device),
    ("model", step.check_model),
    ("weights", files.check_weights),
    ("checkpoints", files.check_checkpoint),
    ("rectifier", rectifier.check_rectifier),
    ("dry step", step.check_step),
    ("memory", step.check_memory),
    ("speed", step.check_speed),
    ("disk", files.check_disk),
)

logger = logging.getLogger(__name__)


def examine(path: str, overrides: Iterable[str] = ()) -> Iterator[Finding]:
    """Examines a configuration and all that it names. No file is written.

    Args:
        path: the configuration file.
        overrides: as for ``load_config``.

    Yields:
        What each check found, as soon as it is made. The package's warnings come as notes.
    """
    with _Warnings() as warnings:
        try:
            case, finding = files.open_case(path, overrides)
        except RareError as error:
            case, finding = None, Finding("FAULT", "config", str(error))
        yield finding
        yield from warnings.as_notes("config")
        if case is None:
            return
        for subject, check in CHECKS:
            yield from _run(subject, check, case)
            yield from warnings.as_notes(subject)


def verdict(findings: Iterable[Finding]) -> tuple[str, int]:
    """The last line of the report, and the exit code: 1 where training cannot start."""
    findings = list(findings)
    faults, notes = (sum(finding.level == level for finding in findings) for level in ("FAULT", "note"))
    counts = f"{faults} fault{'' if faults == 1 else 's'}, {notes} note{'' if notes == 1 else 's'}"
    return f"{'training cannot start' if faults else 'nothing stands against a start'}: {counts}", int(faults > 0)


def _run(subject: str, check: Check, case: Case) -> Iterator[Finding]:
    """The findings of one check; whatever it raises is a finding too."""
    try:
        yield from check(case)
    except Skipped as reason:
        yield Finding("note", subject, f"not checked: {reason}")
    except Exception as error:  # Paddle's own errors, such as out of memory, are of any kind
        is_of_files = isinstance(error, (DataError, CheckpointError))
        if not case.is_whole and not is_of_files:
            logger.debug("%s", subject, exc_info=True)
            yield Finding("note", subject, "not checked: mend the configuration first")
        elif isinstance(error, RareError):
            yield Finding("FAULT", subject, str(error))
        else:
            logger.debug("%s", subject, exc_info=True)
            lines = str(error).strip().splitlines() or [""]
            yield Finding("FAULT", subject, f"{type(error).__name__}: {lines[-1]}")


class _Warnings(logging.Handler):
    """Collects the package's warnings while it is entered."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())

    def as_notes(self, subject: str) -> list[Finding]:
        """A note for each warning since the last call."""
        messages, self._messages = self._messages, []
        return [Finding("note", subject, message) for message in messages]

    def __enter__(self) -> "_Warnings":
        logging.getLogger("ppocr_rare").addHandler(self)
        return self

    def __exit__(self, *exception: object) -> None:
        logging.getLogger("ppocr_rare").removeHandler(self)
