"""From a data set to batches, in worker processes or in this one."""

import contextlib
import logging
import shutil
import signal
import threading
import traceback
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import paddle

from ppocr_rare.data.word_dataset import WordDataset
from ppocr_rare.data.worker import LEFT_TO_THE_PARENT, start_worker
from ppocr_rare.errors import RareError
from ppocr_rare.utils.platforms import blocked, signals
from ppocr_rare.utils.stats import Rejection

# A batch is a mapping: the arrays under their names, and what Notes lists under its own.
Batch = dict[str, Any]

_SHARED_MEMORY = "/dev/shm"
_BATCHES_AHEAD = 2  # batches that each worker may have ready
_BYTES_PER_SAMPLE = 256 * 1024  # float32 3 x 64 x 320, a large word image, with its labels
_MARKER = "marker"

_logger = logging.getLogger(__name__)


def build_loader(
    dataset: WordDataset,
    *,
    keep_keys: Sequence[str],
    batch_size: int,
    num_workers: int,
    shuffle: bool = False,
    drop_last: bool = False,
    use_shared_memory: bool = True,
    batch_sampler: paddle.io.BatchSampler | None = None,
) -> "WordLoader":
    """Builds the loader of a data set.

    Args:
        dataset: its samples hold arrays under ``keep_keys``.
        keep_keys: names of the arrays of a batch. What the samples lack, or hold as text, is left out.
        batch_size: samples in a batch, unusable ones included.
        num_workers: processes that read; with 0 this one reads.
        shuffle: reads in random order.
        drop_last: leaves out a last batch that is smaller than the others.
        use_shared_memory: hands batches over through /dev/shm; where that is too small, a warning is given and pipes
            serve.
        batch_sampler: gives the indices of each batch, in place of batch_size, shuffle and drop_last.
    """
    if batch_sampler is None:
        batch_sampler = paddle.io.BatchSampler(
            dataset=dataset, shuffle=shuffle, batch_size=batch_size, drop_last=drop_last
        )
    if use_shared_memory and num_workers > 0:
        use_shared_memory = _has_shared_memory(num_workers * _BATCHES_AHEAD * batch_size * _BYTES_PER_SAMPLE)
    return WordLoader(dataset, tuple(keep_keys), batch_sampler, num_workers, use_shared_memory)


class WordLoader:
    """Gives a data set's batches, in the order of the sampler, whatever the number of workers.

    A batch holds the usable samples: their arrays, stacked, as tensors under their names, and the lists ``indices``
    (places in the data set), ``keys`` and ``texts``. ``rejections`` lists the others. A batch without a usable sample
    has no arrays.

    Args:
        dataset: see build_loader, as are all.
        keep_keys: names of the arrays.
        batch_sampler: gives lists of indices; its length is the number of batches.
        num_workers: processes that read.
        use_shared_memory: whether workers hand batches over through shared memory.
    """

    def __init__(
        self,
        dataset: WordDataset,
        keep_keys: tuple[str, ...],
        batch_sampler: Any,
        num_workers: int,
        use_shared_memory: bool,
    ):
        self.dataset = dataset
        self.batch_sampler = batch_sampler
        self._guarded = _Guarded(dataset)
        self._collate = _Collate(keep_keys)
        self._loader = None
        if num_workers > 0:
            self._loader = paddle.io.DataLoader(
                self._guarded,
                batch_sampler=batch_sampler,
                collate_fn=self._collate,
                num_workers=num_workers,
                use_shared_memory=use_shared_memory,
                prefetch_factor=_BATCHES_AHEAD,
                worker_init_fn=start_worker,
            )

    def __len__(self) -> int:
        return len(self.batch_sampler)

    def start_epoch(self, epoch: int, batch: int = 0) -> None:
        """Tells data set and sampler which epoch comes, from 0, and how many of its batches are done already."""
        self.dataset.set_epoch(epoch)
        self.batch_sampler.start(epoch, batch)

    def __iter__(self) -> Iterator[Batch]:
        """Raises RareError as the data set does, and where a worker has died."""
        # Paddle's loader for no workers reads in a thread, whose errors leave the caller waiting for ever.
        reader = self._read_here() if self._loader is None else self._read_in_workers(self._loader)
        with contextlib.closing(reader):
            for content in reader:
                yield _unpack(content)

    def _read_here(self) -> Generator[dict, None, None]:
        for indices in self.batch_sampler:
            content = self._collate([self._guarded[index] for index in indices])
            notes = content.pop("notes")
            yield {**{name: paddle.to_tensor(array) for name, array in content.items()}, "notes": notes}

    def _read_in_workers(self, loader: paddle.io.DataLoader) -> Generator[dict, None, None]:
        with blocked(LEFT_TO_THE_PARENT):  # of a worker from its first moment: it is some time until it ignores them
            iterator = iter(loader)
        # Paddle's handler raises wherever this process is when a worker ends, be it in the middle of saving. Without it
        # the iterator notices by itself.
        if threading.current_thread() is threading.main_thread():
            for number in signals("SIGCHLD"):
                signal.signal(number, signal.SIG_DFL)
        try:
            yield from iterator
        except (SystemError, RuntimeError) as error:
            raise RareError("a process that reads samples has died; out of memory? (loader.num_workers)") from error
        finally:
            # A loop that is left early would leave the workers behind: Paddle's thread keeps its iterator alive.
            iterator._try_shutdown_all()


