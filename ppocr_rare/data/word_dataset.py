"""What every data set of word images is: samples by index, and a rejection in the place of one that cannot be used."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection

Sample = dict[str, Any]
Transform = Callable[[Sample], Sample]

# Ends the key that a sample's neighbours are drawn from. Not 0, which would make no other key; 1 and 2 are taken.
_NEIGHBOURS = 3


class Part(NamedTuple):
    """A part of a data set that is mixed: its number of samples, and the share that it has in each batch."""

    size: int
    share: float


class WordDataset(ABC):
    """Word images with their labels, by index.

    A subclass says how many samples there are and how one is read. ``dataset[index]`` is the sample after the
    transforms, or a Rejection where reading or a transform raised SampleError. Another sample never takes its place.

    Args:
        transforms: operators that take a sample and return it, or raise SampleError; applied in order.
        seed: of all that is drawn at random, at least 0.

    Differs: 7.
    """

    def __init__(self, transforms: Sequence[Transform] = (), seed: int = 1024):
        self.transforms = tuple(transforms)
        self._seed = seed
        self._epoch = 0

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

    def mixture(self) -> list[Part]:
        """Returns the parts that batches for training are mixed from, in the order of the samples; one: all of them."""
        return [Part(len(self), 1.0)]

    def set_epoch(self, epoch: int) -> None:
        """Tells which epoch begins, from 0: what is drawn at random differs from epoch to epoch."""
        self._epoch = epoch

    def rng_key(self, index: int, turn: int = 0) -> tuple[int, ...]:
        """Returns the seed of what is drawn for a sample: it is the same in every process, and for every resumption."""
        return self._seed, self._epoch, index, turn

    def read(self, index: int) -> Sample:
        """Returns the sample before any transform: ``key``, ``image`` (bytes), ``text`` and ``label`` (as written).

        Raises:
            SampleError: it cannot be read.
        """
        text = self.read_text(index)
        return {"key": self.key(index), "image": self.read_image(index), "text": text, "label": text}

    def __getitem__(self, index: int) -> Sample | Rejection:
        return self.draw(range(len(self))[index])  # as a list: IndexError past the end, negative ones count from there

    def draw(self, index: int, turn: int = 0) -> Sample | Rejection:
        """Returns the sample after the transforms, which find ``rng_key`` in it, the seed of what they draw at random.

        Args:
            index: of the sample, at least 0.
            turn: how often it has come in this epoch before.
        """
        try:
            *_, sample = self.stages(index, turn)
        except SampleError as error:
            return Rejection(self.key(index), self._text_if_any(index), error.reason, error.detail)
        return sample

    def stages(self, index: int, turn: int = 0) -> Iterator[Sample]:
        """Yields the sample as it was read, and after each of the transforms; the arguments are those of ``draw``.

        A transform with an attribute ``num_neighbours`` above 0 finds ``neighbours`` in the sample: an iterator of so
        many other samples of this data set at most, each after the transforms before that one. They follow from the
        sample's ``rng_key`` alone, are read when they are asked for, and those that cannot be used are left out.

        Raises:
            SampleError: the sample cannot be used.
        """
        return self._stages(index, self.rng_key(index, turn), self.transforms)

    def _stages(self, index: int, key: tuple[int, ...], transforms: Sequence[Transform]) -> Iterator[Sample]:
        sample = {**self.read(index), "rng_key": key}
        yield sample
        for place, transform in enumerate(transforms):
            if num := getattr(transform, "num_neighbours", 0):
                sample["neighbours"] = self._neighbours(index, key, transforms[:place], num)
            sample = transform(sample)
            yield sample

    def _neighbours(
        self, index: int, key: tuple[int, ...], transforms: Sequence[Transform], num: int
    ) -> Iterator[dict[str, Any]]:
        if len(self) < 2:
            return
        places = np.random.default_rng((*key, _NEIGHBOURS)).integers(len(self) - 1, size=num)
        for number, place in enumerate(places.tolist(), start=1):
            other = place + (place >= index)  # any but the sample itself
            try:
                *_, sample = self._stages(other, (*key, _NEIGHBOURS, number), transforms)
            except SampleError:
                continue
            yield sample

    def split_into_sets(self) -> list[tuple[str, "WordDataset"]]:
        """Returns each of the sets as a data set of its own, with its name; nothing is opened or read again."""
        parts: list[tuple[str, WordDataset]] = []
        start = 0
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

    def rng_key(self, index: int, turn: int = 0) -> tuple[int, ...]:
        return self._dataset.rng_key(self._indices[index], turn)

    def set_epoch(self, epoch: int) -> None:
        self._dataset.set_epoch(epoch)


def distinct_names(short: Iterable[str], full: Iterable[str]) -> list[str]:
    """Returns the short name of each set, or its full name where another set has the same short one."""
    short = list(short)
    uses = Counter(short)
    return [name if uses[name] == 1 else longer for name, longer in zip(short, full, strict=True)]


def mix(sizes: Sequence[int], ratios: Sequence[float], names: Sequence[str]) -> list[Part]:
    """Returns the parts of a mixture.

    Args:
        sizes: number of samples of each part.
        ratios: shares of each part, above 0; what counts is how they compare.
        names: of the parts, for the messages.

    Raises:
        DataError: the ratios do not fit the parts, or a part is empty.
    """
    if len(ratios) != len(sizes):
        raise DataError(f"ratio_list has {len(ratios)} numbers for {len(sizes)} sets: {', '.join(names)}")
    if not all(ratio > 0 for ratio in ratios):
        raise DataError(f"ratio_list holds shares of a batch, each above 0, not {list(ratios)}")
    for size, name in zip(sizes, names, strict=True):
        if not size:
            raise DataError(f"ratio_list gives a share to {name}, which holds no sample")
    total = sum(ratios)
    return [Part(size, ratio / total) for size, ratio in zip(sizes, ratios, strict=True)]
