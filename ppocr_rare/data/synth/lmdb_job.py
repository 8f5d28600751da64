"""Rendered words into an LMDB, by several processes, and on from where an interrupted run has come."""

import json
import logging
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import cv2

from ppocr_rare.data.lmdb_convert import Progress
from ppocr_rare.data.lmdb_folder import FIDUCIALS_KEY, IMAGE_KEY, LABEL_KEY, LmdbFolder
from ppocr_rare.data.lmdb_writer import LmdbWriter
from ppocr_rare.data.synth.synthesizer import WordSynthesizer
from ppocr_rare.errors import DataError
from ppocr_rare.utils.atomic import write_atomically

MAX_SAMPLES = 999_999_999  # the keys have nine digits

_PART_SAMPLES = 1000  # that a process renders at a time: a few seconds, which an interruption costs
_MAP_BYTES = 64 << 20  # room for a part
_SETTINGS_FILE = "settings.json"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SynthJob:
    """Words to be rendered.

    Args:
        synthesizer: draws them; word n, from 1, by the key (seed, n).
        num_samples: how many, 1 ... MAX_SAMPLES.
        seed: at least 0.
        keep_fiducials: stores each word's control points under ``fiducials-%09d``, as float32 [20, 2], little-endian.

    Raises:
        DataError: a number is out of its range.
    """

    synthesizer: WordSynthesizer
    num_samples: int
    seed: int = 0
    keep_fiducials: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.num_samples <= MAX_SAMPLES or self.seed < 0:
            raise DataError(f"the number of words must be 1 to {MAX_SAMPLES}, the seed at least 0")

    def describe(self) -> dict:
        """The settings that make the LMDB what it is."""
        settings = {"num_samples": self.num_samples, "seed": self.seed, "keep_fiducials": self.keep_fiducials}
        return {**settings, **self.synthesizer.describe()}

    def write(
        self, folder: str | os.PathLike, num_workers: int, progress: Progress = lambda items, total: items
    ) -> Path:
        """Writes the LMDB, and the settings to ``FOLDER.synth.json`` beside it.

        What is rendered gathers in ``.FOLDER.parts`` beside it until the LMDB is whole. A run that finds it there goes
        on with it; the LMDB has the same bytes however often it was interrupted, and by however many processes it was
        made.

        Args:
            folder: the LMDB to make.
            num_workers: processes that render, at least 1.
            progress: told of each sample.

        Returns:
            The file of the settings.

        Raises:
            DataError: the folder is in the way or cannot be written, another run with other settings was interrupted
                there, or a process that renders has died.
        """
        if num_workers < 1:
            raise DataError(f"at least 1 worker is needed, not {num_workers}")
        folder = Path(os.path.abspath(folder))
        parts = folder.with_name(f".{folder.name}.parts")
        settings = json.dumps(self.describe(), indent=1, ensure_ascii=False) + "\n"
        report = folder.with_name(f"{folder.name}.synth.json")
        with _FiducialWriter(folder) as writer:
            try:
                _begin(parts, settings)
                for sample in progress(self._samples(parts, num_workers), total=self.num_samples):
                    writer.add_word(*sample)
                write_atomically(report, [settings.encode()])
            except OSError as error:
                raise DataError(f"cannot write {folder}: {error.strerror}") from error
        shutil.rmtree(parts, ignore_errors=True)
        return report

    def _samples(self, parts: Path, num_workers: int) -> Iterator[tuple[bytes, str, bytes | None]]:
        """Image, label and control points of each word, in order, as soon as they are rendered."""
        numbers = range(0, self.num_samples, _PART_SAMPLES)
        # A process started anew, not forked: it has none of the threads that OpenCV may have started here.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(num_workers, context, _start_worker, (self, parts)) as pool:
            try:
                for part in pool.map(_work, numbers):
                    yield from self._read_part(part)
            except BrokenProcessPool as error:
                raise DataError("a process that renders has died; out of memory? (--workers)") from error
            finally:
                pool.shutdown(cancel_futures=True)

    def render_part(self, parts: Path, start: int) -> Path:
        """Renders the words from number ``start + 1`` on into an LMDB in the folder ``parts``, unless it is there."""
        part = parts / f"{start:09d}"
        if not part.is_dir():
            with _FiducialWriter(part, map_bytes=_MAP_BYTES) as writer:
                for number in range(start + 1, min(start + _PART_SAMPLES, self.num_samples) + 1):
                    word = self.synthesizer.draw((self.seed, number))
                    fiducials = word.fiducials().astype("<f4").tobytes() if self.keep_fiducials else None
                    writer.add_word(word.encode(), word.text, fiducials)
        return part

    def _read_part(self, folder: Path) -> Iterator[tuple[bytes, str, bytes | None]]:
        part = LmdbFolder(folder)
        for number in range(1, len(part) + 1):
            fiducials = part.read(FIDUCIALS_KEY % number) if self.keep_fiducials else None
            yield part.read(IMAGE_KEY % number), part.read(LABEL_KEY % number).decode("utf-8"), fiducials
        part.close()


class _FiducialWriter(LmdbWriter):
    """A writer of words with their control points."""

    def add_word(self, image: bytes, label: str, fiducials: bytes | None) -> None:
        number = self.add(image, label)
        if fiducials is not None:
            self._pending.append((FIDUCIALS_KEY % number, fiducials))


def _begin(parts: Path, settings: str) -> None:
    """Makes the folder of the parts, or makes sure that the one that is there is of the same settings."""
    file = parts / _SETTINGS_FILE
    if file.exists():
        if file.read_text(encoding="utf-8") != settings:
            raise DataError(
                f"{parts} holds an interrupted run with other settings, fonts or versions: repeat that run to finish "
                "it, or remove the folder"
            )
        _logger.info("going on with the interrupted run in %s", parts)
    parts.mkdir(exist_ok=True)
    write_atomically(file, [settings.encode()])


class _Worker:
    """What a process that renders works on: the job comes once, and keeps the glyphs that it has drawn."""

    job: SynthJob
    parts: Path


def _start_worker(job: SynthJob, parts: Path) -> None:
    _Worker.job, _Worker.parts = job, parts
    cv2.setNumThreads(1)  # as many processes as asked for, each with one thread
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _work(start: int) -> Path:
    return _Worker.job.render_part(_Worker.parts, start)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    if parent := multiprocessing.parent_process():  # None in the first process alone, which works on nothing
        parent.join()
        os._exit(1)
