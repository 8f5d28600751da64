"""Reads words in images: one recogniser for the library and for the tools."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import paddle

from ppocr_rare.builder import build_model, build_operators, build_post_process
from ppocr_rare.config import Config, load_config
from ppocr_rare.engine.weights import find_model, load_weights
from ppocr_rare.errors import CheckpointError, RareError, SampleError
from ppocr_rare.postprocess import Word
from ppocr_rare.utils.images import list_images, read_image_bytes, read_image_list
from ppocr_rare.utils.runtime import select_device

PRETRAINED_DIR = Path(__file__).parents[1] / "weights"
PREPARE_THREADS = 2  # decoding an image takes a small part of reading it; two threads keep the model busy
DEFAULT_BATCH_SIZE = 32

ImageSource = str | os.PathLike | np.ndarray


@dataclass(frozen=True)
class RecognizedWord(Word):
    """What was read in one image.

    Args:
        text: the word; empty where nothing was read.
        score: mean of ``char_scores``, in [0, 1]; 0.0 for an empty text.
        char_scores: probability of each character of ``text``.
        error: why the image could not be read; None where it could.
    """

    error: str | None = None


class TextRecognizer:
    """Reads words.

    Args:
        model_dir: folder that training wrote (see ``find_model``).
        config: instead of ``model_dir``: a configuration, as ``load_config`` gives it, with
        weights: its weights, a ``.pdparams`` file or its path without the ending.
        use_gpu: overrides the configuration's ``Global.use_gpu``.
        batch_size: images that the model reads at once, at least 1.

    Raises:
        CheckpointError: no model, or not a whole one, is where it should be.
        ConfigError: the configuration cannot be used.
    """

    def __init__(
        self,
        model_dir: str | Path | None = None,
        *,
        config: Config | None = None,
        weights: str | Path | None = None,
        use_gpu: bool | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
    ):
        if model_dir is not None:
            config_file, weights = find_model(model_dir)
            config = load_config(config_file)
        if config is None or weights is None:
            raise TypeError("either model_dir, or config and weights, must be given")
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}")
        self.batch_size = batch_size
        select_device(config["Global"]["use_gpu"] if use_gpu is None else use_gpu)
        self._operators = build_operators(config, "Eval", with_labels=False)
        self._post_process = build_post_process(config)
        self._model = build_model(config)
        load_weights(self._model, weights)
        self._model.eval()

    @classmethod
    def from_pretrained(cls, name: str = "rec_mv3_tps_bilstm_att", **kwargs) -> "TextRecognizer":
        """A recogniser with the weights that come with this package.

        Args:
            name: which weights; see ``ppocr_rare/weights``.
            **kwargs: ``use_gpu`` and ``batch_size``, as for the class.

        Raises:
            CheckpointError: there are no weights of that name.
        """
        names = sorted(path.parent.name for path in PRETRAINED_DIR.glob("*/config.yml"))
        if name not in names:
            known = ", ".join(names) or "none"
            raise CheckpointError(f"no weights named {name!r} come with this package; there are: {known}")
        return cls(PRETRAINED_DIR / name, **kwargs)

    def __call__(self, images: ImageSource | list[ImageSource]) -> RecognizedWord | list[RecognizedWord]:
        """Reads one image or a list.

        Args:
            images: a path, or a uint8 array [H, W, 3] in BGR order ([H, W] and BGRA are taken too); or a list of them.

        Returns:
            For one image its word; for a list one word each, in order. An image of a list that cannot be read has its
            ``error`` set and costs none of the others.

        Raises:
            SampleError: the one image cannot be read.
        """
        if isinstance(images, (list, tuple)):
            return list(self.iterate(images))
        prepared = self._prepare(images)
        if isinstance(prepared, SampleError):
            where = f"{images} " if isinstance(images, (str, os.PathLike)) else ""
            raise SampleError(prepared.reason, where + prepared.detail)
        return self._read([prepared])[0]

    def iterate(self, images: Iterable[ImageSource]) -> Iterator[RecognizedWord]:
        """Words of many images, in order, each batch as soon as it is read; the next one is prepared meanwhile."""
        images = iter(images)
        with ThreadPoolExecutor(PREPARE_THREADS) as pool:
            waiting: deque[list[Future]] = deque()
            while batch := list(islice(images, self.batch_size)):
                waiting.append([pool.submit(self._prepare, image) for image in batch])
                if len(waiting) > 1:
                    yield from self._read([future.result() for future in waiting.popleft()])
            while waiting:
                yield from self._read([future.result() for future in waiting.popleft()])

    def _prepare(self, image: ImageSource) -> np.ndarray | SampleError:
        """Network input [3, H, W] of one image, or why there is none."""
        try:
            sample = {"image": _load(image)}
            for operator in self._operators:
                sample = operator(sample)
            return sample["image"]
        except SampleError as error:
            return error

    def _read(self, prepared: list[np.ndarray | SampleError]) -> list[RecognizedWord]:
        """Words of prepared images; where an image could not be prepared, a word that says so."""
        usable = [image for image in prepared if isinstance(image, np.ndarray)]
        words = iter(self._post_process.decode_words(self.probabilities(np.stack(usable))) if usable else [])
        results = []
        for image in prepared:
            if isinstance(image, SampleError):
                results.append(RecognizedWord("", 0.0, (), error=str(image)))
            else:
                word = next(words)
                results.append(RecognizedWord(word.text, word.score, word.char_scores))
        return results

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Probabilities [B, L, V] of network inputs [B, 3, H, W]; L ends where every word has ended."""
        with paddle.no_grad():
            return self._model(paddle.to_tensor(images), stop_at_eos=self._post_process.stop_at_eos).numpy()


def _load(image: ImageSource) -> np.ndarray | bytes:
    """What the operators start from: an array as it is, of a path what the file holds."""
    if isinstance(image, np.ndarray):
        return image
    if isinstance(image, (str, os.PathLike)):
        return read_image_bytes(image)
    raise SampleError("not an image", f"a path or a uint8 array is needed, got {type(image).__name__}")


def images_of(config: Config) -> list[str]:
    """Paths of the images that ``Global.infer_list``, or else ``Global.infer_img``, names.

    Raises:
        RareError: both are empty, do not exist or hold no image.
    """
    image, image_list = config["Global"]["infer_img"], config["Global"]["infer_list"]
    if image_list:
        return read_image_list(image_list, image)
    if not image:
        raise RareError("no image: say -o Global.infer_img=PATH, or Global.infer_list=FILE")
    return list_images(image)
