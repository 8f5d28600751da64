"""A word that was read, as it is given to users; a notebook shows it."""

import base64
import html
from dataclasses import dataclass

import cv2

from ppocr_rare.engine.read.evidence import DetailedWord


@dataclass(frozen=True)
class RecognizedWord(DetailedWord):
    """What was read in one image. It cannot be changed: threads may share it, and it pickles.

    Args:
        text: the word; empty where nothing was read.
        score: how sure the word is, in [0, 1]: the mean, the least or the product of ``char_scores``, as the model says
            (of the shipped ones the product, calibrated: of words with 0.9 nine in ten are right); 0.0 for no text.
        char_scores: probability of each character of ``text``.
        error: why the image could not be read; None where it could.
        is_unsure: this is no word that can be read: its ``score`` is below the recogniser's ``min_score``. ``text``,
            ``char_scores`` and ``characters`` are empty then.
        characters: one for each letter, where ``return_details`` asked for them.
        evidence: what it was read from, likewise.
        readings: the ``top_k`` likeliest, where a search was asked for (``beam_width``, ``top_k``, ``lexicon``,
            ``pattern``); the first is this word.
    """

    error: str | None = None
    is_unsure: bool = False

    def cells(self) -> list[str]:
        """What a table's row says of the word: text and score, and those of its other readings; or the error."""
        if self.error is not None:
            return [f"error: {self.error}"]
        others = [] if self.is_unsure else self.readings[1:]
        return [self.text, f"{self.score:.4f}", *(cell for one in others for cell in (one.text, f"{one.score:.4f}"))]

    def __repr__(self) -> str:
        if self.error is not None:
            return f"RecognizedWord(error={self.error!r})"
        return f"RecognizedWord({self.text!r}, {self.score:.4f}{', unsure' if self.is_unsure else ''})"

    def _repr_html_(self) -> str:
        """How a notebook shows the word: its letters, and with details what they were read from."""
        return f"error: {html.escape(self.error)}" if self.error is not None else _as_html(self)


def _as_html(word: DetailedWord) -> str:
    """A word for a notebook: letters the paler the less sure they are, and with details the rectified word."""
    letters = "".join(
        f'<span style="opacity:{0.3 + 0.7 * score:.2f}" title="{score:.3f}">{html.escape(letter)}</span>'
        for letter, score in zip(word.text, word.char_scores, strict=False)
    )
    shown = f"<b>{letters or '(nothing)'}</b> {word.score:.3f}"
    if word.evidence is None:
        return f"<div>{shown}</div>"
    data = cv2.imencode(".png", word.evidence.rectified)[1].tobytes()
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return f'<div>{shown}<br><img src="{source}" style="height:48px" title="rectified"></div>'
