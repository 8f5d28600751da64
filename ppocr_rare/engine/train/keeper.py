"""Saves a training and gives it back: what every checkpoint holds, and which rank writes it."""

import logging
from pathlib import Path

from ppocr_rare.engine.train.step import TrainStep
from ppocr_rare.engine.train.weight_average import WeightAverage
from ppocr_rare.utils.checkpoint.save_load import PARAMS_SUFFIX
from ppocr_rare.utils.checkpoint.training_state import AVERAGE_SUFFIX, Progress, load_training, save_training
from ppocr_rare.utils.ranks import RankLost, Ranks

LATEST, BEST = "latest", "best_accuracy"

logger = logging.getLogger(__name__)


class Keeper:
    """Keeps the checkpoints of a training.

    Args:
        folder: where they go.
        step: the network, the optimizer and their precision.
        average: of the weights; None: there is none.
        ranks: the processes of the run, of which the first writes.
    """

    def __init__(self, folder: Path, step: TrainStep, average: WeightAverage | None, ranks: Ranks):
        self.folder = folder
        self.last_saved = "none"
        self._step, self._average, self._ranks = step, average, ranks

    def load(self, prefix: str, updates_per_epoch: int) -> Progress:
        """Goes on from a checkpoint exactly where it was saved; raises CheckpointError as ``load_training`` does."""
        prefix = str(prefix).removesuffix(PARAMS_SUFFIX)
        step = self._step
        progress = load_training(prefix, step.network, step.optimizer, updates_per_epoch)
        step.precision.set_state(progress.scaler)
        if step.schedule.last_epoch != progress.global_step:  # PaddleOCR saves none of a constant rate
            step.schedule.step(progress.global_step)
        if self._average and progress.has_average:
            self._average.load(f"{prefix}{AVERAGE_SUFFIX}")
        elif self._average:
            self._average.begin()
            logger.warning("%s: no averaged weights beside it; the average begins with its weights", prefix)
        self.last_saved = prefix
        logger.info("goes on from %s: epoch %d, batch %d", prefix, progress.epoch + 1, progress.batch)
        return progress

    def save(self, name: str, progress: Progress) -> None:
        """Saves the training; as the best, the weights that were evaluated, be they averaged or not."""
        if self._ranks.is_first:
            self._write(name, progress)
        self.last_saved = str(self.folder / name)

    def save_alone(self, error: RankLost, progress: Progress) -> RankLost:
        """Saves what there is when another rank is gone; returns the error that says how to go on.

        No update was begun, but a forward pass may have been: the statistics of batch norms may be one batch ahead.
        """
        if self._ranks.rank == (1 if self._ranks.is_first_gone else 0):
            self._write(LATEST, progress)
        self.last_saved = str(self.folder / LATEST)
        return RankLost(f"{error}; go on with -o Global.checkpoints={self.last_saved}")

    def _write(self, name: str, progress: Progress) -> None:
        progress.scaler = self._step.precision.state()
        average = self._average.state() if self._average and name != BEST else None
        save_training(self.folder / name, self._step.network, self._step.optimizer, progress, average)
