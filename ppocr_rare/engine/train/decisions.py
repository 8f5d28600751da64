"""When something is due in a training: pure functions of numbers, and the numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ppocr_rare.utils.checkpoint.training_state import Progress


@dataclass(frozen=True)
class TrainSettings:
    """When a training does what.

    Args:
        folder: where checkpoints go.
        epochs: passes over the data.
        accumulate_steps: batches of one update.
        eval_batch_step: see ``decisions.should_eval``.
        eval_batch_epoch: evaluate behind every n-th epoch; None for not.
        save_epoch_step: keep a checkpoint of every n-th epoch.
        save_batch_step: save ``latest`` behind every n-th update; None: at the ends of epochs alone.
        main_indicator: the metric by which a model is the best.
        has_starting_score: evaluate before the first update, too, as the weights come from another training.
        calc_epoch_interval: the accuracy on batches of training is measured in every n-th epoch.
        patience: stop after so many evaluations without a better one; None for never.
    """

    folder: Path
    epochs: int
    accumulate_steps: int
    eval_batch_step: int | tuple[int, int]
    eval_batch_epoch: int | None
    save_epoch_step: int
    save_batch_step: int | None
    main_indicator: str
    patience: int | None
    calc_epoch_interval: int = 1
    has_starting_score: bool = False


def updates_per_epoch(num_batches: int, accumulate_steps: int) -> int:
    """Number of updates in an epoch: the batches left over at its end make one of their own."""
    return math.ceil(num_batches / accumulate_steps)


def should_eval(global_step: int, eval_batch_step: int | Sequence[int], eval_batch_epoch: int | None = None) -> bool:
    """Whether to evaluate behind this update.

    Args:
        global_step: updates that are done.
        eval_batch_step: n: behind every n-th; or (start, n): the same counted from ``start``.
        eval_batch_epoch: where it is set, it counts in place of ``eval_batch_step``.

    Source: PaddleOCR 2.8.1, tools/program.py, train.
    """
    if eval_batch_epoch:
        return False
    start, every = (0, eval_batch_step) if isinstance(eval_batch_step, int) else eval_batch_step
    return global_step > start and (global_step - start) % every == 0


def should_eval_epoch(epoch: int, eval_batch_epoch: int | None) -> bool:
    """Whether to evaluate behind this epoch, counted from 1."""
    return epoch % eval_batch_epoch == 0 if eval_batch_epoch else False


def should_keep_epoch(epoch: int, save_epoch_step: int) -> bool:
    """Whether to keep a checkpoint of this epoch, counted from 1, as ``iter_epoch_N``."""
    return epoch % save_epoch_step == 0


def should_save_step(global_step: int, save_batch_step: int | None) -> bool:
    """Whether to save ``latest`` behind this update."""
    return global_step % save_batch_step == 0 if save_batch_step else False


def is_better(metrics: Mapping[str, float], best: Mapping[str, float], indicator: str) -> bool:
    """Whether an evaluation takes the best one's place: of equals, only one whose second measure is better.

    Args:
        metrics: of the evaluation, with "acc" and "norm_edit_dis".
        best: of the best one so far; empty: there is none.
        indicator: the one of the two that counts.
    """
    if indicator not in best:
        return True
    if metrics[indicator] != best[indicator]:
        return metrics[indicator] > best[indicator]
    second = "norm_edit_dis" if indicator == "acc" else "acc"
    return metrics.get(second, 0.0) > best.get(second, 0.0)


def should_stop_early(evaluations_since_best: int, patience: int | None) -> bool:
    """Whether the main indicator has not risen for too long."""
    return evaluations_since_best >= patience if patience else False


def why_over(progress: Progress, settings: TrainSettings) -> str | None:
    """Why there is nothing more to train; None where there is."""
    if progress.is_evaluation_due:
        return None
    if progress.epoch >= settings.epochs:
        return f"Global.epoch_num is {settings.epochs}, and so many epochs are done"
    since = progress.evaluations_since_best
    if should_stop_early(since, settings.patience):
        return f"stopped early: {since} evaluations without a better one (Global.early_stop_patience)"
    return None