@dataclass(frozen=True)
class _Notes:
    """What a batch holds besides arrays; Paddle looks for arrays in lists and texts, but passes an object as it is."""

    indices: list[int]
    keys: list[str]
    texts: list[str]
    rejections: list[Rejection]


@dataclass(frozen=True)
class _Failure:
    """An error in a worker, as a value: one that is raised there ends the loader without saying what it was."""

    error: RareError | None
    trace: str

    @classmethod
    def of(cls, error: Exception) -> "_Failure":
        return cls(error if isinstance(error, RareError) else None, traceback.format_exc())


class _Guarded:
    """A data set that gives each sample with its index, and errors as values.

    An entry past the end stands for a sample that comes again, see MixSampler.
    """

    def __init__(self, dataset: WordDataset):
        self._dataset = dataset

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, entry: int) -> tuple[int, Any]:
        turn, index = divmod(entry, len(self._dataset))
        try:
            return index, self._dataset.draw(index, turn)
        except Exception as error:
            return index, _Failure.of(error)


class _Collate:
    """Stacks the arrays of the usable samples and notes the rest."""

    def __init__(self, keep_keys: tuple[str, ...]):
        self._keep_keys = keep_keys

    def __call__(self, items: list[tuple[int, Any]]) -> dict:
        # Paddle takes a batch without any array for the end of the data.
        marker = {_MARKER: np.zeros(1, np.int64)}
        for _, item in items:
            if isinstance(item, _Failure):
                return {**marker, "notes": item}
        try:
            return {**marker, **self._stack(items)}
        except Exception as error:
            return {**marker, "notes": _Failure.of(error)}

    def _stack(self, items: list[tuple[int, Any]]) -> dict:
        rejections = [item for _, item in items if isinstance(item, Rejection)]
        usable = [(index, item) for index, item in items if not isinstance(item, Rejection)]
        samples = [sample for _, sample in usable]
        notes = _Notes(
            [index for index, _ in usable],
            [sample["key"] for sample in samples],
            [sample["text"] for sample in samples],
            rejections,
        )
        first = samples[0] if samples else {}
        # A label is text, and no array, where no operator has encoded it.
        names = [name for name in self._keep_keys if name in first and not isinstance(first[name], str)]
        arrays = {name: np.stack([np.asarray(sample[name]) for sample in samples]) for name in names}
        return {**arrays, "notes": notes}


def _unpack(content: dict) -> Batch:
    notes = content.pop("notes")
    del content[_MARKER]
    if isinstance(notes, _Failure):
        raise notes.error or RuntimeError(f"a sample could not be read:\n{notes.trace}")
    return {**content, **vars(notes)}


def _has_shared_memory(needed: int) -> bool:
    try:
        free = shutil.disk_usage(_SHARED_MEMORY).free
    except OSError:
        free = 0
    if free < needed:
        _logger.warning(
            "%s has %d MiB free and %d may be needed: batches go through pipes, which is slower",
            _SHARED_MEMORY, free >> 20, needed >> 20,
        )  # fmt: skip
    return free >= needed
