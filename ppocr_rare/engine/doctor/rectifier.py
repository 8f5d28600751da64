"""Whether the network that finds the fiducial points still looks at the image."""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import paddle
from paddle import nn

from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.doctor.findings import Case, Finding, Skipped
from ppocr_rare.utils.stats import Rejection

NUM_IMAGES = 8
DEAD = (
    "the localization network is dead: no unit of its fc1 rises above 0, so that TPS does the same to every image and "
    "does not learn; Architecture.Transform.keep_alive=True revives it in training"
)

logger = logging.getLogger(__name__)


def check_rectifier(case: Case) -> Iterator[Finding]:
    """The points of the localization network depend on the image, as far as one can tell from a few."""
    model = case.need("model", "there is no model")
    if model.transform is None:
        return
    survey = case.surveys.get("Train") or case.surveys.get("Eval")
    if survey is None or not survey.usable:
        raise Skipped("there is no image to look at")
    if model.transform.loc_net.is_dead(some_images(survey.dataset, survey.usable)):
        yield Finding("note", "rectifier", DEAD)
    else:
        yield Finding("ok", "rectifier", "the localization network looks at the image")


def warn_if_dead(model: nn.Layer, images: paddle.Tensor) -> None:
    """Warns of a model whose localization network gives all of the images [B, C, H, W] the same points.

    Args:
        model: a ``BaseModel``, or another network, which is not looked at.
        images: the first of them are looked at.
    """
    transform = getattr(model, "transform", None)
    if transform is not None and transform.loc_net.is_dead(images[:NUM_IMAGES]):
        logger.warning(DEAD)


def some_images(dataset: WordDataset, indices: Iterable[int]) -> paddle.Tensor:
    """The first images [B, C, H, W] that can be used of a data set, at some of its indices; there is at least one."""
    samples = (sample for index in indices if not isinstance(sample := dataset.draw(index), Rejection))
    return paddle.to_tensor(np.stack([sample["image"] for sample in islice(samples, NUM_IMAGES)]))
