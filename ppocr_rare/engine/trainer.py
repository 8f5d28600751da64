"""Training: one step, and the loop around it."""

import logging
import math
import signal
import time
from collections.abc import Callable

import paddle
import paddle.distributed as dist

from ppocr_rare.engine import decisions
from ppocr_rare.engine.decisions import TrainSettings
from ppocr_rare.engine.train_log import StepRecord, TrainLog
from ppocr_rare.errors import RareError
from ppocr_rare.utils.precision import Precision
from ppocr_rare.utils.stats import RejectionLog
from ppocr_rare.utils.training_checkpoint import Progress, load_training, save_training

LATEST, BEST = "latest", "best_accuracy"

logger = logging.getLogger(__name__)


class Interrupted(RareError):
    """A signal ended the training; it can go on from what was saved."""

    def __init__(self, signal_number: int, message: str):
        super().__init__(message)
        self.exit_code = 128 + signal_number


class Trainer:
    """Trains a model, on one rank or on one of many.

    Args:
        model: the network, in Paddle's wrapper for several ranks where there are several.
        loss: gives ``{"loss": scalar}`` of logits and a batch.
        optimizer: of the network's parameters.
        schedule: learning rate, stepped once an update.
        precision: number types.
        loader: batches of the training data; ``start_epoch(epoch, batch)`` tells where to begin.
        batch_keys: names of the arrays that the loss takes, in order.
        measure: (logits, batch) to the metrics of one batch; None: not measured.
        evaluate: the metrics over all evaluation sets, on all ranks at once; None: not evaluated.
        log: where steps and evaluations are told; on the first rank alone.
        settings: the rest.
    """

    def __init__(
        self,
        model,
        loss,
        optimizer,
        schedule,
        precision: Precision,
        loader,
        batch_keys: tuple[str, ...],
        measure: Callable | None,
        evaluate: Callable[[], dict[str, float]] | None,
        log: TrainLog | None,
        settings: TrainSettings,
    ):
        self.model = model
        self.network = getattr(model, "_layers", model)  # without the wrapper
        self.loss = loss
        self.optimizer = optimizer
        self.schedule = schedule
        self.precision = precision
        self.loader = loader
        self.batch_keys = batch_keys
        self.measure = measure
        self.evaluate = evaluate
        self.log = log
        self.settings = settings
        self.progress = Progress()
        self.rejections = RejectionLog()
        self._signal = 0
        self._last_saved = "none"
        self._last_usable = None

    def resume(self, prefix: str) -> None:
        """Goes on from a checkpoint exactly where it was saved; raises CheckpointError as ``load_training`` does."""
        self.progress = load_training(prefix, self.network, self.optimizer, len(self.loader))
        self.precision.set_state(self.progress.scaler)
        if self.schedule.last_epoch != self.progress.global_step:  # PaddleOCR saves no schedule of a constant rate
            self.schedule.step(self.progress.global_step)
        self._last_saved = str(prefix)
        if self.log:
            self.log.resume(self.progress.global_step)
        logger.info("goes on from %s: epoch %d, batch %d", prefix, self.progress.epoch + 1, self.progress.batch)

    def fit(self) -> Progress:
        """Trains to the end, saving ``latest``, ``best_accuracy`` and ``iter_epoch_N``.

        Raises:
            Interrupted: SIGINT or SIGTERM came; ``latest`` was saved.
            RareError: the loss is not finite; nothing was updated or saved.
        """
        handlers = {number: signal.signal(number, self._note_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            is_over = False
            while self.progress.epoch < self.settings.epochs and not is_over:
                is_over = self._train_epoch()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        return self.progress

    def step(self, batch, weight: float = 1.0) -> tuple[float, paddle.Tensor]:
        """One update.

        Args:
            batch: arrays of ``batch_keys``, among them ``image`` and ``label``.
            weight: factor on the loss.

        Returns:
            The loss and the logits [B, L, V].

        Raises:
            RareError: the loss is not finite. Nothing was updated.
        """
        # What a network draws at random follows from seed and step, so that resuming needs no stored random state.
        paddle.seed(self.settings.seed + self.progress.global_step)
        with self.precision.autocast():
            logits = self.model(batch["image"], batch["label"])
        logits = logits.astype("float32")
        loss = self.loss(logits, [batch[key] for key in self.batch_keys])["loss"] * weight
        value = float(loss)
        if not math.isfinite(value):
            raise RareError(
                f"the loss is {value} at step {self.progress.global_step + 1}; nothing was updated; "
                f"last checkpoint: {self._last_saved}; samples of the batch: {', '.join(batch['keys'])}"
            )
        self.precision.backward(loss)
        self.precision.update(self.optimizer)
        self.schedule.step()
        return value, logits

    def _train_epoch(self) -> bool:
        """Trains to the end of an epoch; returns whether the training is over before its time."""
        epoch = self.progress.epoch
        self.loader.start_epoch(epoch, self.progress.batch)
        self.model.train()
        began = time.perf_counter()
        for batch in self.loader:
            reader_s = time.perf_counter() - began
            for rejection in batch["rejections"]:
                self.rejections.add(rejection)
            self.progress.batch += 1
            if self._take_part(batch):
                lr = self.optimizer.get_lr()
                value, logits = self.step(batch if batch["keys"] else self._last_usable, float(bool(batch["keys"])))
                self.progress.global_step += 1
                self._tell(batch, value, logits, lr, reader_s, time.perf_counter() - began)
                if self._after_update():
                    return True
            began = time.perf_counter()
        self.progress.epoch, self.progress.batch = epoch + 1, 0
        self._after_epoch()
        return False

    def _take_part(self, batch) -> bool:
        """Whether this batch makes an update. One without a usable sample makes none.

        With several ranks all must take part: the rank without a sample computes an earlier batch with weight 0.
        """
        if batch["keys"]:
            self._last_usable = batch
            return True
        if dist.get_world_size() == 1:
            return False
        if self._last_usable is None:
            raise RareError(f"no sample of this rank's first batch can be used: {'; '.join(self.rejections.summary())}")
        return True

    def _tell(self, batch, value, logits, lr, reader_s, batch_s) -> None:
        if not self.log:
            return
        measured = self.measure(logits, batch) if self.measure and batch["keys"] else {}
        self.log.step(
            StepRecord(
                epoch=self.progress.epoch + 1,
                global_step=self.progress.global_step,
                loss=value,
                acc=measured.get("acc"),
                norm_edit_dis=measured.get("norm_edit_dis"),
                lr=lr,
                reader_s=reader_s,
                batch_s=batch_s,
                num_samples=len(batch["keys"]),
            )
        )

    def _after_update(self) -> bool:
        """What is due behind an update; returns whether to stop early."""
        step, settings = self.progress.global_step, self.settings
        is_over = False
        if decisions.should_eval(step, settings.eval_batch_step):
            is_over = self._evaluate()
        if decisions.should_save_step(step, settings.save_batch_step):
            self._save(LATEST)
        if signal_number := self._agreed_signal():
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
        self.rejections = RejectionLog()
        if decisions.should_eval_epoch(epoch, self.settings.eval_batch_epoch):
            self._evaluate()
        self._save(LATEST)
        if decisions.should_keep_epoch(epoch, self.settings.save_epoch_step):
            self._save(f"iter_epoch_{epoch}")

    def _evaluate(self) -> bool:
        """Evaluates, keeps the model if it is the best so far; returns whether to stop early."""
        if self.evaluate is None:
            return False
        metrics = self.evaluate()
        progress, indicator = self.progress, self.settings.main_indicator
        is_best = decisions.is_better(metrics[indicator], progress.best.get(indicator))
        progress.evaluations_since_best = 0 if is_best else progress.evaluations_since_best + 1
        if is_best:
            kept = {name: value for name, value in metrics.items() if name != "fps"}  # a time says nothing of the model
            progress.best = {**kept, "best_epoch": progress.epoch + 1, "best_step": progress.global_step}
            self._save(BEST)
        if self.log:
            self.log.evaluation(progress.global_step, progress.epoch + 1, metrics, is_best, progress.best)
        self.model.train()
        return decisions.should_stop_early(progress.evaluations_since_best, self.settings.patience)

    def _save(self, name: str) -> None:
        prefix = self.settings.folder / name
        if dist.get_rank() == 0:
            self.progress.scaler = self.precision.state()
            save_training(prefix, self.network, self.optimizer, self.progress)
        self._last_saved = str(prefix)

    def _note_signal(self, number, frame) -> None:
        if self._signal == number == signal.SIGINT:  # a second Ctrl-C: the user will not wait for the step to end
            raise KeyboardInterrupt
        self._signal = number

    def _agreed_signal(self) -> int:
        """The signal that any rank was sent; all must stop behind the same step, or the others would wait for ever."""
        if dist.get_world_size() == 1:
            return self._signal
        number = paddle.to_tensor([self._signal], dtype="int32")
        dist.all_reduce(number, op=dist.ReduceOp.MAX)
        return number.item()
