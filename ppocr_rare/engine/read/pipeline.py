"""The way of images through a recogniser: prepared ahead, read in batches, looked at again where in doubt."""

import functools
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from ppocr_rare.engine.read.batch_reader import Asked, BatchReader
from ppocr_rare.engine.read.crop_shape import ShapeWatch
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.image_source import ImageSource
from ppocr_rare.engine.read.loaded_model import LoadedModel
from ppocr_rare.engine.read.looks import Look, Looker, Prepared, sureness
from ppocr_rare.errors import SampleError
from ppocr_rare.postprocess import Word

PREPARE_THREADS = 2  # decoding an image takes a small part of reading it; two threads keep the model busy
WINDOW_BATCHES = 8  # so many batches are prepared together and sorted by the length of their words

Result = Word | SampleError  # what was read in an image, or why nothing could be
Reading = Callable[[], list[Result]]  # waits for words that are being read
Source = tuple[ImageSource, Lexicon | None]  # an image, and the words that it may hold, where those are its own


class Pipeline:
    """Reads images. Threads may share it.

    Args:
        model: reads.
        looker: of the model.
        batch_size: images that the model reads at once.
    """

    def __init__(self, model: LoadedModel, looker: Looker, batch_size: int):
        self._backend = model.backend
        self._looker = looker
        self._batch_size = batch_size
        self._reader = BatchReader(model, batch_size)
        self._watch = ShapeWatch(takes_tall=looker.rotates_tall)

    def read_one(self, source: Source, asked: Asked) -> Result:
        """The word of one image."""
        prepared = self._looker.prepare(*source)
        if isinstance(prepared, SampleError):
            return prepared
        self._watch.look_at([prepared.size])
        return self._begin([prepared], None, asked)()[0]

    def read_many(self, sources: Iterable[Source], asked: Asked) -> Generator[Result, None, None]:
        """The words of images, as they come, in order.

        Several batches of images are prepared while the ones before are read. Words of like length share a batch, since
        a batch is done when its longest word is.
        """
        num_at_once = self._backend.num_at_once
        with ThreadPoolExecutor(max(num_at_once, PREPARE_THREADS)) as pool:
            reading: deque[Reading] = deque()
            for samples in self._prepare_ahead(iter(sources), pool):
                self._watch.look_at(sample.size for sample in samples if isinstance(sample, Prepared))
                shared = pool if len(samples) > self._batch_size else None
                reading.append(self._begin(samples, shared, asked))
                if len(reading) >= min(num_at_once, 2):
                    yield from reading.popleft()()
            while reading:
                yield from reading.popleft()()

    def _prepare_ahead(
        self, sources: Iterator[Source], pool: ThreadPoolExecutor
    ) -> Iterator[list[Prepared | SampleError]]:
        """Prepared images, some batches together, while the next ones are being prepared."""
        waiting: deque[list[Future[Prepared | SampleError]]] = deque()
        while window := list(islice(sources, self._batch_size * WINDOW_BATCHES)):
            waiting.append([pool.submit(self._looker.prepare, *source) for source in window])
            if len(waiting) > 1:
                yield [future.result() for future in waiting.popleft()]
        while waiting:
            yield [future.result() for future in waiting.popleft()]

    def _begin(self, prepared: list[Prepared | SampleError], pool: ThreadPoolExecutor | None, asked: Asked) -> Reading:
        """Begins to read prepared images; what it returns waits for their words, in order."""
        usable = [sample for sample in prepared if isinstance(sample, Prepared)]
        begin = functools.partial(self._reader.begin, pool=pool, asked=asked)
        first = begin([look for sample in usable for look in sample.looks])

        def wait() -> list[Result]:
            words = iter(first())
            readings = [[(look, next(words)) for look in sample.looks] for sample in usable]
            best = iter(self._look_again([_surest(ways) for ways in readings], begin))
            return [next(best) if isinstance(sample, Prepared) else sample for sample in prepared]

        return wait

    def _look_again(
        self, readings: list[tuple[Look, Word]], begin: Callable[[list[Look]], Callable[[], list[Word]]]
    ) -> list[Word]:
        """The words that were read, those in doubt after second looks."""
        doubtful = [index for index, (_, word) in enumerate(readings) if self._looker.is_doubtful(word)]
        looks = [self._looker.again(readings[index][0]) for index in doubtful]
        words = iter(begin([look for again in looks for look in again])())
        best = [word for _, word in readings]
        for index, again in zip(doubtful, looks, strict=True):
            _, best[index] = _surest([readings[index], *((look, next(words)) for look in again)])
        return best


def _surest(readings: list[tuple[Look, Word]]) -> tuple[Look, Word]:
    """The first of the surest readings of one image."""
    return max(readings, key=lambda reading: sureness(reading[1]))
