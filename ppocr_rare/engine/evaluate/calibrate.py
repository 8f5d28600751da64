"""Fits the temperature of a model's scores, and writes it where the model is read from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ppocr_rare.config.source import format_yaml, read_yaml
from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.simple_dataset import SimpleDataSet
from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.engine.read.description import read_description
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.engine.read.looks import Looker
from ppocr_rare.errors import DataError, RareError, SampleError
from ppocr_rare.metrics import Protocol, normalize_text
from ppocr_rare.metrics.confidence import calibration_error, fit_temperature
from ppocr_rare.postprocess.scores import ScoreKind, word_score
from ppocr_rare.utils.atomic import write_atomically
from ppocr_rare.utils.stats import Rejection, RejectionLog

MIN_WORDS = 100  # a temperature of fewer says more of them than of the model


@dataclass(frozen=True)
class Calibration:
    """What was fitted.

    Args:
        temperature: that suits the scores.
        score: of which kind they are.
        num_words: that were read, and
        accuracy: the part of them that was right.
        error_before: expected calibration error with temperature 1, in [0, 1].
        error_after: with the one that was fitted, on the same words.
        rejections: samples that could not be read.
    """

    temperature: float
    score: ScoreKind
    num_words: int
    accuracy: float
    error_before: float
    error_after: float
    rejections: RejectionLog


def open_words(paths: Sequence[str]) -> WordDataset:
    """The words of LMDB folders, or of label files beside their images.

    Raises:
        DataError: the paths are of both kinds, label files lie in several folders, or one cannot be read.
    """
    kinds = {Path(path).is_dir() for path in paths}
    if kinds == {True}:
        return LMDBDataSet(list(paths))
    folders = {str(Path(path).parent) for path in paths}
    if len(kinds) > 1 or len(folders) > 1:
        raise DataError("--data: either LMDB folders, or label files of one folder; tools/create_lmdb.py joins others")
    return SimpleDataSet(folders.pop(), list(paths))


def calibrate(model: LoadedModel, data_set: WordDataset, score: ScoreKind, protocol: Protocol) -> Calibration:
    """Reads words once each and fits the temperature.

    Args:
        model: reads.
        data_set: words with labels on which the model was not trained.
        score: what a word's score is to be made of.
        protocol: how text and label are compared.

    Raises:
        DataError: fewer than ``MIN_WORDS`` of them can be read, or all are right, or none.
    """
    distributions: list[np.ndarray] = []
    is_right: list[bool] = []
    rejections = RejectionLog()
    for rows, right in _read(model, data_set, protocol, rejections):
        distributions.append(rows)
        is_right.append(right)
    num_words = len(is_right)
    if num_words < MIN_WORDS or all(is_right) or not any(is_right):
        raise DataError(
            f"{num_words} words could be read, {sum(is_right)} of them right: a calibration needs {MIN_WORDS} or more, "
            "some right and some wrong"
        )
    before = [word_score(rows.max(1) if len(rows) else rows, score) for rows in distributions]
    temperature, after = fit_temperature(distributions, is_right, score)
    errors = calibration_error(before, is_right), calibration_error(after, is_right)
    accuracy = sum(is_right) / num_words
    return Calibration(temperature, score, num_words, accuracy, *errors, rejections)


def _read(
    model: LoadedModel, data_set: WordDataset, protocol: Protocol, rejections: RejectionLog
) -> Iterator[tuple[np.ndarray, bool]]:
    """Of each word the probabilities of its characters' steps, [n, V], and whether it is right."""
    looker = Looker(model.operators, rotate_tall=False, views=1)
    post_process = model.post_process
    indices = iter(tqdm(range(len(data_set)), unit="img", disable=None))
    while batch := list(islice(indices, 64)):
        labels, inputs = [], []
        for index in batch:
            try:
                sample = data_set.read(index)
                prepared = looker.prepare(sample["image"])
                if isinstance(prepared, SampleError):
                    raise prepared
            except SampleError as error:
                rejections.add(Rejection(data_set.key(index), "", error.reason, error.detail))
                continue
            if label := normalize_text(sample["text"], protocol, ignore_space=True):
                labels.append(label)
                inputs.append(prepared.looks[0].network_input)
        if not inputs:
            continue
        probabilities = model.backend(np.stack(inputs))[0]
        words = post_process.decode_words(probabilities)
        for label, word, steps in zip(labels, words, probabilities, strict=True):
            rows = steps[post_process.character_steps(steps.argmax(1).tolist())]
            yield rows, normalize_text(word.text, protocol, ignore_space=True) == label


def write_calibration(folder: Path, calibration: Calibration, source: str) -> list[Path]:
    """Writes a calibration into what a model's folder is read by: ``inference.yml``, ``config.yml``, or both.

    Comments of a ``config.yml`` are lost.

    Args:
        folder: of the model.
        calibration: of it.
        source: what it was fitted on.

    Raises:
        RareError: there is neither.
    """
    written = []
    description = read_description(folder)
    if description is not None:
        score, temperature = calibration.score, calibration.temperature
        replace(description, score=score, temperature=temperature, calibrated_on=source).write(folder)
        written.append(folder / "inference.yml")
    config = folder / "config.yml"
    if config.is_file():
        settings = read_yaml(config)
        settings.setdefault("PostProcess", {"name": "AttnLabelDecode"}).update(
            temperature=calibration.temperature, score=calibration.score
        )
        write_atomically(config, [format_yaml(settings).encode()])
        written.append(config)
    if not written:
        raise RareError(f"{folder} holds neither inference.yml nor config.yml to write the calibration into")
    return written
