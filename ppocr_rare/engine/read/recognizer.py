"""Reads words in images: one recogniser for the library and for the tools."""

import functools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ppocr_rare.config import Config
from ppocr_rare.engine.read.batch_reader import BatchReader
from ppocr_rare.engine.read.crop_shape import ShapeWatch
from ppocr_rare.engine.read.evidence import DetailedWord
from ppocr_rare.engine.read.exported import LoadedModel
from ppocr_rare.engine.read.image_source import ImageSource, each_image, is_one_image, name_of
from ppocr_rare.engine.read.looks import Look, Looker, Prepared, Views, sureness
from ppocr_rare.engine.read.opening import open_folder, open_weights
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.errors import CheckpointError, ConfigError, SampleError
from ppocr_rare.postprocess import Word
from ppocr_rare.postprocess.scores import ScoreKind
from ppocr_rare.utils.shipped import PACKAGE

PRETRAINED_DIR = PACKAGE / "weights"
PREPARE_THREADS = 2  # decoding an image takes a small part of reading it; two threads keep the model busy
DEFAULT_BATCH_SIZE = 32
WINDOW_BATCHES = 8  # so many batches are prepared together and sorted by the length of their words

Reading = Callable[[], list["RecognizedWord"]]  # waits for words that are being read


class TextRecognizer:
    """Reads words.

    Threads may share a recogniser: each gets the words that it would get alone. Paddle Inference reads one batch at a
    time, the others wait; ONNX Runtime and the trained network itself read several. A recogniser that is pickled, for
    another process, opens its model again there, from the same files; one that was given an open ``model`` refuses.

    Args:
        model_dir: a folder that training wrote (see ``find_model``) or that ``export_model.py`` wrote, or a ``.onnx``
            file. It need not be trusted: weights are not unpickled, a program that does more than compute is refused.
        config: instead of ``model_dir``: a configuration, as ``load_config`` gives it, with
        weights: its weights, a ``.pdparams`` file or its path without the ending.
        model: instead of both: what ``open_exported`` gave.
        engine: what runs the model: "paddle" or "onnx"; None: what there is, of an export Paddle first, of weights with
            ``model.onnx`` beside them, as the shipped ones, ONNX Runtime.
        use_gpu: overrides the configuration's ``Global.use_gpu``; an exported model is run on the CPU without it.
        batch_size: images that the model reads at once, at least 1.
        score: what a word's score is made of, its characters' "mean", "min" or "product"; None: what the model says.
        min_score: a word with a lower score, in [0, 1], is none that can be read (``RecognizedWord.is_unsure``).
        rotate_tall: reads an image that is higher than 1.5 times its width turned to the right and to the left as
            well, and takes the surest word.
        views: "doubtful" reads an image again where the first word's score is low: with less and with more around the
            word, and wider; the surest word is taken. It is the default, as it reads photographs best. "all" reads
            every image again; 1 none, as published figures are measured.

    Raises:
        CheckpointError: no model, or not a whole one, is where it should be.
        ConfigError: the configuration, or ``min_score``, cannot be used.
    """

    def __init__(
        self,
        model_dir: str | Path | None = None,
        *,
        config: Config | None = None,
        weights: str | Path | None = None,
        model: LoadedModel | None = None,
        engine: Literal["paddle", "onnx"] | None = None,
        use_gpu: bool | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        score: ScoreKind | None = None,
        min_score: float = 0.0,
        rotate_tall: bool = True,
        views: Views = "doubtful",
    ):
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}")
        if not 0 <= min_score <= 1:
            raise ConfigError(f"min_score is from 0 to 1, not {min_score}")
        self.batch_size, self.min_score, self.views = batch_size, min_score, views
        self._arguments: dict[str, Any] = {"config": config, "engine": engine, "use_gpu": use_gpu}
        self._arguments |= {"model_dir": model_dir, "weights": weights, "batch_size": batch_size}
        self._arguments |= {"min_score": min_score, "rotate_tall": rotate_tall, "views": views}
        self._arguments["score"] = score
        self._is_given_open = model is not None
        self._watch = ShapeWatch(takes_tall=rotate_tall)
        if model_dir is not None:
            model = open_folder(model_dir, engine, use_gpu)
        elif config is not None and weights is not None:
            model = open_weights(config, weights, use_gpu)
        elif model is None:
            raise TypeError("either model_dir, or config and weights, or model must be given")
        if score is not None:
            model = replace(model, post_process=model.post_process.with_score(score))
        self._model = model
        self._looker = Looker(model.operators, rotate_tall, views)
        self._reader = BatchReader(model, batch_size)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._is_given_open:
            raise TypeError("a TextRecognizer with a model that was given open cannot be pickled: give it model_dir")
        paths = {name: os.path.abspath(path) for name in ("model_dir", "weights") if (path := self._arguments[name])}
        return functools.partial(type(self), **{**self._arguments, **paths}), ()

    @classmethod
    def from_pretrained(cls, name: str = "rec_mv3_tps_bilstm_att", **kwargs: Any) -> "TextRecognizer":
        """A recogniser with the weights that come with this package.

        Args:
            name: which weights; see ``ppocr_rare/weights``.
            **kwargs: ``engine``, ``use_gpu``, ``batch_size``, ``min_score``, ``rotate_tall``, ``views``: the class's.

        Raises:
            CheckpointError: there are no weights of that name.
        """
        names = sorted(path.parent.name for path in PRETRAINED_DIR.glob("*/config.yml"))
        if name not in names:
            known = ", ".join(names) or "none"
            raise CheckpointError(f"no weights named {name!r} come with this package; there are: {known}")
        return cls(PRETRAINED_DIR / name, **kwargs)

    def __call__(
        self, images: ImageSource | Iterable[ImageSource], *, return_details: bool = False
    ) -> RecognizedWord | list[RecognizedWord]:
        """Reads one image or many.

        Args:
            images: one image: a path, bytes of an image file, a file opened to read them, an image of Pillow's, or an
                array [H, W, 3] in BGR order ([H, W] and BGRA are taken too; of its values, see ``levels_of``). Many: a
                list, a generator such as ``Path.glob``, or an array [N, H, W, 3].
            return_details: ``word.characters`` says where each letter stands and what else it might be; of an export
                that has its attention (``Global.export_attention``), as the shipped one.

        Returns:
            For one image its word; for many a list of one word each, in order. An image of these that cannot be read
            has its ``error`` set and costs none of the others.

        Raises:
            ConfigError: the model gives no details.
            SampleError: the one image cannot be read.
            TypeError: there is something that no image can be: None, a number, an array [3, H, W].
        """
        if not is_one_image(images):
            return list(self.iterate(images, return_details=return_details))
        prepared = self._looker.prepare(images)
        if isinstance(prepared, SampleError):
            raise SampleError(prepared.reason, ": ".join(filter(None, (name_of(images), prepared.detail))))
        self._watch.look_at([prepared.size])
        return self._read([prepared], None, return_details)()[0]

    def iterate(
        self, images: Iterable[ImageSource] | ImageSource, *, return_details: bool = False
    ) -> Iterator[RecognizedWord]:
        """Words of many images, as they come, in order; arguments and faults are those of a call.

        Several batches of images are prepared while the ones before are read. Words of like length share a batch, since
        a batch is done when its longest word is.
        """
        with ThreadPoolExecutor(max(self._model.backend.num_at_once, PREPARE_THREADS)) as pool:
            reading: deque[Reading] = deque()
            for samples in self._prepare_ahead(each_image(images), pool):
                self._watch.look_at(sample.size for sample in samples if isinstance(sample, Prepared))
                shared = pool if len(samples) > self.batch_size else None
                reading.append(self._read(samples, shared, return_details))
                if len(reading) >= min(self._model.backend.num_at_once, 2):
                    yield from reading.popleft()()
            while reading:
                yield from reading.popleft()()

    def _prepare_ahead(
        self, images: Iterator[ImageSource], pool: ThreadPoolExecutor
    ) -> Iterator[list[Prepared | SampleError]]:
        """Prepared images, some batches together, while the next ones are being prepared."""
        waiting: deque[list[Future]] = deque()
        while window := list(islice(images, self.batch_size * WINDOW_BATCHES)):
            waiting.append([pool.submit(self._looker.prepare, image) for image in window])
            if len(waiting) > 1:
                yield [future.result() for future in waiting.popleft()]
        while waiting:
            yield [future.result() for future in waiting.popleft()]

    def _read(
        self, prepared: list[Prepared | SampleError], pool: ThreadPoolExecutor | None, has_details: bool
    ) -> Reading:
        """Begins to read prepared images; what it returns waits for their words, in order."""
        usable = [sample for sample in prepared if isinstance(sample, Prepared)]
        begin = functools.partial(self._reader.begin, pool=pool, has_details=has_details)
        first = begin([look for sample in usable for look in sample.looks])

        def wait() -> list[RecognizedWord]:
            words = iter(first())
            readings = [[(look, next(words)) for look in sample.looks] for sample in usable]
            best = iter(self._look_again([_surest(ways) for ways in readings], begin))
            return [
                self._judged(next(best)) if isinstance(sample, Prepared) else RecognizedWord("", 0.0, (), str(sample))
                for sample in prepared
            ]

        return wait

    def _look_again(
        self, readings: list[tuple[Look, Word]], begin: Callable[[list[Look]], Callable[[], list[Word]]]
    ) -> list[Word]:
        """The words that were read, those in doubt after second looks."""
        doubtful = [index for index, (_, word) in enumerate(readings) if self._looker.is_doubtful(word)]
        looks = [self._looker.again(readings[index][0]) for index in doubtful]
        words = iter(begin([look for again in looks for look in again])())
        best = [word for _, word in readings]
        for index, again in zip(doubtful, looks, strict=True):
            _, best[index] = _surest([readings[index], *((look, next(words)) for look in again)])
        return best

    def _judged(self, word: Word) -> RecognizedWord:
        if word.score < self.min_score:
            return RecognizedWord("", word.score, (), is_unsure=True)
        read = RecognizedWord(word.text, word.score, word.char_scores)
        if isinstance(word, DetailedWord):
            return replace(read, characters=word.characters, evidence=word.evidence)
        return read

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Probabilities [B, L, V] of network inputs [B, 3, H, W]; L may end where every word has ended."""
        return self._model.backend(images)[0]


def _surest(readings: list[tuple[Look, Word]]) -> tuple[Look, Word]:
    """The first of the surest readings of one image."""
    return max(readings, key=lambda reading: sureness(reading[1]))
