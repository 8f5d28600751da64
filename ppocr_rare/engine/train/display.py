"""What a training shows of itself: progress bar, ``train.log``, history, picture of the curves, scalars."""

import contextlib
import datetime
import logging
import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import paddle
from tqdm import tqdm

from ppocr_rare.engine.train.curves import CurvePoint, History, can_draw, draw_curves
from ppocr_rare.engine.train.scalars import ScalarWriter, can_write
from ppocr_rare.utils.log_file import LogFile

logger = logging.getLogger(__name__)
MAX_HISTORY_POINTS = 5000  # more than the picture has columns; keeps file and drawing small however long the training
SMOOTHED = ("lr", "acc", "norm_edit_dis", "loss")  # in the order of PaddleOCR's line
COSTS = ("reader_s", "batch_s", "num_samples")


@dataclass(frozen=True)
class StepRecord:
    """One training step, on this rank.

    Args:
        epoch: from 1.
        global_step: from 1.
        loss: of the step.
        acc: accuracy on the step's batch, in [0, 1]; None where it was not measured.
        norm_edit_dis: 1 - normalised edit distance, likewise.
        lr: learning rate of the step.
        reader_s: seconds that the step waited for its batch.
        batch_s: seconds of the whole step, the waiting included.
        num_samples: images in the batch.
    """

    epoch: int
    global_step: int
    loss: float
    acc: float | None
    norm_edit_dis: float | None
    lr: float
    reader_s: float
    batch_s: float
    num_samples: int


@dataclass
class _Costs:
    """Sums over steps."""

    steps: int = 0
    samples: int = 0
    reader_s: float = 0.0
    batch_s: float = 0.0

    def add(self, record: StepRecord) -> None:
        self.steps += 1
        self.samples += record.num_samples
        self.reader_s += record.reader_s
        self.batch_s += record.batch_s


