"""Evaluates as a user reads: with the recogniser's turned and second looks, which published figures are without."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.read.decoding.lexicon_file import words_of
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection


def batches_as_read(
    recognizer: TextRecognizer,
    data_set: WordDataset,
    sampler: Iterable[list[int]],
    lexicon: Mapping[str, list[str]] | Sequence[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Batches for an ``Evaluator`` that hold words in the place of images.

    Args:
        recognizer: reads them.
        data_set: gives the images as they are stored.
        sampler: the places of each batch's samples.
        lexicon: the words that may be read, of all samples or by their keys; None: any, or the recogniser's own.

    Raises:
        DataError: the lexicon does not name a sample.
    """
    shared = None if lexicon is None or isinstance(lexicon, Mapping) else recognizer.lexicon_of(lexicon)
    for indices in sampler:
        rejections, samples = [], []
        for index in indices:
            try:
                samples.append((index, data_set.read(index)))
            except SampleError as error:
                rejections.append(Rejection(data_set.key(index), "", error.reason, error.detail))
        own = [_own_words(lexicon, sample["key"]) for _, sample in samples] if isinstance(lexicon, Mapping) else None
        words = recognizer.iterate([sample["image"] for _, sample in samples], lexicon=own or shared)
        read = []
        for (index, sample), word in zip(samples, words, strict=True):
            if word.error is not None:
                rejections.append(Rejection(sample["key"], sample["text"], word.error))
            else:
                read.append((index, sample["key"], sample["text"], word))
        places, keys, texts, found = zip(*read, strict=True) if read else ((), (), (), ())
        yield {"indices": places, "keys": keys, "texts": texts, "words": found, "rejections": rejections}


def _own_words(lexicon: Mapping[str, list[str]], key: str) -> list[str]:
    words = lexicon.get(key.partition(" ")[0]) or words_of(lexicon, key)  # a name may follow the number in an LMDB
    if words is None:
        raise DataError(f"the lexicon names no words for {key}")
    return words
