"""Puts an evaluation together from a configuration, over all ranks."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paddle import nn

from ppocr_rare.builder import build_charset, build_metric, build_model, build_post_process
from ppocr_rare.config import Config
from ppocr_rare.data.lexicon_name import LEXICON_SIZES, lexicon_name
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.loader import build_loader
from ppocr_rare.data.sampler import EvalSampler
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.evaluate.as_read import batches_as_read
from ppocr_rare.engine.evaluate.evaluator import Evaluator, Prediction, SetResult
from ppocr_rare.engine.read.decoding.lexicon_file import read_lexicon
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.engine.read.weights import load_weights, pretrained_weights
from ppocr_rare.errors import DataError
from ppocr_rare.metrics import Protocol
from ppocr_rare.utils.ranks import join_ranks
from ppocr_rare.utils.runtime import select_device

DataSets = list[tuple[str, WordDataset]]
Listeners = Iterable[Callable[[Prediction], None]]


def load_evaluator(config: Config, protocol: Protocol | None = None) -> tuple[Evaluator, str]:
    """The evaluator of the weights that a configuration names, on the device that it names.

    Args:
        config: the configuration.
        protocol: None for the one whose figure PaddleOCR's own evaluation gives.

    Returns:
        The evaluator, and how it compares words.

    Differs: 10.
    """
    select_device(config["Global"]["use_gpu"])
    join_ranks()
    model = build_model(config)
    load_weights(model, pretrained_weights(config))
    evaluator = build_evaluator(config, model, protocol)
    is_plain = evaluator.protocol == "alphanumeric" or not evaluator.ignore_space
    return evaluator, evaluator.protocol if is_plain else f"{evaluator.protocol}, spaces ignored"


@dataclass(frozen=True)
class Reader:
    """What reads the words of an evaluation where each image once, greedily, is not all that is asked for.

    Args:
        recognizer: reads.
        lexicon: the words that may be read, by the keys of the samples; "full": the labels of each data set; "50" and
            "1k": what ``prepare_benchmark.py`` has laid beside it; None: any, or the recogniser's own.
    """

    recognizer: TextRecognizer
    lexicon: dict[str, list[str]] | str | None = None

    def batches(self, data_set: WordDataset, sampler: Iterable[list[int]]) -> Iterator[dict[str, Any]]:
        """Batches of words for an ``Evaluator``."""
        return batches_as_read(self.recognizer, data_set, sampler, self._lexicon_of(data_set))

    def _lexicon_of(self, data_set: WordDataset) -> dict[str, list[str]] | list[str] | None:
        if self.lexicon == "full":
            return [data_set.read_text(index) for index in range(len(data_set))]
        if not isinstance(self.lexicon, str):
            return self.lexicon
        found: dict[str, list[str]] = {}
        for folder in data_set.folders if isinstance(data_set, LMDBDataSet) else []:
            own = read_lexicon(Path(folder) / lexicon_name(self.lexicon))
            found |= {f"{folder}#{number}": words for number, words in own.items()} if isinstance(own, dict) else {}
        return found


def load_reader(config: Config, flags: argparse.Namespace) -> Reader | None:
    """What reads as the flags of a command line ask, with the weights that a configuration names.

    Args:
        config: names the weights.
        flags: of ``add_look_flags`` and ``add_decoding_flags``; ``lexicon`` may be "full", "50", "1k", or a file.

    Returns:
        None where the evaluator's own way, each image once and greedily, is all that is asked for.

    Raises:
        DataError: the lexicon cannot be read.
        ConfigError: a flag cannot be used.
    """
    is_named = flags.lexicon in (None, "full", *LEXICON_SIZES)
    lexicon = flags.lexicon if is_named else read_lexicon(flags.lexicon)
    is_plain = flags.beam_width in (None, 1) and lexicon is None and flags.pattern is None
    if not flags.rotate_tall and flags.views == 1 and is_plain:
        return None
    options = {name: getattr(flags, name) for name in ("rotate_tall", "views", "beam_width", "pattern")}
    shared = lexicon if isinstance(lexicon, list) else None
    recognizer = TextRecognizer(config=config, weights=pretrained_weights(config), lexicon=shared, **options)
    return Reader(recognizer, None if isinstance(lexicon, list) else lexicon)


def require_samples(data_sets: DataSets) -> None:
    """Raises DataError where there is no sample in any of the data sets."""
    if not any(len(data_set) for _, data_set in data_sets):
        raise DataError("Eval.dataset holds no sample")


def build_evaluator(config: Config, model: nn.Layer, protocol: Protocol | None = None) -> Evaluator:
    """The evaluator of a model under a protocol; see ``load_evaluator``."""
    metric, charset = build_metric(config), build_charset(config)
    # The default dictionary lowers labels and drops all but letters and digits, so that is what PaddleOCR compares.
    protocol = protocol or ("alphanumeric" if charset.is_lower else metric.protocol)
    max_text_length = config["Global"]["max_text_length"]
    return Evaluator(model, build_post_process(config), charset, max_text_length, protocol, metric.ignore_space)


def evaluate_sets(
    config: Config,
    evaluator: Evaluator,
    data_sets: DataSets,
    listeners: Listeners = (),
    reader: Reader | None = None,
) -> list[SetResult]:
    """Evaluates each data set: every rank reads a part of it, each sample once, and gets the whole result.

    Args:
        config: the configuration.
        evaluator: of a model.
        data_sets: (name, data set), as ``build_eval_sets`` gives them.
        listeners: called with every prediction, in order; on the first rank alone.
        reader: reads the words; None: the evaluator's model does, each image once, greedily.
    """
    return [_evaluate_set(config, evaluator, name, words, listeners, reader) for name, words in data_sets]


def _evaluate_set(
    config: Config,
    evaluator: Evaluator,
    name: str,
    data_set: WordDataset,
    listeners: Listeners,
    reader: Reader | None,
) -> SetResult:
    settings = config["Eval"]["loader"]
    ranks = join_ranks()
    sampler = EvalSampler(len(data_set), settings["batch_size_per_card"], rank=ranks.rank, num_ranks=ranks.size)
    loader: Iterable[Mapping[str, Any]] = (
        reader.batches(data_set, sampler)
        if reader
        else build_loader(
            data_set,
            keep_keys=["image"],
            batch_size=settings["batch_size_per_card"],
            num_workers=settings["num_workers"],
            use_shared_memory=settings["use_shared_memory"],
            batch_sampler=sampler,
        )
    )
    if ranks.size == 1:
        return evaluator.run(name, loader, len(data_set), listeners)
    mine: list[Prediction] = []
    result = evaluator.run(name, loader, len(data_set), [mine.append])
    parts: list[tuple[SetResult, list[Prediction]]] = ranks.gather((result, mine if listeners else []))
    whole = SetResult(name, len(data_set))
    for part, _ in parts:
        whole.merge(part)
    if ranks.is_first:
        for prediction in sorted((p for _, predictions in parts for p in predictions), key=lambda p: p.index):
            for listener in listeners:
                listener(prediction)
    return whole
