"""Reads many looks at images with one model, those of like length together."""

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from ppocr_rare.engine.read.decoding.decoder import Decoder, Reading
from ppocr_rare.engine.read.evidence import Alternative, DetailedWord, characters_of, evidence_of
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.engine.read.looks import Look
from ppocr_rare.postprocess import Word
from ppocr_rare.postprocess.scores import tempered, word_score


@dataclass(frozen=True)
class Asked:
    """What is to be known of a word.

    Args:
        has_details: its characters and its evidence.
        decoder: searches; None: the likeliest character of each step is taken.
    """

    has_details: bool = False
    decoder: Decoder | None = None


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
        self, looks: Sequence[Look], pool: ThreadPoolExecutor | None = None, asked: Asked = Asked()
    ) -> Callable[[], list[Word]]:
        """Begins to read; what it returns waits for the words, in the order of the looks.

        Where the backend runs several batches at once and there is a pool, its threads read; otherwise this one does.

        Args:
            looks: at images.
            pool: of threads.
            asked: what is to be known; the words are ``DetailedWord`` where that is more than the text and its scores.
        """
        read = functools.partial(self._read, asked)
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

    def _read(self, asked: Asked, looks: list[Look], is_beside_others: bool) -> list[Word]:
        model = self._model
        if not asked.has_details and asked.decoder is None:
            run = model.backend.run_beside if is_beside_others else model.backend
            return model.post_process.decode_words(run(_inputs(looks))[0])
        details = model.details(_inputs(looks), is_beside_others)
        if asked.decoder is None:
            found = self._greedy(details)
        else:
            lexicons = [look.lexicon for look in looks] if any(look.lexicon for look in looks) else None
            found = asked.decoder.decode(model.step, details["memory"], model.state_size, lexicons)
        points = details.get("points", [None] * len(looks))
        return [
            self._explained(readings, look, own, asked)
            for readings, look, own in zip(found, looks, points, strict=True)
        ]

    def _greedy(self, details: dict[str, np.ndarray]) -> list[list[Reading]]:
        """The likeliest characters of a batch, as a search would give them."""
        found = []
        for probabilities, attention in zip(details["probabilities"], details["attention"], strict=True):
            ids = probabilities.argmax(1).tolist()
            steps = self._model.post_process.character_steps(ids)
            kept, rows = [ids[step] for step in steps], probabilities[steps]
            scores = tuple(rows.max(1).tolist())
            text = self._model.post_process.charset.decode(kept)
            found.append([Reading(text, tuple(kept), scores, float("nan"), rows, attention[steps])])
        return found

    def _explained(
        self, readings: list[Reading], look: Look, points: np.ndarray | None, asked: Asked
    ) -> DetailedWord:
        """The first of the readings as a word, with what is asked of it."""
        post_process = self._model.post_process
        best = readings[0]
        shown = tempered(best.probabilities, post_process.temperature)
        scores = shown[np.arange(len(best.ids)), list(best.ids)]
        word = DetailedWord(
            best.text, word_score(scores, post_process.score), tuple(scores.tolist()), raw_scores=best.char_scores
        )
        if asked.decoder is not None:
            word = replace(word, readings=tuple(map(self._alternative, readings)))
        if asked.has_details:
            characters = characters_of(best.ids, shown, best.attention, points, look.frame, post_process.charset)
            evidence = evidence_of(best.attention, points, look.network_input, look.frame)
            word = replace(word, characters=characters, evidence=evidence)
        return word

    def _alternative(self, reading: Reading) -> Alternative:
        post_process = self._model.post_process
        shown = tempered(reading.probabilities, post_process.temperature)
        scores = shown[np.arange(len(reading.ids)), list(reading.ids)]
        return Alternative(reading.text, word_score(scores, post_process.score), reading.log_probability)


def _inputs(looks: list[Look]) -> np.ndarray:
    return np.stack([look.network_input for look in looks])


def _done(words: list[Word]) -> Future[list[Word]]:
    future: Future[list[Word]] = Future()
    future.set_result(words)
    return future
