"""The loop of a training: epochs, what is due behind an update, and going on where it was interrupted."""

import contextlib
import logging
import signal
import time
from collections.abc import Callable

import numpy as np

from ppocr_rare.data.loader import Batch, WordLoader
from ppocr_rare.engine.doctor.rectifier import warn_if_dead
from ppocr_rare.engine.train import decisions
from ppocr_rare.engine.train.decisions import TrainSettings
from ppocr_rare.engine.train.display import StepRecord, TrainLog
from ppocr_rare.engine.train.interruption import Interrupted, SignalNoted, SignalWatch
from ppocr_rare.engine.train.keeper import BEST, LATEST, Keeper
from ppocr_rare.engine.train.step import NonFiniteLoss, TrainStep, Update, in_groups
from ppocr_rare.engine.train.usable_data import UsableBatches, no_usable_sample
from ppocr_rare.engine.train.weight_average import WeightAverage
from ppocr_rare.errors import RareError
from ppocr_rare.utils.checkpoint.save_load import PARAMS_SUFFIX
from ppocr_rare.utils.checkpoint.training_state import AVERAGE_SUFFIX, Progress
from ppocr_rare.utils.ranks import RankLost, Ranks
from ppocr_rare.utils.stats import RejectionLog

logger = logging.getLogger(__name__)


