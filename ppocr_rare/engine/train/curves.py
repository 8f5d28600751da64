"""The curves of a training: the file that keeps their points, and the picture of them."""

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ppocr_rare.utils.atomic import write_atomically

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CurvePoint:
    """One row of the history.

    Args:
        kind: "train" or "eval".
        global_step: steps done, from 1.
        epoch: from 1.
        loss: None where it was not measured, as all that follow.
        lr: learning rate.
        acc: accuracy, in [0, 1].
        norm_edit_dis: 1 - normalised edit distance, in [0, 1].
        is_best: whether this evaluation was the best so far.
    """

    kind: str
    global_step: int
    epoch: int
    loss: float | None = None
    lr: float | None = None
    acc: float | None = None
    norm_edit_dis: float | None = None
    is_best: bool = False


HEADER = "\t".join(field.name for field in fields(CurvePoint)) + "\n"


def _row(point: CurvePoint) -> str:
    numbers = (point.loss, point.lr, point.acc, point.norm_edit_dis)
    cells = ["" if number is None else f"{number:.8g}" for number in numbers]
    return "\t".join([point.kind, str(point.global_step), str(point.epoch), *cells, str(int(point.is_best))]) + "\n"


def _parse(line: str) -> CurvePoint:
    kind, global_step, epoch, *cells, is_best = line.removesuffix("\n").split("\t")
    loss, lr, acc, norm_edit_dis = (float(cell) if cell else None for cell in cells)
    point = CurvePoint(kind, int(global_step), int(epoch), loss, lr, acc, norm_edit_dis, is_best == "1")
    if kind not in ("train", "eval") or _row(point) != line:  # half a line can be read as a shorter number
        raise ValueError(line)
    return point


class History:
    """Points of curves in a text file of tab-separated columns, one point a line.

    A line that a crash left broken is passed over.

    Args:
        path: the file.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def read(self) -> list[CurvePoint]:
        """All points, in the order in which they were added; none where there is no file."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        except FileNotFoundError:
            return []
        points, num_broken = [], 0
        for line in lines:
            if line == HEADER:
                continue
            try:
                points.append(_parse(line))
            except (ValueError, TypeError):
                num_broken += 1
        if num_broken:
            logger.warning("%s: passed over %d broken lines", self.path, num_broken)
        return points

    def begin(self, global_step: int) -> None:
        """Keeps the points up to ``global_step``, none for 0, and forgets those behind it and what is broken."""
        kept = [point for point in self.read() if point.global_step <= global_step] if global_step else []
        write_atomically(self.path, [HEADER.encode(), *(_row(point).encode() for point in kept)])

    def add(self, point: CurvePoint) -> None:
        """Adds a point at the end."""
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(_row(point))


def can_draw() -> bool:
    """Whether matplotlib, which is optional, can be imported."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        return False
    return True


LABELS = {"acc": "accuracy", "norm_edit_dis": "1 - normalised edit distance"}
SIZE_INCHES, DOTS_PER_INCH = (10, 8), 100
LOSS, RATE, TRAIN, EVAL, BEST = "#1f77b4", "#9a9a9a", "#9ecae1", "#d62728", "#2ca02c"


def draw_curves(points: Iterable[CurvePoint], path: str | Path, main_indicator: str = "acc") -> None:
    """Draws a picture: loss and learning rate above, the indicator in training and evaluation below.

    Args:
        points: of the curves, in any order.
        path: PNG file of 1000 x 800 pixels; it is replaced whole.
        main_indicator: "acc" or "norm_edit_dis".

    Raises:
        ImportError: matplotlib is not installed.
        OSError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    points = sorted(points, key=lambda point: point.global_step)
    # A figure of its own: pyplot would keep it, and might look for a display.
    figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    _draw_loss(above, [point for point in points if point.kind == "train"])
    _draw_indicator(below, points, main_indicator)
    for axes in (above, below):
        axes.grid(True, color="#e6e6e6")
        axes.set_axisbelow(True)
        axes.spines["top"].set_visible(False)
    below.spines["right"].set_visible(False)
    below.set_xlabel("step")
    below.xaxis.set_major_formatter("{x:,.0f}")
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    write_atomically(path, [picture.getvalue()])


def _series(points: list[CurvePoint], name: str) -> tuple[list[int], list[float]]:
    """Steps and values of the points that have a value."""
    pairs = [(point.global_step, getattr(point, name)) for point in points if getattr(point, name) is not None]
    return [step for step, _ in pairs], [value for _, value in pairs]


def _draw_loss(axes: Any, points: list[CurvePoint]) -> None:
    """Loss on the left scale, logarithmic because it falls by orders of magnitude; learning rate on the right."""
    loss, rate = _series(points, "loss"), _series(points, "lr")
    rates = axes.twinx()
    rates.plot(*rate, color=RATE, linewidth=1.2, linestyle="--")
    rates.set_ylabel("learning rate", color="#6a6a6a")
    rates.ticklabel_format(axis="y", style="sci", scilimits=(-2, 3))
    rates.spines["top"].set_visible(False)
    rates.set_ylim(bottom=0)
    axes.plot(*loss, color=LOSS, linewidth=1.5)
    axes.set_ylabel("loss", color=LOSS)
    if loss[1] and min(loss[1]) > 0:
        axes.set_yscale("log")
    axes.set_zorder(rates.get_zorder() + 1)  # the loss lies over the learning rate
    axes.patch.set_visible(False)


def _draw_indicator(axes: Any, points: list[CurvePoint], name: str) -> None:
    """The main indicator in training and in evaluation, with the best evaluation marked."""
    label = LABELS.get(name, name)
    axes.plot(*_series([point for point in points if point.kind == "train"], name), color=TRAIN, label="training")
    evaluations = [point for point in points if point.kind == "eval" and getattr(point, name) is not None]
    axes.plot(*_series(evaluations, name), color=EVAL, marker="o", markersize=4, label="evaluation")
    if best := [point for point in evaluations if point.is_best]:
        step, value = best[-1].global_step, getattr(best[-1], name)
        text = f"best: {value:.4f} at step {step:,}"
        axes.plot([step], [value], color=BEST, marker="*", markersize=15, linestyle="none", label=text)
    axes.set_ylabel(label)
    axes.legend(loc="best", frameon=False)
