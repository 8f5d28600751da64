"""Reads many looks at images with one model, those of like length together."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from ppocr_rare.engine.read.backends import Backend
from ppocr_rare.engine.read.looks import Look
from ppocr_rare.postprocess import AttnLabelDecode, Word


class BatchReader:
    """Makes batches. Words of like length share one, since a batch is done when its longest word is.

    Args:
        backend: the model.
        post_process: makes words of what it gives.
        batch_size: looks that the model reads at once.
    """

    def __init__(self, backend: Backend, post_process: AttnLabelDecode, batch_size: int):
        self.backend = backend
        self._post_process = post_process
        self._batch_size = batch_size

    def begin(self, looks: Sequence[Look], pool: ThreadPoolExecutor | None = None) -> Callable[[], list[Word]]:
        """Begins to read; what it returns waits for the words, in the order of the looks.

        Where the backend runs several batches at once and there is a pool, its threads read; otherwise this one does.
        """
        order = sorted(range(len(looks)), key=lambda index: looks[index].aspect)
        batches = [order[start : start + self._batch_size] for start in range(0, len(order), self._batch_size)]
        inputs = [[looks[index].network_input for index in batch] for batch in batches]
        if pool is not None and self.backend.num_at_once > 1:
            futures = [pool.submit(self._read, images, self.backend.run_beside) for images in inputs]
        else:
            futures = [_done(self._read(images, self.backend)) for images in inputs]

        def wait() -> list[Word]:
            found: dict[int, Word] = {}
            for batch, future in zip(batches, futures, strict=True):
                found.update(zip(batch, future.result(), strict=True))
            return [found[index] for index in range(len(looks))]

        return wait

    def _read(self, images: list[np.ndarray], run: Callable[[np.ndarray], list[np.ndarray]]) -> list[Word]:
        return self._post_process.decode_words(run(np.stack(images))[0])


def _done(words: list[Word]) -> Future[list[Word]]:
    future: Future[list[Word]] = Future()
    future.set_result(words)
    return future
