"""What became of the samples that could not be used."""

from collections import Counter
from dataclasses import dataclass

from ppocr_rare.utils.printable import escape

_EXAMPLES = 5


@dataclass(frozen=True)
class Rejection:
    """A sample that could not be used, in the place where it would have stood.

    Args:
        key: where the sample is: a path, or ``folder#000000012`` in an LMDB.
        text: its label as written.
        reason: short constant phrase under which it is counted: ``"label too long"``.
        detail: what is particular to this sample; may be empty.
    """

    key: str
    text: str
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return escape(f"{self.key} ({self.text!r}): {self.reason}{detail}")


class RejectionLog:
    """Rejections counted by reason, the first five of each kept as examples."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[Rejection]] = {}

    def __len__(self) -> int:
        """Number of rejections of all reasons."""
        return self.counts.total()

    def add(self, rejection: Rejection) -> None:
        """Counts one rejection."""
        self.counts[rejection.reason] += 1
        self._keep([rejection])

    def merge(self, other: "RejectionLog") -> None:
        """Adds what another log has counted; its examples come behind the ones here."""
        self.counts.update(other.counts)
        for examples in other.examples.values():
            self._keep(examples)

    def summary(self) -> list[str]:
        """Returns lines for a report, the most frequent reason first: its count, then its examples, indented."""
        lines = []
        for reason, count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0])):
            lines.append(f"{reason}: {count}")
            lines += [f"    {example}" for example in self.examples[reason]]
        return lines

    def _keep(self, rejections: list[Rejection]) -> None:
        for rejection in rejections:
            examples = self.examples.setdefault(rejection.reason, [])
            if len(examples) < _EXAMPLES:
                examples.append(rejection)
