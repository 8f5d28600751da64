"""Reads many looks at images with one model, those of like length together."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from ppocr_rare.engine.read.evidence import DetailedWord, characters_of, evidence_of
from ppocr_rare.engine.read.exported import LoadedModel
from ppocr_rare.engine.read.looks import Look
from ppocr_rare.postprocess import Word
from ppocr_rare.postprocess.scores import tempered


class BatchReader:
    """Makes batches. Words of like length share one, since a batch is done when its longest word is.

    Args:
        model: reads.
        batch_size: looks that the model reads at once.
    """

    def __init__(self, model: LoadedModel, batch_size: int):
        self._model = model
        self._batch_size = batch_size

    def begin(
        self, looks: Sequence[Look], pool: ThreadPoolExecutor | None = None, has_details: bool = False
    ) -> Callable[[], list[Word]]:
        """Begins to read; what it returns waits for the words, in the order of the looks.

        Where the backend runs several batches at once and there is a pool, its threads read; otherwise this one does.

        Args:
            looks: at images.
            pool: of threads.
            has_details: the words are ``DetailedWord``.
        """
        read = self._read_details if has_details else self._read
        order = sorted(range(len(looks)), key=lambda index: looks[index].aspect)
        batches = [order[start : start + self._batch_size] for start in range(0, len(order), self._batch_size)]
        inputs = [[looks[index] for index in batch] for batch in batches]
        if pool is not None and self._model.backend.num_at_once > 1:
            futures = [pool.submit(read, batch, True) for batch in inputs]
        else:
            futures = [_done(read(batch, False)) for batch in inputs]

        def wait() -> list[Word]:
            found: dict[int, Word] = {}
            for batch, future in zip(batches, futures, strict=True):
                found.update(zip(batch, future.result(), strict=True))
            return [found[index] for index in range(len(looks))]

        return wait

    def _read(self, looks: list[Look], is_beside_others: bool) -> list[Word]:
        backend = self._model.backend
        run = backend.run_beside if is_beside_others else backend
        return self._model.post_process.decode_words(run(_inputs(looks))[0])

    def _read_details(self, looks: list[Look], is_beside_others: bool) -> list[Word]:
        details = self._model.details(_inputs(looks))
        words = self._model.post_process.decode_words(details["probabilities"])
        return [
            self._explained(word, look, {name: array[index] for name, array in details.items()})
            for index, (word, look) in enumerate(zip(words, looks, strict=True))
        ]

    def _explained(self, word: Word, look: Look, details: dict[str, np.ndarray]) -> DetailedWord:
        """A word with its characters, of what the model gives for its look."""
        post_process = self._model.post_process
        steps = post_process.character_steps(details["probabilities"].argmax(1).tolist())
        shown = tempered(details["probabilities"], post_process.temperature)
        attention, points = details["attention"], details.get("points")
        return DetailedWord(
            word.text,
            word.score,
            word.char_scores,
            characters=characters_of(steps, shown, attention, points, look.frame, post_process.charset),
            evidence=evidence_of(steps, attention, points, look.network_input, look.frame),
            raw_scores=word.raw_scores,
        )


def _inputs(looks: list[Look]) -> np.ndarray:
    return np.stack([look.network_input for look in looks])


def _done(words: list[Word]) -> Future[list[Word]]:
    future: Future[list[Word]] = Future()
    future.set_result(words)
    return future