class Trainer:
    """Trains a model, on one rank or on one of many.

    Args:
        step: makes the updates.
        loader: batches of the training data; ``start_epoch(epoch, batch)`` tells where to begin.
        measure: (logits, batch) to the metrics of one batch; None: not measured.
        evaluate: the metrics over all evaluation sets, on all ranks at once; None: not evaluated.
        average: of the weights, which is evaluated and kept as the best in place of them; None: there is none.
        log: where steps and evaluations are told; on the first rank alone.
        settings: the rest.
        ranks: the processes of the run.
    """

    def __init__(
        self,
        step: TrainStep,
        loader: WordLoader,
        measure: Callable | None,
        evaluate: Callable[[], dict[str, float]] | None,
        average: WeightAverage | None,
        log: TrainLog | None,
        settings: TrainSettings,
        ranks: Ranks | None = None,
    ):
        self.step = step
        self.network = step.network
        self.loader = loader
        self.measure, self.evaluate = measure, evaluate
        self.average, self.log = average, log
        self.settings = settings
        self.progress = Progress()
        self.rejections, self.num_overflows = RejectionLog(), 0  # of the epoch
        self.ranks = ranks or Ranks()
        self.keeper = Keeper(settings.folder, step, average, self.ranks)
        self._signals = SignalWatch(self.ranks)
        self._usable = UsableBatches(self.ranks)

    def resume(self, prefix: str) -> None:
        """Goes on from a checkpoint; see ``Keeper.load``."""
        updates_per_epoch = decisions.updates_per_epoch(len(self.loader), self.settings.accumulate_steps)
        self.progress = self.keeper.load(prefix, updates_per_epoch)

    def fit(self) -> Progress:
        """Trains to the end, saving ``latest``, ``best_accuracy`` and ``iter_epoch_N``.

        Raises:
            Interrupted: SIGINT or SIGTERM came; ``latest`` was saved.
            RankLost: another rank has ended; ``latest`` was saved.
            RareError: the loss is not finite; nothing was updated or saved.
        """
        if reason := decisions.why_over(self.progress, self.settings):
            logger.info("nothing to do: %s", reason)
            return self.progress
        if self.log:
            self.log.resume(self.progress.global_step, self.progress.recent)
        with self._signals:  # to the end: the launcher repeats its own while this process saves and says why
            try:
                self._train()
            except Exception as error:
                self.ranks.fail(str(error))
                if isinstance(error, RankLost):
                    error = self.keeper.save_alone(error, self.progress)
                if self.log and isinstance(error, RareError):
                    self.log.failure(str(error))
                raise error
        if self.average:
            names = f"{LATEST}{AVERAGE_SUFFIX}" + (f", and {BEST}{PARAMS_SUFFIX}" if self.progress.best else "")
            logger.info("the averaged weights are in %s: %s", self.settings.folder, names)
        return self.progress

    def _train(self) -> None:
        if self.settings.has_starting_score and self.progress.global_step == 0 and self.evaluate:
            metrics = self._measure_all(self.evaluate)
            scores = ", ".join(f"{name}: {value:.6f}" for name, value in metrics.items() if name != "fps")
            logger.info("starting score, before the first step: %s", scores)
        if self.progress.is_evaluation_due:
            self._evaluate(self.progress.epoch + (self.progress.batch > 0))
        while not decisions.why_over(self.progress, self.settings):
            self._train_epoch()
        logger.info("the training ends: %s", decisions.why_over(self.progress, self.settings))

    def _train_epoch(self) -> None:
        """Trains to the end of an epoch, or until the training is over."""
        self.loader.start_epoch(self.progress.epoch, self.progress.batch)
        self.network.train()
        is_whole, num_taking_part = self.progress.batch == 0, 0
        began = time.perf_counter()
        for batches in in_groups(self.loader, self.settings.accumulate_steps):
            reader_s = time.perf_counter() - began
            for rejection in (rejection for batch in batches for rejection in batch["rejections"]):
                self.rejections.add(rejection)
            taking_part = self._usable.of(batches, self.rejections)
            num_taking_part += len(taking_part)
            update = self._update(taking_part) if taking_part else None
            self.progress.batch += len(batches)
            if update:
                if update.is_done:
                    self._tell(taking_part, update, reader_s, time.perf_counter() - began)
                self._after_update(update)
                if decisions.why_over(self.progress, self.settings):
                    self.keeper.save(LATEST, self.progress)
                    return
            began = time.perf_counter()
        if is_whole and not num_taking_part:
            raise no_usable_sample(self.rejections)
        self.progress.epoch, self.progress.batch = self.progress.epoch + 1, 0
        self._after_epoch()

    def _update(self, batches: list[Batch]) -> Update:
        progress = self.progress
        try:
            update = self.step.run(batches, progress.global_step)
        except NonFiniteLoss as fault:
            raise RareError(
                f"{fault} at step {progress.global_step + 1}; nothing was updated; "
                f"last checkpoint: {self.keeper.last_saved}; samples of the batch: {', '.join(fault.keys)}"
            ) from fault
        if update.is_done:
            progress.global_step += 1
            if self.average:
                self.average.update(progress.global_step)
        return update

    def _tell(self, batches: list[Batch], update: Update, reader_s: float, batch_s: float) -> None:
        if not self.log:
            return
        pairs = [(logits, batch) for logits, batch in zip(update.logits, batches, strict=True) if batch["keys"]]
        sizes = [len(batch["keys"]) for _, batch in pairs]
        is_due = (self.progress.epoch + 1) % self.settings.calc_epoch_interval == 0
        known = [(logits, batch) for logits, batch in pairs if logits is not None]
        measured = [self.measure(logits, batch) for logits, batch in known] if self.measure and is_due else []
        means = {
            name: np.average([values[name] for values in measured], weights=sizes)
            for name in ("acc", "norm_edit_dis")
            if measured
        }
        self.log.step(
            StepRecord(
                epoch=self.progress.epoch + 1,
                global_step=self.progress.global_step,
                loss=update.loss,
                acc=means.get("acc"),
                norm_edit_dis=means.get("norm_edit_dis"),
                lr=update.lr,
                reader_s=reader_s,
                batch_s=batch_s,
                num_samples=sum(sizes),
            )
        )

    def _after_update(self, update: Update) -> None:
        """What is due behind an update."""
        step, settings = self.progress.global_step, self.settings
        self.num_overflows += not update.is_done
        if update.is_done and decisions.should_eval(step, settings.eval_batch_step, settings.eval_batch_epoch):
            self._evaluate(self.progress.epoch + 1)
        if update.is_done and decisions.should_save_step(step, settings.save_batch_step):
            self.keeper.save(LATEST, self.progress)
        if signal_number := self._signals.agreed():
            self.keeper.save(LATEST, self.progress)
            raise self._interrupted(signal_number)

    def _interrupted(self, number: int) -> Interrupted:
        where = f"stopped as asked ({signal.Signals(number).name}) at step {self.progress.global_step}"
        return Interrupted(number, f"{where}; saved; go on with -o Global.checkpoints={self.keeper.last_saved}")

    def _after_epoch(self) -> None:
        epoch = self.progress.epoch
        for line in self.rejections.summary():
            logger.warning("left out in epoch %d: %s", epoch, line)
        if self.num_overflows:
            logger.warning("updates of epoch %d left out, as float16 did not hold them: %d", epoch, self.num_overflows)
        self.rejections, self.num_overflows = RejectionLog(), 0
        if self.log and self._usable.last:
            with self.step.precision.autocast():
                warn_if_dead(self.network, self._usable.last["image"])
        is_due = decisions.should_eval_epoch(epoch, self.settings.eval_batch_epoch)
        self.progress.is_evaluation_due = is_due and self.evaluate is not None
        if decisions.should_keep_epoch(epoch, self.settings.save_epoch_step):
            self.keeper.save(f"iter_epoch_{epoch}", self.progress)
        if is_due:
            self._evaluate(epoch)
        self.keeper.save(LATEST, self.progress)

    def _measure_all(self, evaluate: Callable[[], dict[str, float]]) -> dict[str, float]:
        """The metrics of the model as it is; a signal ends a long evaluation at once."""
        try:
            with self._signals.at_once():
                return evaluate()
        except SignalNoted:
            raise self._interrupted(self._signals.noted) from None

    def _evaluate(self, epoch: int) -> None:
        """Evaluates, and keeps the model if it is the best so far.

        What was trained is saved first: a signal may end a long evaluation, which is made up for when going on.

        Args:
            epoch: that it belongs to, counted from 1.
        """
        progress, indicator = self.progress, self.settings.main_indicator
        if self.evaluate is None:
            return
        progress.is_evaluation_due = True
        self.keeper.save(LATEST, progress)
        with self.average.applied() if self.average else contextlib.nullcontext():
            # What is saved: of the statistics, which each rank has of its own, those of the first.
            state = self.network.state_dict()
            self.ranks.share(tensor for name, tensor in state.items() if name.endswith(("._mean", "._variance")))
            metrics = self._measure_all(self.evaluate)
            progress.is_evaluation_due = False
            best = progress.best.get(indicator)
            is_best = decisions.is_better(metrics, progress.best, indicator)
            # A value that is the same over and over is no reason to go on.
            has_risen = best is None or metrics[indicator] > best
            progress.evaluations_since_best = 0 if has_risen else progress.evaluations_since_best + 1
            if is_best:
                kept = {name: value for name, value in metrics.items() if name != "fps"}  # a time, not the model's
                progress.best = {**kept, "best_epoch": epoch, "best_step": progress.global_step}
                self.keeper.save(BEST, self.progress)
        if self.log:
            self.log.evaluation(progress.global_step, epoch, metrics, is_best, progress.best)
