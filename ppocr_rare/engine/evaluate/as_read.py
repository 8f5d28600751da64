"""Evaluates as a user reads: with the recogniser's turned and second looks, which published figures are without."""

from collections.abc import Iterable, Iterator
from typing import Any

from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.errors import SampleError
from ppocr_rare.utils.stats import Rejection


def batches_as_read(
    recognizer: TextRecognizer, data_set: WordDataset, sampler: Iterable[list[int]]
) -> Iterator[dict[str, Any]]:
    """Batches for an ``Evaluator`` that hold words in the place of images.

    Args:
        recognizer: reads them.
        data_set: gives the images as they are stored.
        sampler: the places of each batch's samples.
    """
    for indices in sampler:
        rejections, samples = [], []
        for index in indices:
            try:
                samples.append((index, data_set.read(index)))
            except SampleError as error:
                rejections.append(Rejection(data_set.key(index), "", error.reason, error.detail))
        words = recognizer.iterate(sample["image"] for _, sample in samples)
        read = []
        for (index, sample), word in zip(samples, words, strict=True):
            if word.error is not None:
                rejections.append(Rejection(sample["key"], sample["text"], word.error))
            else:
                read.append((index, sample["key"], sample["text"], word))
        places, keys, texts, found = zip(*read, strict=True) if read else ((), (), (), ())
        yield {"indices": places, "keys": keys, "texts": texts, "words": found, "rejections": rejections}
