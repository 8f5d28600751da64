"""Puts an evaluation together from a configuration, over all ranks."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from paddle import nn

from ppocr_rare.builder import build_charset, build_metric, build_model, build_post_process
from ppocr_rare.config import Config
from ppocr_rare.data.loader import build_loader
from ppocr_rare.data.sampler import EvalSampler
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.evaluate.as_read import batches_as_read
from ppocr_rare.engine.evaluate.evaluator import Evaluator, Prediction, SetResult
from ppocr_rare.engine.read.looks import Views
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


def load_recognizer(config: Config, rotate_tall: bool, views: Views) -> TextRecognizer | None:
    """What reads with further looks, with the weights that a configuration names; None where there are none to take."""
    if not rotate_tall and views == 1:
        return None
    return TextRecognizer(config=config, weights=pretrained_weights(config), rotate_tall=rotate_tall, views=views)


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
    recognizer: TextRecognizer | None = None,
) -> list[SetResult]:
    """Evaluates each data set: every rank reads a part of it, each sample once, and gets the whole result.

    Args:
        config: the configuration.
        evaluator: of a model.
        data_sets: (name, data set), as ``build_eval_sets`` gives them.
        listeners: called with every prediction, in order; on the first rank alone.
        recognizer: reads the words, with its further looks; None: the evaluator's model does, each image once.
    """
    return [_evaluate_set(config, evaluator, name, words, listeners, recognizer) for name, words in data_sets]


def _evaluate_set(
    config: Config,
    evaluator: Evaluator,
    name: str,
    data_set: WordDataset,
    listeners: Listeners,
    recognizer: TextRecognizer | None,
) -> SetResult:
    settings = config["Eval"]["loader"]
    ranks = join_ranks()
    sampler = EvalSampler(len(data_set), settings["batch_size_per_card"], rank=ranks.rank, num_ranks=ranks.size)
    loader: Iterable[Mapping[str, Any]] = (
        batches_as_read(recognizer, data_set, sampler)
        if recognizer
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
