"""Rendered words as a data set without a file."""

from collections.abc import Sequence

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.synthesizer import SynthWord, WordSynthesizer
from ppocr_rare.data.word_dataset import Sample, Transform, WordDataset
from ppocr_rare.errors import DataError

_NAME = "synth"
# Ends of the keys that words are drawn from: apart from one another, and from the key of the augmentation.
_EVAL, _TRAIN = 1, 2


class OnlineSynthDataSet(WordDataset):
    """Words that are rendered when they are read, by the processes that read; each epoch draws other ones.

    A word follows from seed, epoch and index alone, so that a training resumes with the very words that it would have
    had. In evaluation the words stay the same, and are none of those of training.

    Args:
        num_samples: words in an epoch.
        height: of the images, in pixels.
        fonts: folders and font files; ``shipped`` for the fonts of this package. By default those of the system and
            the shipped ones.
        words: word lists, UTF-8: a word a line, with a tab and a weight where it is not 1. By default English ones.
        max_length: of a text, in characters; short words are learnt first. By default as the words come.
        layouts: names of ``synth.style.LAYOUTS`` to choose from. By default all.
        effects: names of ``synth.style.EFFECTS``; an empty list for none. By default all.
        charset: the characters that the words are written in.
        transforms: see WordDataset.
        is_train: whether the samples are for training.
        seed: see WordDataset.

    Raises:
        DataError: see WordSynthesizer.
    """

    def __init__(
        self,
        num_samples: int,
        height: int = 32,
        fonts: str | list[str] | None = None,
        words: str | list[str] | None = None,
        max_length: int | None = None,
        layouts: list[str] | None = None,
        effects: list[str] | None = None,
        *,
        charset: Charset,
        transforms: Sequence[Transform] = (),
        is_train: bool = False,
        seed: int = 1024,
    ):
        super().__init__(transforms, seed)
        if num_samples < 1:
            raise DataError(f"num_samples is the number of words in an epoch, at least 1, not {num_samples}")
        self._num_samples = num_samples
        self._is_train = is_train
        self._has_spans = any(getattr(transform, "needs_spans", False) for transform in transforms)
        self._has_edges = any(getattr(transform, "needs_edges", False) for transform in transforms)
        self._synthesizer = WordSynthesizer(
            charset, _as_list(fonts), _as_list(words), height, max_length, layouts, effects
        )

    def __len__(self) -> int:
        return self._num_samples

    def key(self, index: int) -> str:
        """Returns ``synth#epoch#number``."""
        return f"{_NAME}#{self._epoch}#{index:09d}"

    def read_text(self, index: int) -> str:
        return self._draw(index).text

    def read_image(self, index: int) -> bytes:
        return self._draw(index).encode()

    def read(self, index: int) -> Sample:
        """As ``WordDataset.read``; for transforms that need them with ``spans``, where each character stands, and with
        ``edges``, where the line runs.
        """
        word = self._draw(index)
        sample: Sample = {"key": self.key(index), "image": word.encode(), "text": word.text, "label": word.text}
        if self._has_spans:
            sample["spans"] = word.spans()
        if self._has_edges:
            sample["edges"] = word.fiducials()
        return sample

    def sets(self) -> list[tuple[str, int]]:
        return [(_NAME, self._num_samples)]

    def set_epoch(self, epoch: int) -> None:
        """Draws other words for that epoch, counted from 0. In evaluation nothing changes."""
        if self._is_train:
            super().set_epoch(epoch)

    def _draw(self, index: int) -> SynthWord:
        return self._synthesizer.draw((*self.rng_key(index), _TRAIN if self._is_train else _EVAL))


def _as_list(paths: str | list[str] | None) -> list[str] | None:
    return [paths] if isinstance(paths, str) else paths
