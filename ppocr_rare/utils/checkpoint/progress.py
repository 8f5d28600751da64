"""The place in a training, as its ``.states`` file tells it."""

import logging
from dataclasses import dataclass, field, fields

from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.moment import SUMS
from ppocr_rare.utils.checkpoint.sanity import require_count, require_progress

logger = logging.getLogger(__name__)


@dataclass
class Progress:
    """The place in a training.

    Args:
        epoch: epochs that are done.
        batch: batches of the next epoch that are done.
        global_step: updates that are done.
        best: metrics of the best evaluation, with its ``best_epoch`` and ``best_step``; empty before the first.
        evaluations_since_best: evaluations behind it.
        scaler: state of the loss scaling; empty without it.
        has_average: whether averaged weights were saved beside.
        is_evaluation_due: whether what was saved is still to be evaluated.
        recent: the last values of what the log smooths, by name, so that its lines go on as if nothing had been.
    """

    epoch: int = 0
    batch: int = 0
    global_step: int = 0
    best: dict[str, float | int] = field(default_factory=dict)
    evaluations_since_best: int = 0
    scaler: dict = field(default_factory=dict)
    has_average: bool = False
    is_evaluation_due: bool = False
    recent: dict[str, list[float]] = field(default_factory=dict)


def read_progress(states: object, path: str, steps_per_epoch: int) -> Progress:
    """The place in a training by what its ``.states`` hold.

    Args:
        states: what was read: of this package, or of PaddleOCR, which tells the epoch alone.
        path: of the file, for messages.
        steps_per_epoch: the steps of PaddleOCR's training follow from it.

    Raises:
        CheckpointError: an entry is missing, unknown, or cannot be true.
    """
    if not isinstance(states, dict):
        raise CheckpointError(f"{path}: does not say where the training stood")
    if "batch" in states:
        ours = {name: value for name, value in states.items() if name != SUMS}
        require_progress(ours, [entry.name for entry in fields(Progress)], path)
        return Progress(**ours)
    epoch = states.get("epoch", 0)  # PaddleOCR's, counted from 1: this many are done
    require_count(epoch, "epoch", path)
    step = states.get("global_step", epoch * steps_per_epoch)
    require_count(step, "global_step", path)
    best = states.get("best_model_dict", {})
    best = {k: v for k, v in best.items() if isinstance(v, (int, float))} if isinstance(best, dict) else {}
    logger.warning("%s: written by PaddleOCR; the training goes on behind epoch %d", path, epoch)
    return Progress(epoch=epoch, global_step=step, best=best)
