"""How long the stages of reading take, told as PaddleOCR's benchmark log tells it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ppocr_rare.engine.read.backends import Backend
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.postprocess import AttnLabelDecode, Word

STAGES = ("preprocess", "inference", "postprocess")


class StageTimes:
    """Seconds of each stage, added up over all threads and processes: they may be more than the clock's."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self.input_shape: tuple[int, ...] = ()
        self._lock = threading.Lock()

    def watch(self, model: LoadedModel) -> LoadedModel:
        """The model, whose stages are timed from now on."""
        operators = [self._timed("preprocess", operator) for operator in model.operators]
        return replace(
            model,
            operators=operators,
            backend=_TimedBackend(model.backend, self),
            post_process=_TimedDecoder(model.post_process, self),
        )

    def _timed(self, stage: str, call: Callable) -> Callable:
        def timed(*args: Any) -> Any:
            with self.stage(stage):
                return call(*args)

        return timed

    def taken(self) -> tuple[dict[str, float], tuple[int, ...]]:
        """The seconds so far and the shape of the network's input, for ``add``; the seconds begin anew at 0."""
        with self._lock:
            seconds, self.seconds = self.seconds, dict.fromkeys(STAGES, 0.0)
        return seconds, self.input_shape

    def add(self, seconds: Mapping[str, float], input_shape: tuple[int, ...]) -> None:
        """Adds what another process has ``taken``."""
        with self._lock:
            for stage in STAGES:
                self.seconds[stage] += seconds[stage]
        self.input_shape = input_shape

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time of a block (``with``)."""
        began = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self.seconds[name] += time.perf_counter() - began

    def report(self, num_images: int, seconds: float, model_name: str, precision: str, batch_size: int) -> list[str]:
        """Lines for the log, with PaddleOCR's names: the times are those of an image, in milliseconds."""
        each = {stage: 1000 * spent / max(1, num_images) for stage, spent in self.seconds.items()}
        shape = ",".join(map(str, self.input_shape)) or "none"
        return [
            f"Model info: model_name: {model_name}, precision: {precision}",
            f"Data info: batch_size: {batch_size}, input_shape: {shape}, data_num: {num_images}",
            f"Perf info: total time spent(s): {seconds:.4f}, "
            + ", ".join(f"{stage}_time(ms): {each[stage]:.4f}" for stage in STAGES),
        ]


class _TimedBackend:
    def __init__(self, backend: Backend, times: StageTimes):
        self._backend, self._times = backend, times
        self.image_shape, self.num_at_once = backend.image_shape, backend.num_at_once

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        return self._run(self._backend, images)

    def run_beside(self, images: np.ndarray) -> list[np.ndarray]:
        """As the backend's own."""
        return self._run(self._backend.run_beside, images)

    def _run(self, run: Callable[[np.ndarray], list[np.ndarray]], images: np.ndarray) -> list[np.ndarray]:
        self._times.input_shape = images.shape[1:]
        with self._times.stage("inference"):
            return run(images)


class _TimedDecoder(AttnLabelDecode):
    def __init__(self, decoder: AttnLabelDecode, times: StageTimes):
        super().__init__(decoder.stop_at_eos, decoder.temperature, decoder.score, charset=decoder.charset)
        self._times = times

    def decode_words(self, probabilities: ArrayLike) -> list[Word]:
        with self._times.stage("postprocess"):
            return super().decode_words(probabilities)
