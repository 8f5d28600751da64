"""What every data set of word images is: samples by index, and a rejection in the place of one that cannot be used."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ppocr_rare.errors import SampleError
from ppocr_rare.utils.stats import Rejection

Sample = dict[str, Any]
Transform = Callable[[Sample], Sample]


class WordDataset(ABC):
    """Word images with their labels, by index.

    A subclass says how many samples there are and how one is read. ``dataset[index]`` is the sample after the
    transforms, or a Rejection where reading or a transform raised SampleError. Another sample never takes its place.

    Args:
        transforms: operators that take a sample and return it, or raise SampleError; applied in order.

    Differs: 7.
    """

    def __init__(self, transforms: Sequence[Transform] = ()):
        self.transforms = tuple(transforms)

    @abstractmethod
    def __len__(self) -> int:
        """Returns the number of samples, unusable ones included."""

    @abstractmethod
    def key(self, index: int) -> str:
        """Returns what names the sample to a user: a path, or ``folder#number``. Never raises SampleError."""

    @abstractmethod
    def read_text(self, index: int) -> str:
        """Returns the label as written; raises SampleError where there is none."""

    @abstractmethod
    def read_image(self, index: int) -> bytes:
        """Returns the image file's bytes; raises SampleError where there are none."""

    @abstractmethod
    def sets(self) -> list[tuple[str, int]]:
        """Returns name and number of samples of each set that this one is made of, in the order of the samples."""

    def set_epoch(self, epoch: int) -> None:  # noqa: B027
        """Tells which epoch begins. Only data sets that draw something at random make use of it."""

    def read(self, index: int) -> Sample:
        """Returns the sample before any transform: ``key``, ``image`` (bytes), ``text`` and ``label`` (as written).

        Raises:
            SampleError: it cannot be read.
        """
        text = self.read_text(index)
        return {"key": self.key(index), "image": self.read_image(index), "text": text, "label": text}

    def __getitem__(self, index: int) -> Sample | Rejection:
        index = range(len(self))[index]  # as a list: IndexError past the end, negative ones count from there
        try:
            sample = self.read(index)
            for transform in self.transforms:
                sample = transform(sample)
        except SampleError as error:
            return Rejection(self.key(index), self._text_if_any(index), error.reason, error.detail)
        return sample

    def split_into_sets(self) -> list[tuple[str, "WordDataset"]]:
        """Returns each of the sets as a data set of its own, with its name; nothing is opened or read again."""
        parts, start = [], 0
        for name, size in self.sets():
            parts.append((name, WordSlice(self, name, range(start, start + size))))
            start += size
        return parts

    def _text_if_any(self, index: int) -> str:
        try:
            return self.read_text(index)
        except SampleError:
            return ""


class WordSlice(WordDataset):
    """A part of another data set, under a name of its own.

    Args:
        dataset: the whole.
        name: of this part.
        indices: the part's samples in the whole, in order.
    """

    def __init__(self, dataset: WordDataset, name: str, indices: range):
        super().__init__(dataset.transforms)
        self._dataset = dataset
        self._name = name
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    def key(self, index: int) -> str:
        return self._dataset.key(self._indices[index])

    def read_text(self, index: int) -> str:
        return self._dataset.read_text(self._indices[index])

    def read_image(self, index: int) -> bytes:
        return self._dataset.read_image(self._indices[index])

    def sets(self) -> list[tuple[str, int]]:
        return [(self._name, len(self))]

    def set_epoch(self, epoch: int) -> None:
        self._dataset.set_epoch(epoch)


def distinct_names(short: Iterable[str], full: Iterable[str]) -> list[str]:
    """Returns the short name of each set, or its full name where another set has the same short one."""
    short = list(short)
    uses = Counter(short)
    return [name if uses[name] == 1 else longer for name, longer in zip(short, full, strict=True)]
