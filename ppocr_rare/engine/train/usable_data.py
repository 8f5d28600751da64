"""Whether there is anything to train on, and which batches of it."""

from ppocr_rare.data.loader import Batch
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.doctor.words import spread
from ppocr_rare.errors import DataError, RareError
from ppocr_rare.utils.ranks import Ranks
from ppocr_rare.utils.stats import Rejection, RejectionLog

MAX_LOOKED_AT = 2000  # samples, before a training begins


class UsableBatches:
    """The batches that make an update: those with a usable sample; without any there is none.

    With several ranks all must take part: where a rank has no sample, an earlier batch stands in for its own.

    Args:
        ranks: the processes of the run.
    """

    def __init__(self, ranks: Ranks):
        self.last: Batch | None = None  # the last one with a usable sample
        self._ranks = ranks

    def of(self, batches: list[Batch], rejections: RejectionLog) -> list[Batch]:
        """Those of ``batches`` that take part.

        Args:
            batches: of an update.
            rejections: what could not be used, for the message.

        Raises:
            RareError: another rank may have samples, and this one has had none so far.
        """
        usable = [batch for batch in batches if batch["keys"]]
        self.last = usable[-1] if usable else self.last
        if self._ranks.size == 1 or len(usable) == len(batches):
            return usable
        if self.last is None:
            raise RareError(f"no sample of this rank's first batch can be used: {'; '.join(rejections.summary())}")
        return [batch if batch["keys"] else {**self.last, "keys": []} for batch in batches]


def require_usable_sample(dataset: WordDataset) -> None:
    """Raises DataError where no sample can be used, of all or of many that are spread over the data set.

    It ends at the first one that can. All ranks look at the same ones.
    """
    rejections = RejectionLog()
    for index in spread(len(dataset), MAX_LOOKED_AT):
        sample = dataset.draw(index)
        if not isinstance(sample, Rejection):
            return
        rejections.add(sample)
    raise no_usable_sample(rejections)


def no_usable_sample(rejections: RejectionLog) -> DataError:
    """The error for samples none of which can be used; it counts them by reason, with an example of each."""
    reasons = [
        f"{count} x {reason}, such as {rejections.examples[reason][0]}"
        for reason, count in rejections.counts.most_common()
    ]
    return DataError(
        f"no sample of Train.dataset can be used ({len(rejections)} looked at): {'; '.join(reasons)}; mend or remove "
        "them, see Train.dataset.data_dir, label_file_list and Global.character_dict_path; tools/doctor.py with this "
        "configuration says more"
    )
