"""The loop of a training: epochs, what is due behind an update, and going on where it was interrupted."""

import contextlib
import logging
import signal
import time
from collections.abc import Callable

import numpy as np
import paddle.distributed as dist

from ppocr_rare.data.loader import Batch
from ppocr_rare.engine import decisions
from ppocr_rare.engine.decisions import TrainSettings
from ppocr_rare.engine.interruption import Interrupted, SignalWatch
from ppocr_rare.engine.train_log import StepRecord, TrainLog
from ppocr_rare.engine.train_step import NonFiniteLoss, TrainStep, Update, in_groups
from ppocr_rare.engine.weight_average import WeightAverage
from ppocr_rare.errors import RareError
from ppocr_rare.utils.save_load import PARAMS_SUFFIX
from ppocr_rare.utils.stats import RejectionLog
from ppocr_rare.utils.training_checkpoint import AVERAGE_SUFFIX, Progress, load_training, save_training

LATEST, BEST = "latest", "best_accuracy"

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
    """

    def __init__(
        self,
        step: TrainStep,
        loader,
        measure: Callable | None,
        evaluate: Callable[[], dict[str, float]] | None,
        average: WeightAverage | None,
        log: TrainLog | None,
        settings: TrainSettings,
    ):
        self.step = step
        self.network = step.network
        self.loader = loader
        self.measure = measure
        self.evaluate = evaluate
        self.average = average
        self.log = log
        self.settings = settings
        self.progress = Progress()
        self.rejections, self.num_overflows = RejectionLog(), 0  # of the epoch
        self._signals = SignalWatch()
        self._last_saved = "none"
        self._last_usable = None

    def resume(self, prefix: str) -> None:
        """Goes on from a checkpoint exactly where it was saved; raises CheckpointError as ``load_training`` does."""
        prefix = str(prefix).removesuffix(PARAMS_SUFFIX)
        updates_per_epoch = decisions.updates_per_epoch(len(self.loader), self.settings.accumulate_steps)
        self.progress = load_training(prefix, self.network, self.step.optimizer, updates_per_epoch)
        self.step.precision.set_state(self.progress.scaler)
        if self.step.schedule.last_epoch != self.progress.global_step:  # PaddleOCR saves none of a constant rate
            self.step.schedule.step(self.progress.global_step)
        if self.average:
            self._resume_average(prefix)
        self._last_saved = prefix
        if self.log:
            self.log.resume(self.progress.global_step)
        logger.info("goes on from %s: epoch %d, batch %d", prefix, self.progress.epoch + 1, self.progress.batch)

    def _resume_average(self, prefix) -> None:
        if self.progress.has_average:
            self.average.load(f"{prefix}{AVERAGE_SUFFIX}")
        else:
            self.average.begin()
            logger.warning("%s: no averaged weights beside it; the average begins with its weights", prefix)

    def fit(self) -> Progress:
        """Trains to the end, saving ``latest``, ``best_accuracy`` and ``iter_epoch_N``.

        Raises:
            Interrupted: SIGINT or SIGTERM came; ``latest`` was saved.
            RareError: the loss is not finite; nothing was updated or saved.
        """
        if self.progress.epoch >= self.settings.epochs:
            logger.info("nothing to do: all %d epochs of Global.epoch_num are done", self.settings.epochs)
            return self.progress
        try:
            with self._signals:
                is_over = False
                while self.progress.epoch < self.settings.epochs and not is_over:
                    is_over = self._train_epoch()
        except RareError as error:
            if self.log:
                self.log.failure(str(error))
            raise
        if self.average:
            names = f"{LATEST}{AVERAGE_SUFFIX}" + (f", and {BEST}{PARAMS_SUFFIX}" if self.progress.best else "")
            logger.info("the averaged weights are in %s: %s", self.settings.folder, names)
        return self.progress

    def _train_epoch(self) -> bool:
        """Trains to the end of an epoch; returns whether the training is over before its time."""
        epoch = self.progress.epoch
        self.loader.start_epoch(epoch, self.progress.batch)
        self.network.train()
        began = time.perf_counter()
        for batches in in_groups(self.loader, self.settings.accumulate_steps):
            reader_s = time.perf_counter() - began
            for rejection in (rejection for batch in batches for rejection in batch["rejections"]):
                self.rejections.add(rejection)
            self.progress.batch += len(batches)
            if taking_part := self._taking_part(batches):
                update = self._update(taking_part)
                if update.is_done:
                    self._tell(taking_part, update, reader_s, time.perf_counter() - began)
                if self._after_update(update):
                    self._save(LATEST)
                    return True
            began = time.perf_counter()
        self.progress.epoch, self.progress.batch = epoch + 1, 0
        self._after_epoch()
        return False

    def _update(self, batches) -> Update:
        progress = self.progress
        try:
            update = self.step.run(batches, progress.global_step)
        except NonFiniteLoss as fault:
            raise RareError(
                f"{fault} at step {progress.global_step + 1}; nothing was updated; "
                f"last checkpoint: {self._last_saved}; samples of the batch: {', '.join(fault.batch['keys'])}"
            ) from fault
        if update.is_done:
            progress.global_step += 1
            if self.average:
                self.average.update(progress.global_step)
        return update

    def _taking_part(self, batches) -> list[Batch]:
        """The batches that make an update: those with a usable sample; without any there is none.

        With several ranks all must take part: where a rank has no sample, an earlier batch stands in for its own.
        """
        usable = [batch for batch in batches if batch["keys"]]
        self._last_usable = usable[-1] if usable else self._last_usable
        if dist.get_world_size() == 1 or len(usable) == len(batches):
            return usable
        if self._last_usable is None:
            raise RareError(f"no sample of this rank's first batch can be used: {'; '.join(self.rejections.summary())}")
        return [batch if batch["keys"] else {**self._last_usable, "keys": []} for batch in batches]

    def _tell(self, batches, update, reader_s, batch_s) -> None:
        if not self.log:
            return
        pairs = [(logits, batch) for logits, batch in zip(update.logits, batches, strict=True) if batch["keys"]]
        sizes = [len(batch["keys"]) for _, batch in pairs]
        measured = [self.measure(logits, batch) for logits, batch in pairs] if self.measure else []
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

    def _after_update(self, update) -> bool:
        """What is due behind an update; returns whether to stop early."""
        step, settings = self.progress.global_step, self.settings
        is_over = False
        self.num_overflows += not update.is_done
        if update.is_done and decisions.should_eval(step, settings.eval_batch_step):
            is_over = self._evaluate()
        if update.is_done and decisions.should_save_step(step, settings.save_batch_step):
            self._save(LATEST)
        if signal_number := self._signals.agreed():
            self._save(LATEST)
            name = signal.Signals(signal_number).name
            raise Interrupted(
                signal_number, f"{name}: stopped at step {step}; go on with -o Global.checkpoints={self._last_saved}"
            )
        return is_over

    def _after_epoch(self) -> None:
        epoch = self.progress.epoch
        for line in self.rejections.summary():
            logger.warning("left out in epoch %d: %s", epoch, line)
        if self.num_overflows:
            logger.warning("updates of epoch %d left out, as float16 did not hold them: %d", epoch, self.num_overflows)
        self.rejections, self.num_overflows = RejectionLog(), 0
        if decisions.should_eval_epoch(epoch, self.settings.eval_batch_epoch):
            self._evaluate()
        self._save(LATEST)
        if decisions.should_keep_epoch(epoch, self.settings.save_epoch_step):
            self._save(f"iter_epoch_{epoch}")

    def _evaluate(self) -> bool:
        """Evaluates, keeps the model if it is the best so far; returns whether to stop early."""
        if self.evaluate is None:
            return False
        progress, indicator = self.progress, self.settings.main_indicator
        with self.average.applied() if self.average else contextlib.nullcontext():
            self._share_statistics()
            metrics = self.evaluate()
            is_best = decisions.is_better(metrics[indicator], progress.best.get(indicator))
            progress.evaluations_since_best = 0 if is_best else progress.evaluations_since_best + 1
            if is_best:
                kept = {name: value for name, value in metrics.items() if name != "fps"}  # a time, not the model's
                progress.best = {**kept, "best_epoch": progress.epoch + 1, "best_step": progress.global_step}
                self._save(BEST)
        if self.log:
            self.log.evaluation(progress.global_step, progress.epoch + 1, metrics, is_best, progress.best)
        self.network.train()
        return decisions.should_stop_early(progress.evaluations_since_best, self.settings.patience)

    def _share_statistics(self) -> None:
        """Lets all ranks evaluate what is saved: of the statistics, which each has of its own, those of the first."""
        if dist.get_world_size() > 1:
            for name, tensor in self.network.state_dict().items():
                if name.endswith(("._mean", "._variance")):
                    dist.broadcast(tensor, src=0)

    def _save(self, name: str) -> None:
        """Saves the training; as the best, the weights that were evaluated, be they averaged or not."""
        prefix = self.settings.folder / name
        if dist.get_rank() == 0:
            self.progress.scaler = self.step.precision.state()
            average = self.average.state() if self.average and name != BEST else None
            save_training(prefix, self.network, self.step.optimizer, self.progress, average)
        self._last_saved = str(prefix)
