"""From the probabilities of the attention decoder to words."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ppocr_rare.data.charset import Charset
from ppocr_rare.errors import ConfigError, DataError
from ppocr_rare.postprocess.scores import SCORE_KINDS, ScoreKind, tempered, word_score


@dataclass(frozen=True)
class Word:
    """What was read in one image.

    Args:
        text: the characters, joined.
        score: how sure the word is, in [0, 1], made of ``char_scores`` as the decoder's ``score`` says; 0.0 for an
            empty text.
        char_scores: probability of each character, after the decoder's temperature.
        raw_scores: before it, where that differs; readings of one image are compared by these.
    """

    text: str
    score: float
    char_scores: tuple[float, ...]
    raw_scores: tuple[float, ...] | None = field(default=None, repr=False, compare=False, kw_only=True)


class AttnLabelDecode:
    """Takes the likeliest class of each step, up to the first eos.

    Args:
        stop_at_eos: False keeps the characters behind an eos, as PaddleOCR does.
        temperature: that probabilities are given before they are shown, above 0; ``tools/calibrate.py`` finds it. No
            text depends on it.
        score: what a word's score is of those of its characters: their mean, as in PaddleOCR, the least, or their
            product, which is nearest to the probability that the word is right.
        charset: the characters that the model can read.

    Source: PaddleOCR 2.8.1, ppocr/postprocess/rec_postprocess.py, AttnLabelDecode.
    Differs: 4.
    """

    def __init__(
        self, stop_at_eos: bool = True, temperature: float = 1.0, score: ScoreKind = "mean", *, charset: Charset
    ):
        if not 0 < temperature < np.inf:
            raise ConfigError(f"PostProcess.temperature must be above 0, got {temperature}")
        if score not in SCORE_KINDS:
            raise ConfigError(f"score is one of {', '.join(SCORE_KINDS)}, not {score!r}")
        self.stop_at_eos = stop_at_eos
        self.temperature = temperature
        self.score = score
        self.charset = charset

    def with_score(self, score: ScoreKind) -> "AttnLabelDecode":
        """The same decoder with another kind of score."""
        return AttnLabelDecode(self.stop_at_eos, self.temperature, score, charset=self.charset)

    def __call__(self, preds: ArrayLike, label: ArrayLike | None = None) -> Any:
        """Decodes a batch, and the labels of it where they are given.

        Args:
            preds: probabilities [B, L, V], array or tensor.
            label: class ids [B, L], or None.

        Returns:
            (text, score) of each image; with labels a pair: that, and (text, 1.0) of each label.
        """
        texts = [(word.text, word.score) for word in self.decode_words(preds)]
        return texts if label is None else (texts, self.decode(label))

    def decode_words(self, probabilities: ArrayLike) -> list[Word]:
        """Decodes a batch of probabilities [B, L, V] to one word each.

        Raises:
            DataError: V is not the number of classes of the dictionary.
        """
        probabilities = np.asarray(probabilities)
        if probabilities.ndim != 3 or probabilities.shape[2] != len(self.charset):
            raise DataError(
                f"the model gives {list(probabilities.shape)}, the dictionary needs [B, L, {len(self.charset)}]: "
                "this is not the dictionary that the model was trained with"
            )
        scores = tempered(probabilities, self.temperature).max(2)
        return self._read_words(probabilities.argmax(2), scores, raw=probabilities.max(2))

    def decode(
        self, ids: ArrayLike, probs: ArrayLike | None = None, is_remove_duplicate: bool = False
    ) -> list[tuple[str, float]]:
        """Decodes class ids.

        Args:
            ids: class ids [B, L].
            probs: probability of each [B, L]; None for 1.0.
            is_remove_duplicate: drops a character whose class is that of the step before.

        Returns:
            (text, score) of each row.
        """
        ids = np.asarray(ids)
        probs = np.ones(ids.shape, np.float32) if probs is None else np.asarray(probs)
        return [(word.text, word.score) for word in self._read_words(ids, probs, is_remove_duplicate)]

    def _read_words(
        self, ids: np.ndarray, scores: np.ndarray, is_remove_duplicate: bool = False, raw: np.ndarray | None = None
    ) -> list[Word]:
        words = []
        for index, row in enumerate(ids.tolist()):
            steps = self.character_steps(row, is_remove_duplicate)
            kept = scores[index][steps]
            before = None if raw is None else tuple(raw[index][steps].tolist())
            text = self.charset.decode(row[step] for step in steps)
            words.append(Word(text, word_score(kept, self.score), tuple(kept.tolist()), raw_scores=before))
        return words

    def character_steps(self, ids: list[int], is_remove_duplicate: bool = False) -> list[int]:
        """The steps, of those with the classes ``ids``, that say a character of the text."""
        if self.stop_at_eos and self.charset.eos_id in ids:
            ids = ids[: ids.index(self.charset.eos_id)]
        return [
            step
            for step, class_id in enumerate(ids)
            if class_id not in (self.charset.sos_id, self.charset.eos_id)
            and not (is_remove_duplicate and step > 0 and class_id == ids[step - 1])
        ]