class TrainLog:
    """Shows and records a training. One process of a training has one: rank 0.

    Writes into its folder ``train.log``, to which it appends; ``history.tsv``, the points of the curves; ``train.png``,
    drawn anew at each evaluation; and ``scalars/`` for TensorBoard. A training that does not call ``resume`` begins
    curves and scalars anew. A curve that cannot be written costs a warning, not the training.

    Args:
        folder: is made where it is missing.
        epochs: of the whole training, each of ``steps_per_epoch``.
        print_batch_step: a line each so many steps, and one at the end of each epoch.
        smooth_window: lines show the median of so many last steps.
        has_scalars: whether scalars are written.
        main_indicator: of the picture, "acc" or "norm_edit_dis".
        print_mem_info: whether lines end with the GPU's memory, where one is used.

    Raises:
        RareError: the folder cannot be written.

    Source: PaddleOCR 2.8.1 tools/program.py ``train`` and ppocr/utils/stats.py ``TrainingStats``: format of the lines.
    """

    def __init__(
        self, folder: str | Path, *, epochs: int, steps_per_epoch: int, print_batch_step: int, smooth_window: int,
        has_scalars: bool, main_indicator: str = "acc", print_mem_info: bool = True,
    ):  # fmt: skip
        self.folder = Path(folder)
        self.epochs, self.steps_per_epoch, self.print_batch_step = epochs, steps_per_epoch, print_batch_step
        self.main_indicator, self.print_mem_info = main_indicator, print_mem_info
        self._has_scalars = has_scalars and can_write()
        self._file = LogFile(self.folder / "train.log")
        self._history = History(self.folder / "history.tsv")
        self._scalars: ScalarWriter | None = None
        self._has_begun = False
        num_lines = math.ceil(epochs * steps_per_epoch / print_batch_step)
        self._history_step = print_batch_step * math.ceil(num_lines / MAX_HISTORY_POINTS)
        self._smooth_window = smooth_window
        self._recent: dict[str, list[float]] = {}
        self._costs: dict[str, deque[float]] = {name: deque(maxlen=smooth_window) for name in COSTS}
        self._since_line, self._since_start = _Costs(), _Costs()
        self._can_draw = can_draw()
        if not self._can_draw:
            logger.warning("train.png will not be drawn: it needs matplotlib (pip install 'ppocr_rare[train]')")
        if self._has_scalars:
            logger.info("to see the scalars: tensorboard --logdir %s", self.folder / "scalars")
        elif has_scalars:
            logger.warning("no scalars: use_visualdl needs tensorboard (pip install 'ppocr_rare[train]')")
        self._bar = tqdm(
            total=epochs * steps_per_epoch, disable=None, dynamic_ncols=True, mininterval=0.5,
            bar_format="{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}",
        )  # fmt: skip

    def resume(self, global_step: int, recent: dict[str, list[float]] | None = None) -> None:
        """Goes on behind a step: what an interrupted training recorded after it is forgotten. Call it before ``step``.

        Args:
            global_step: steps that the checkpoint has done; 0 begins anew.
            recent: ``Progress.recent``: the last values by name, which are kept up to date there.
        """
        self._has_begun = True
        self._recent = {} if recent is None else recent
        with _tolerated():
            self._history.begin(global_step)
        if self._has_scalars:
            with _tolerated():
                self._scalars = ScalarWriter(self.folder / "scalars", global_step + 1)
        self._bar.n = self._bar.initial = global_step
        self._bar.refresh()

    def step(self, record: StepRecord) -> None:
        """Records a training step."""
        if not self._has_begun:
            self.resume(0)
        for name, window in self._costs.items():
            window.append(getattr(record, name))
        for name in SMOOTHED:
            if (value := getattr(record, name)) is not None:
                values = self._recent.setdefault(name, [])
                values.append(float(value))
                del values[: -self._smooth_window]
        self._since_line.add(record)
        self._since_start.add(record)
        is_epoch_end = record.global_step % self.steps_per_epoch == 0
        if is_epoch_end or record.global_step % self.print_batch_step == 0:
            self._print(record, is_kept=is_epoch_end or record.global_step % self._history_step == 0)
        if not self._bar.disable:
            self._move_bar(record)

    def evaluation(
        self, global_step: int, epoch: int, metrics: dict[str, float], is_best: bool, best: Mapping[str, Any]
    ) -> None:
        """Records an evaluation and draws the curves.

        Args:
            global_step: steps done.
            epoch: from 1.
            metrics: what was measured now, by name: "acc", "norm_edit_dis", "fps" ...
            is_best: whether this is the best so far.
            best: what is remembered of the best evaluation, this one included.
        """
        if not self._has_begun:
            self.resume(0)
        logger.info("cur metric, %s", ", ".join(f"{name}: {value}" for name, value in metrics.items()))
        logger.info("best metric, %s", ", ".join(f"{name}: {value}" for name, value in best.items()))
        values = {f"EVAL/{name}": value for name, value in metrics.items()}
        if self.main_indicator in best:
            values[f"EVAL/best_{self.main_indicator}"] = best[self.main_indicator]
        scores = {name: metrics.get(name) for name in ("acc", "norm_edit_dis")}
        self._add_scalars(global_step, values)
        self._add_point(CurvePoint("eval", global_step, epoch, is_best=is_best, **scores))
        if self._can_draw:
            with _tolerated():
                draw_curves(self._history.read(), self.folder / "train.png", self.main_indicator)

    def failure(self, message: str) -> None:
        """Writes why the training ends into ``train.log`` alone: the tool tells the user."""
        self._file.write_error(message)

    def close(self) -> None:
        """Ends the bar and lets go of the files."""
        self._bar.close()
        if self._scalars is not None:
            self._scalars.close()
        self._file.close()

    def _smoothed(self) -> dict[str, float]:
        """Medians by name, of what was measured at all."""
        return {name: median(self._recent[name]) for name in SMOOTHED if self._recent.get(name)}

    def _eta(self, global_step: int) -> datetime.timedelta:
        """Time to the end, at the mean pace since this process began; evaluations are not foreseen."""
        pace_s = self._since_start.batch_s / self._since_start.steps
        return datetime.timedelta(seconds=int((self.epochs * self.steps_per_epoch - global_step) * pace_s))

    def _print(self, record: StepRecord, is_kept: bool) -> None:
        """Logs the line, and keeps its values for the curves."""
        smoothed, costs = self._smoothed(), self._since_line
        logger.info(
            "epoch: [%d/%d], global_step: %d, %s, avg_reader_cost: %.5f s, avg_batch_cost: %.5f s, avg_samples: %s, "
            "ips: %.5f samples/s, eta: %s%s",
            record.epoch, self.epochs, record.global_step,
            ", ".join(f"{name}: {value:.6f}" for name, value in smoothed.items()),
            costs.reader_s / costs.steps, costs.batch_s / costs.steps, costs.samples / costs.steps,
            costs.samples / costs.batch_s if costs.batch_s else 0, self._eta(record.global_step), self._memory(),
        )  # fmt: skip
        self._since_line = _Costs()
        self._add_scalars(record.global_step, {f"TRAIN/{name}": value for name, value in smoothed.items()})
        if is_kept:
            loss, lr, acc, norm_edit_dis = map(smoothed.get, ("loss", "lr", "acc", "norm_edit_dis"))
            self._add_point(CurvePoint("train", record.global_step, record.epoch, loss, lr, acc, norm_edit_dis))

    def _memory(self) -> str:
        """The most that the GPU's memory held until now, as the end of a line."""
        if not self.print_mem_info or not paddle.get_device().startswith("gpu"):
            return ""
        reserved, allocated = paddle.device.cuda.max_memory_reserved(), paddle.device.cuda.max_memory_allocated()
        return f", max_mem_reserved: {reserved >> 20} MB, max_mem_allocated: {allocated >> 20} MB"

    def _add_scalars(self, global_step: int, values: Mapping[str, Any]) -> None:
        if self._scalars is not None:
            with _tolerated():
                self._scalars.write(global_step, values)

    def _add_point(self, point: CurvePoint) -> None:
        with _tolerated():
            self._history.add(point)

    def _move_bar(self, record: StepRecord) -> None:
        """Shows the step on the terminal; tqdm itself draws no more often than the eye can follow."""
        smoothed = {name: f"{value:.4g}" for name, value in self._smoothed().items()}
        reader_s, batch_s, num_samples = (median(self._costs[name]) for name in COSTS)
        self._bar.set_description_str(f"epoch {record.epoch}/{self.epochs}", refresh=False)
        self._bar.set_postfix_str(
            f"loss {smoothed['loss']}, acc {smoothed.get('acc', '-')}, lr {smoothed['lr']}, "
            f"eta {self._eta(record.global_step)}, {num_samples / batch_s if batch_s else 0:.0f} samples/s, "
            f"reader {reader_s:.3f} s, batch {batch_s:.3f} s",
            refresh=False,
        )
        self._bar.update(record.global_step - self._bar.n)


@contextlib.contextmanager
def _tolerated() -> Iterator[None]:
    """A curve is not worth a training: a file that cannot be written costs a warning."""
    try:
        yield
    except OSError as error:
        logger.warning("curves cannot be written: %s", error)
