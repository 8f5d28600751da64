"""Reads words in images: one recogniser for the library and for the tools."""

import contextlib
import functools
import itertools
import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.config import Config
from ppocr_rare.engine.read.backends import Precision
from ppocr_rare.engine.read.backends.engines import ExportedEngine
from ppocr_rare.engine.read.batch_reader import Asked
from ppocr_rare.engine.read.decoding.decoder import Decoder
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.decoding.options import DecodingOptions, Words
from ppocr_rare.engine.read.evidence import DetailedWord
from ppocr_rare.engine.read.image_source import ImageSource, each_image, is_one_image, name_of
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.engine.read.looks import Looker, Views
from ppocr_rare.engine.read.opening import open_folder, open_weights
from ppocr_rare.engine.read.pipeline import Pipeline, Result, Source
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.errors import CheckpointError, ConfigError, SampleError
from ppocr_rare.postprocess.scores import ScoreKind
from ppocr_rare.utils.shipped import PACKAGE

PRETRAINED_DIR, DEFAULT_PRETRAINED = PACKAGE / "weights", "rec_mv3_tps_bilstm_att"
DEFAULT_BATCH_SIZE = 32


class TextRecognizer:
    """Reads words.

    Threads may share a recogniser: each gets the words that it would get alone. Paddle Inference reads one batch at a
    time, the others wait; ONNX Runtime, OpenVINO and the trained network itself read several. A recogniser that is
    pickled, for another process, opens its model again there, from the same files; one that was given an open ``model``
    refuses.

    Args:
        model_dir: a folder that training wrote (see ``find_model``) or that ``export_model.py`` wrote, or a ``.onnx``
            file. It need not be trusted: weights are not unpickled, a program that does more than compute is refused.
        config: instead of ``model_dir``: a configuration, as ``load_config`` gives it, with
        weights: its weights, a ``.pdparams`` file or its path without the ending.
        model: instead of both: what ``open_exported`` gave.
        engine: what runs the model: "paddle", "onnx" or "openvino"; None: what there is, of an export Paddle first, of
            weights with ``model.onnx`` beside them, as the shipped ones, ONNX Runtime.
        use_gpu: overrides the configuration's ``Global.use_gpu``; an exported model is run on the CPU without it.
        precision: of an exported model's computation: "fp32"; "bf16", with OpenVINO on a CPU that has it, is quicker;
            "int8" reads ``model_int8.onnx``; "fp16" is for Paddle on a GPU.
        cpu_threads: that an exported model computes in; None: one a core.
        batch_size: images that the model reads at once, at least 1.
        score: what a word's score is made of, its characters' "mean", "min" or "product"; None: what the model says.
        min_score: a word with a lower score, in [0, 1], is none that can be read (``RecognizedWord.is_unsure``).
        rotate_tall: reads an image that is higher than 1.5 times its width turned to the right and to the left as
            well, and takes the surest word.
        views: "doubtful" reads an image again where the first word's score is low: with less and with more around the
            word, and wider; the surest word is taken. It is the default, as it reads photographs best. "all" reads
            every image again; 1 none, as published figures are measured.
        beam_width: how many hypotheses are followed; None: 1, which is greedy, or 5 where one of these is given:
        top_k: how many ``word.readings`` there are, the likeliest first.
        lexicon: the words that may be read; a list, or a list for each image.
        pattern: a regular expression that the whole text matches.

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
        engine: ExportedEngine | None = None,
        use_gpu: bool | None = None,
        precision: Precision = "fp32",
        cpu_threads: int | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        score: ScoreKind | None = None,
        min_score: float = 0.0,
        rotate_tall: bool = True,
        views: Views = "doubtful",
        beam_width: int | None = None,
        top_k: int = 1,
        lexicon: Words | Iterable[Words] | None = None,
        pattern: str | None = None,
    ):
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}")
        if not 0 <= min_score <= 1:
            raise ConfigError(f"min_score is from 0 to 1, not {min_score}")
        self.batch_size, self.min_score, self.views = batch_size, min_score, views
        self._arguments: dict[str, Any] = {"config": config, "engine": engine, "use_gpu": use_gpu}
        self._arguments |= {"model_dir": model_dir, "weights": weights, "batch_size": batch_size}
        self._arguments |= {"precision": precision, "cpu_threads": cpu_threads, "min_score": min_score}
        self._arguments |= {"rotate_tall": rotate_tall, "views": views, "score": score}
        self._arguments |= {"beam_width": beam_width, "top_k": top_k}
        self._is_given_open = model is not None
        if model_dir is not None:
            model = open_folder(model_dir, engine, use_gpu, precision, cpu_threads)
        elif config is not None and weights is not None:
            model = open_weights(config, weights, use_gpu, precision)
        elif model is None:
            raise TypeError("either model_dir, or config and weights, or model must be given")
        if score is not None:
            model = replace(model, post_process=model.post_process.with_score(score))
        self._model = model
        self._pipeline = Pipeline(model, Looker(model.operators, rotate_tall, views), batch_size)
        self._decoding = DecodingOptions(beam_width, top_k, lexicon, pattern)
        self._arguments |= {"lexicon": self._decoding.lexicon, "pattern": pattern}
        decoder, self._own_lexicons = self._decoder_of(self._decoding)
        self._own_way = Asked(decoder=decoder)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._is_given_open:
            raise TypeError("a TextRecognizer with a model that was given open cannot be pickled: give it model_dir")
        paths = {name: os.path.abspath(path) for name in ("model_dir", "weights") if (path := self._arguments[name])}
        return functools.partial(type(self), **{**self._arguments, **paths}), ()

    @classmethod
    def from_pretrained(cls, name: str = DEFAULT_PRETRAINED, **kwargs: Any) -> "TextRecognizer":
        """A recogniser with the weights that come with this package.

        Args:
            name: which weights; see ``ppocr_rare/weights``.
            **kwargs: ``engine``, ``use_gpu``, ``precision``, ``batch_size``, ``views`` and the class's others.

        Raises:
            CheckpointError: there are no weights of that name.
        """
        names = sorted(path.parent.name for path in PRETRAINED_DIR.glob("*/config.yml"))
        if name not in names:
            known = ", ".join(names) or "none"
            raise CheckpointError(f"no weights named {name!r} come with this package; there are: {known}")
        return cls(PRETRAINED_DIR / name, **kwargs)

    def __call__(
        self,
        images: ImageSource | Iterable[ImageSource],
        *,
        return_details: bool = False,
        beam_width: int | None = None,
        top_k: int | None = None,
        lexicon: Words | Iterable[Words] | None = None,
        pattern: str | None = None,
    ) -> RecognizedWord | list[RecognizedWord]:
        """Reads one image or many.

        Args:
            images: one image: a path, bytes of an image file, a file opened to read them, an image of Pillow's, or an
                array [H, W, 3] in BGR order ([H, W] and BGRA are taken too; of its values, see ``levels_of``). Many: a
                list, a generator such as ``Path.glob``, or an array [N, H, W, 3].
            return_details: ``word.characters`` says where each letter stands and what else it might be,
                ``word.evidence`` what it was read from.
            beam_width, top_k, lexicon, pattern: where they are given, in place of the recogniser's own.

        Returns:
            For one image its word; for many a list of one word each, in order. An image of these that cannot be read
            has its ``error`` set and costs none of the others.

        Raises:
            ConfigError: a way of decoding cannot be used, or the model was exported without its details
                (``Global.export_attention``), from which all but greedy decoding starts.
            SampleError: the one image cannot be read.
            TypeError: there is something that no image can be: None, a number, an array [3, H, W].
        """
        if not is_one_image(images):
            given = {"beam_width": beam_width, "top_k": top_k, "lexicon": lexicon, "pattern": pattern}
            return list(self.iterate(images, return_details=return_details, **given))  # type: ignore[arg-type]
        asked, lexicons = self._asked(return_details, beam_width, top_k, lexicon, pattern)
        (source,) = _with_words([images], lexicons)
        result = self._pipeline.read_one(source, asked)
        if isinstance(result, SampleError):
            raise SampleError(result.reason, ": ".join(filter(None, (name_of(images), result.detail))))
        return self._judged(result)

    def iterate(
        self,
        images: Iterable[ImageSource] | ImageSource,
        *,
        return_details: bool = False,
        beam_width: int | None = None,
        top_k: int | None = None,
        lexicon: Words | Iterable[Words] | None = None,
        pattern: str | None = None,
    ) -> Iterator[RecognizedWord]:
        """Words of many images, as they come, in order; arguments and faults are those of a call."""
        asked, lexicons = self._asked(return_details, beam_width, top_k, lexicon, pattern)
        return self._judged_each(self._pipeline.read_many(_with_words(each_image(images), lexicons), asked))

    def _judged_each(self, results: Generator[Result, None, None]) -> Iterator[RecognizedWord]:
        with contextlib.closing(results):  # who stops early has nothing more read
            yield from map(self._judged, results)

    @property
    def charset(self) -> str:
        """The characters that the model can read, in the order of their classes; of the shipped ones 0-9 and a-z."""
        return "".join(self._model.post_process.charset.characters)

    def lexicon_of(self, words: Iterable[str]) -> Lexicon:
        """Words made ready for this model: what is given so as ``lexicon`` often is made once."""
        return Lexicon(words, self._model.post_process.charset, self._model.max_text_length)

    def _asked(
        self,
        has_details: bool,
        beam_width: int | None,
        top_k: int | None,
        lexicon: Words | Iterable[Words] | None,
        pattern: str | None,
    ) -> tuple[Asked, list[Lexicon] | None]:
        """What is asked of the model, and the lexicons of the images where each has its own."""
        if all(value is None for value in (beam_width, top_k, lexicon, pattern)):
            return replace(self._own_way, has_details=has_details), self._own_lexicons
        options = self._decoding.changed(beam_width=beam_width, top_k=top_k, lexicon=lexicon, pattern=pattern)
        decoder, lexicons = self._decoder_of(options)
        return Asked(has_details, decoder), lexicons

    def _decoder_of(self, options: DecodingOptions) -> tuple[Decoder | None, list[Lexicon] | None]:
        return options.decoder(self._model.post_process.charset, self._model.max_text_length)

    def _judged(self, word: Result) -> RecognizedWord:
        if isinstance(word, SampleError):
            return RecognizedWord("", 0.0, (), str(word))
        if word.score < self.min_score:
            return RecognizedWord("", word.score, (), is_unsure=True)
        read = RecognizedWord(word.text, word.score, word.char_scores)
        if isinstance(word, DetailedWord):
            return replace(read, characters=word.characters, evidence=word.evidence, readings=word.readings)
        return read

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Probabilities [B, L, V] of network inputs [B, 3, H, W]; L may end where every word has ended."""
        return self._model.backend(images)[0]


def _with_words(images: Iterable[ImageSource], lexicons: list[Lexicon] | None) -> Iterator[Source]:
    """Each image with the words that it may hold, where it has a lexicon of its own; raises ConfigError for too few."""
    own = itertools.repeat(None) if lexicons is None else iter(lexicons)
    for number, image in enumerate(images):
        try:
            yield image, next(own)
        except StopIteration:
            raise ConfigError(f"there are {number} lexicons, and more images than that") from None
