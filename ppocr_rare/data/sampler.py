"""Which samples a batch holds, and which of them are a rank's.

In training the order is a function of the seed and the epoch alone: to go on in the middle of an epoch takes the
epoch's number and the number of batches done, and no stored random state. It does not depend on the number of ranks
either: R ranks with batches of b samples see, together, the batches of one rank with batches of R b.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ppocr_rare.data.word_dataset import Part, WordDataset
from ppocr_rare.errors import DataError

_GOLDEN = (5**0.5 - 1) / 2


def build_sampler(
    dataset: WordDataset,
    batch_size: int,
    *,
    shuffle: bool,
    drop_last: bool,
    seed: int,
    rank: int = 0,
    num_ranks: int = 1,
) -> "TrainSampler":
    """Builds the sampler that a data set asks for: a MixSampler where it is a mixture, else a TrainSampler."""
    settings: dict[str, Any] = {"shuffle": shuffle, "drop_last": drop_last, "seed": seed}
    settings |= {"rank": rank, "num_ranks": num_ranks}
    parts = dataset.mixture()
    if len(parts) > 1:
        return MixSampler(parts, batch_size, **settings)
    return TrainSampler(len(dataset), batch_size, **settings)


class TrainSampler:
    """Gives a rank its batches of an epoch, as lists of indices; each sample comes once in an epoch.

    Batch k of all ranks together is k-th in the order of the epoch; a rank gets the part that its number says. All
    ranks have the same number of batches. A last batch that is not full is left out with ``drop_last``, and otherwise
    divided evenly, so that ranks differ by one sample at most; where it holds fewer samples than there are ranks, the
    first samples of the epoch are repeated, so that every rank has one.

    Args:
        num_samples: in the data set.
        batch_size: samples in a batch of one rank.
        shuffle: draws an order for each epoch; otherwise samples come in the order of the data set.
        drop_last: leaves out a last batch that is not full.
        seed: of the order, at least 0.
        rank: number of this process.
        num_ranks: processes that train together.

    Raises:
        DataError: there is not one batch.
    """

    def __init__(
        self,
        num_samples: int,
        batch_size: int,
        *,
        shuffle: bool,
        drop_last: bool,
        seed: int,
        rank: int = 0,
        num_ranks: int = 1,
    ):
        self._num_samples = num_samples
        self._global_size = batch_size * num_ranks  # of a batch of all ranks together
        self._shuffle = shuffle
        self._seed = seed
        self._rank, self._num_ranks = rank, num_ranks
        self._epoch, self._first = 0, 0
        num_full, rest = divmod(num_samples, self._global_size)
        self._num_batches = num_full + (rest > 0 and not drop_last)
        if not num_samples:
            raise DataError("the data set for training holds no sample")
        if not self._num_batches:
            ranks = f" on each of {num_ranks} processes" if num_ranks > 1 else ""
            raise DataError(
                f"drop_last leaves nothing of {num_samples} samples: one batch takes {batch_size}{ranks} "
                "(loader.batch_size_per_card, loader.drop_last)"
            )

    def start(self, epoch: int, batch: int = 0) -> None:
        """Says which epoch comes, from 0, and how many of its batches are done already."""
        self._epoch, self._first = epoch, batch

    def __len__(self) -> int:
        """Number of batches of a whole epoch, the same for every rank."""
        return self._num_batches

    @property
    def remaining(self) -> int:
        """Number of batches from where ``start`` said to the end of the epoch."""
        return max(0, self._num_batches - self._first)

    def __iter__(self) -> Iterator[list[int]]:
        read = self._draw()
        for number in range(self._first, self._num_batches):
            batch = read(number)
            if len(batch) < self._num_ranks:
                batch = np.resize(np.concatenate([batch, read(0)]), self._num_ranks)
            yield np.array_split(batch, self._num_ranks)[self._rank].tolist()

    def _draw(self) -> Callable[[int], np.ndarray]:
        """Returns a function from the number of a batch to the indices in it, of all ranks together."""
        order = np.arange(self._num_samples, dtype=np.uint32)
        if self._shuffle:
            self._generator().shuffle(order)
        return lambda number: order[number * self._global_size : (number + 1) * self._global_size]

    def _generator(self, *key: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, self._epoch, *key])


class MixSampler(TrainSampler):
    """A TrainSampler whose batches, of all ranks together, hold a given share of each part of the data set.

    A batch of n samples holds n * share of a part, rounded up or down so that the shares are exact in the long run. The
    parts are spread evenly over the batch, and so over the ranks. An epoch is as long as without mixing: as many
    samples as the data set has. A part is gone through as often as its share takes, in a new order each time; where
    that is less than once, each epoch draws other samples of it.

    What comes again in an epoch is told apart, so that it can be augmented anew: for the n-th time, from 0, an index is
    raised by n times the size of the data set.

    Args:
        parts: size and share of each part, in the order of the samples. The shares add up to 1.
        batch_size: see TrainSampler, as are all others.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        batch_size: int,
        *,
        shuffle: bool,
        drop_last: bool,
        seed: int,
        rank: int = 0,
        num_ranks: int = 1,
    ):
        settings: dict[str, Any] = {"shuffle": shuffle, "drop_last": drop_last, "seed": seed}
        settings |= {"rank": rank, "num_ranks": num_ranks}
        super().__init__(sum(part.size for part in parts), batch_size, **settings)
        self._parts = tuple(parts)

    def _draw(self) -> Callable[[int], np.ndarray]:
        counts = self._count()
        ends = np.cumsum(counts, axis=0)
        firsts = np.cumsum([0, *(part.size for part in self._parts)])
        orders = [self._repeat(number, ends[-1, number]) for number in range(len(self._parts))]

        def read(number: int) -> np.ndarray:
            indices, places = [], []
            for part, order, first, end, count in zip(
                self._parts, orders, firsts, ends[number], counts[number], strict=False
            ):
                taken = np.arange(end - count, end)  # 0 for the part's first sample in the epoch
                indices.append(first + order[taken] + taken // part.size * self._num_samples)
                places.append((np.arange(count) + 0.5) / count)
            return np.concatenate(indices)[np.argsort(np.concatenate(places), kind="stable")]

        return read

    def _repeat(self, number: int, count: int) -> np.ndarray:
        """Returns at least ``count`` places in a part, uint32: all of them, each time in another order."""
        size = self._parts[number].size
        rows = np.tile(np.arange(size, dtype=np.uint32), (-(-count // size), 1))
        if self._shuffle:
            self._generator(number).permuted(rows, axis=1, out=rows)
        return rows.ravel()

    def _count(self) -> np.ndarray:
        """Returns how many samples of each part stand in each batch of the epoch, int64 [batches, parts].

        Think of the parts laid end to end on a line as long as the batch, and of points on it, one apart: a part gets
        as many samples as points fall on it. From batch to batch the points move on by the golden ratio, which puts
        them everywhere equally often.
        """
        batches = np.arange(self._num_batches)
        sizes = np.minimum(self._num_samples - batches * self._global_size, self._global_size)
        bounds = np.cumsum([0.0, *(part.share for part in self._parts)])
        bounds[-1] = 1.0
        moved = (self._epoch * self._num_batches + batches) * _GOLDEN % 1
        # Rounded, because a bound that is meant to be a whole number must not fall short of it.
        numbers = np.floor(np.round(np.outer(sizes, bounds), 9) + moved[:, np.newaxis])
        return np.diff(numbers, axis=1).astype(np.int64)


class EvalSampler:
    """Gives a rank its part of a data set, in order: over the ranks each sample comes exactly once, and none is lost.

    The parts are contiguous, as an LMDB is read fastest, and differ by one sample at most, so that their numbers of
    batches may differ by one. A rank has none where there are fewer samples than ranks.

    Args:
        num_samples: in the data set.
        batch_size: samples in a batch; the last one may hold fewer.
        rank: number of this process.
        num_ranks: processes that evaluate together.
    """

    def __init__(self, num_samples: int, batch_size: int, *, rank: int = 0, num_ranks: int = 1):
        self._indices = range(num_samples * rank // num_ranks, num_samples * (rank + 1) // num_ranks)
        self._batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self._indices) // self._batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        for start in range(0, len(self._indices), self._batch_size):
            yield list(self._indices[start : start + self._batch_size])
