"""Evaluation: every word of every data set, read once, counted exactly."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import paddle
from paddle import nn
from tqdm import tqdm

from ppocr_rare.data.charset import Charset
from ppocr_rare.metrics import Protocol, WordScores, normalize_text
from ppocr_rare.postprocess import AttnLabelDecode, Word
from ppocr_rare.utils.stats import Rejection, RejectionLog

EMPTY_LABEL = "label empty under the protocol"


@dataclass(frozen=True)
class Prediction:
    """One word of a data set and what was read in its image.

    Args:
        data_set: name of the data set.
        index: its place in the data set, from 0.
        key: path, or folder and number in an LMDB.
        label: the label as written.
        text: what was read.
        score: its score, in [0, 1].
        is_correct: whether text and label are equal under the protocol.
    """

    data_set: str
    index: int
    key: str
    label: str
    text: str
    score: float
    is_correct: bool


@dataclass
class SetResult:
    """What the evaluation of one data set gave.

    Args:
        name: of the data set.
        num_samples: samples in it, excluded ones among them.
        scores: exact counts over the samples that were read.
        rejections: samples that were excluded, by reason.
        unreadable: samples whose label the model cannot produce, by reason: they count, as wrong.
        unknown_characters: characters of labels that the dictionary lacks, with their number.
        seconds: from the first image loaded to the last word read.
    """

    name: str
    num_samples: int
    scores: WordScores = field(default_factory=WordScores)
    rejections: RejectionLog = field(default_factory=RejectionLog)
    unreadable: Counter = field(default_factory=Counter)
    unknown_characters: Counter = field(default_factory=Counter)
    seconds: float = 0.0

    def merge(self, other: "SetResult") -> None:
        """Adds what another rank has read of the same data set at the same time."""
        self.scores.merge(other.scores)
        self.rejections.merge(other.rejections)
        self.unreadable.update(other.unreadable)
        self.unknown_characters.update(other.unknown_characters)
        self.seconds = max(self.seconds, other.seconds)

    @property
    def images_per_s(self) -> float:
        """Images read in a second, loading included."""
        return self.scores.count / self.seconds if self.seconds else 0.0

    @property
    def num_unusable(self) -> int:
        """Samples that could not be read; a label that is empty under the protocol is no fault of the data."""
        return len(self.rejections) - self.rejections.counts[EMPTY_LABEL]


class Evaluator:
    """Reads data sets with a model and counts under one protocol.

    Labels are compared as text, not as ids: a label that is too long, or holds a character that the dictionary lacks,
    counts as wrong instead of being cut to what the model can say. No sample stands in for another.

    Args:
        model: gives probabilities [B, L, V] of images [B, 3, H, W].
        post_process: turns them into words.
        charset: the model's characters.
        max_text_length: of the configuration; a word may have two characters less.
        protocol: how text and label are compared, see ``normalize_text``.
        ignore_space: spaces are removed before they are compared.

    Differs: 7, 21.
    """

    def __init__(
        self,
        model: nn.Layer,
        post_process: AttnLabelDecode,
        charset: Charset,
        max_text_length: int,
        protocol: Protocol,
        ignore_space: bool = True,
    ):
        self.model = model
        self.post_process = post_process
        self.writable = frozenset(normalize_text("".join(charset.characters), protocol, ignore_space))
        self.longest = max_text_length - 2  # sos and eos take a step each
        self.protocol = protocol
        self.ignore_space = ignore_space

    def run(
        self,
        name: str,
        loader: Iterable[Mapping[str, Any]],
        num_samples: int,
        listeners: Iterable[Callable[[Prediction], None]] = (),
    ) -> SetResult:
        """Evaluates one data set.

        Args:
            name: of the data set.
            loader: gives its batches, in order: of images (``data/loader.py``), or of words (``as_read.py``).
            num_samples: its size.
            listeners: called with every prediction, in order.
        """
        result = SetResult(name, num_samples)
        was_training = self.model.training
        self.model.eval()
        start = time.perf_counter()
        with tqdm(total=num_samples, desc=name, unit="img", disable=None) as progress:
            for batch in loader:
                for prediction in self._read(batch, result):
                    for listener in listeners:
                        listener(prediction)
                progress.update(len(batch["keys"]) + len(batch["rejections"]))
        result.seconds = time.perf_counter() - start
        if was_training:
            self.model.train()
        return result

    def _read(self, batch: Mapping[str, Any], result: SetResult) -> Iterator[Prediction]:
        """Predictions of one batch, counted into ``result``."""
        for rejection in batch["rejections"]:
            result.rejections.add(rejection)
        if not batch["keys"]:
            return
        words = batch["words"] if "words" in batch else self._words(batch["image"])
        samples = zip(batch["indices"], batch["keys"], batch["texts"], words, strict=True)
        for index, key, label, word in samples:
            target = self.normalize(label)
            if not target:
                result.rejections.add(Rejection(key, label, EMPTY_LABEL))
                continue
            is_correct = result.scores.add(self.normalize(word.text), target)
            if not is_correct:
                self._note_unreadable(target, result)
            yield Prediction(result.name, index, key, label, word.text, word.score, is_correct)

    def _words(self, images: paddle.Tensor) -> list[Word]:
        with paddle.no_grad():
            probabilities = self.model(images, stop_at_eos=self.post_process.stop_at_eos)
        return self.post_process.decode_words(probabilities.numpy())

    def normalize(self, text: str) -> str:
        """What of a label or a reading is compared."""
        return normalize_text(text, self.protocol, self.ignore_space)

    def _note_unreadable(self, target: str, result: SetResult) -> None:
        """Counts a label that the model was never taught to give."""
        if unknown := [character for character in target if character not in self.writable]:
            result.unknown_characters.update(unknown)
            result.unreadable["with a character outside the dictionary"] += 1
        if len(target) > self.longest:
            result.unreadable[f"longer than {self.longest} characters"] += 1
