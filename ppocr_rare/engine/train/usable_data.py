"""Whether there is anything to train on."""

from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.doctor.words import spread
from ppocr_rare.errors import DataError
from ppocr_rare.utils.stats import Rejection, RejectionLog

MAX_LOOKED_AT = 2000  # samples, before a training begins


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
