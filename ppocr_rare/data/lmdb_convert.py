"""From a label file to an LMDB and back. Image files are copied byte for byte in both directions."""

import collections
import contextlib
import csv
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.lmdb_writer import LmdbWriter
from ppocr_rare.data.partial_folder import partial_folder
from ppocr_rare.data.simple_dataset import SimpleDataSet
from ppocr_rare.data.word_dataset import Sample, WordDataset
from ppocr_rare.errors import DataError
from ppocr_rare.utils.images import decode_image
from ppocr_rare.utils.printable import escape
from ppocr_rare.utils.stats import Rejection, RejectionLog

LABEL_FILE = "labels.txt"

# What the files of each kind begin with; a RIFF file is taken for the only kind of image that is one.
_EXTENSIONS = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
    b"BM": "bmp",
    b"GIF8": "gif",
    b"II*\x00": "tif",
    b"MM\x00*": "tif",
    b"RIFF": "webp",
    b"P5": "pgm",
    b"P6": "ppm",
}
_READ_AHEAD = 16  # samples per thread

# Called with an iterable and total=its length, gives the same items, as tqdm does.
Progress = Callable[..., Iterable]


class Conversion:
    """What became of the samples.

    Args:
        rejected_path: where the rejected ones are listed, a line each: key, label, reason, detail, between tabs.
    """

    def __init__(self, rejected_path: Path):
        self.rejected_path = rejected_path
        self.num_written = 0
        self.rejections = RejectionLog()

    def summary(self) -> list[str]:
        """Returns the lines of a report."""
        lines = [f"written: {self.num_written}", f"rejected: {len(self.rejections)}"]
        if self.rejections:
            lines += [*self.rejections.summary(), f"all rejected samples: {self.rejected_path}"]
        return lines


def create_lmdb(
    label_file: str,
    data_dir: str | None,
    folder: str,
    *,
    delimiter: str = "\t",
    has_check: bool = True,
    overwrite: bool = False,
    num_threads: int = 4,
    progress: Progress = lambda items, total: items,
) -> Conversion:
    """Writes the images and labels of a label file to an LMDB, in the order of the lines.

    Args:
        label_file: PaddleOCR's form, see LabelFile. Each path of a JSON list is a sample.
        data_dir: folder that its paths start from; None for the label file's own.
        folder: the LMDB to make.
        delimiter: between path and label.
        has_check: rejects files that do not decode as images.
        overwrite: replaces an LMDB that is there.
        num_threads: that read and check.
        progress: told of each sample.

    Raises:
        DataError: the label file cannot be read, not one sample can be written, or the LMDB cannot be made.
    """
    transforms = (_check_image,) if has_check else ()
    if data_dir is None:
        data_dir = os.path.dirname(label_file)
    dataset = SimpleDataSet(data_dir, label_file, delimiter=delimiter, transforms=transforms)
    with (
        LmdbWriter(folder, overwrite=overwrite) as writer,
        converting(folder) as (result, reject),
    ):
        for item in progress(_read_in_order(dataset, num_threads), total=len(dataset)):
            if isinstance(item, Rejection):
                reject(item)
            else:
                writer.add(item["image"], item["text"], os.path.relpath(item["key"], data_dir or "."))
                result.num_written += 1
        if not result.num_written:
            raise DataError(explain_nothing(label_file, result))
    return result


def export_lmdb(
    lmdb_dir: str, folder: str, *, delimiter: str = "\t", progress: Progress = lambda items, total: items
) -> Conversion:
    """Writes the images of an LMDB as files, named by their numbers, and their labels to ``labels.txt`` beside them.

    A label with a delimiter or a line break cannot stand in a label file, and is rejected with its image.

    Args:
        lmdb_dir: an LMDB; of a folder of several, all are written, the numbers running through.
        folder: to make.
        delimiter: between path and label.
        progress: told of each sample.

    Raises:
        DataError: the LMDB cannot be read, not one sample can be written, or the folder cannot be made.
    """
    dataset = LMDBDataSet(lmdb_dir)
    with contextlib.ExitStack() as stack:
        stack.callback(dataset.close)
        partial = stack.enter_context(partial_folder(folder))
        result, reject = stack.enter_context(converting(folder))
        labels = stack.enter_context(open(partial / LABEL_FILE, "w", encoding="utf-8", newline="\n"))
        for number, item in enumerate(progress(iter(dataset), total=len(dataset)), start=1):
            if not isinstance(item, Rejection) and any(mark in item["text"] for mark in (delimiter, "\r", "\n")):
                item = Rejection(item["key"], item["text"], "label with a delimiter or line break")
            if isinstance(item, Rejection):
                reject(item)
                continue
            name = f"{number:09d}.{_extension(item['image'])}"
            (partial / name).write_bytes(item["image"])
            labels.write(f"{name}{delimiter}{item['text']}\n")
            result.num_written += 1
        if not result.num_written:
            raise DataError(explain_nothing(lmdb_dir, result))
    return result


@contextlib.contextmanager
def converting(folder: str) -> Iterator[tuple[Conversion, Callable[[Rejection], None]]]:
    """Gives a Conversion and what adds a rejection to it and to the list of all beside ``folder``."""
    path = Path(f"{os.path.abspath(folder)}.rejected.tsv")
    result = Conversion(path)
    with contextlib.ExitStack() as stack:
        rows = None

        def reject(rejection: Rejection) -> None:
            nonlocal rows
            if rows is None:
                file = stack.enter_context(open(path, "w", encoding="utf-8", errors="backslashreplace", newline=""))
                rows = csv.writer(file, delimiter="\t", lineterminator="\n")
                rows.writerow(["key", "label", "reason", "detail"])
            cells = (rejection.key, rejection.text, rejection.reason, rejection.detail)
            rows.writerow([escape(cell, keep="\t") for cell in cells])  # a tab is quoted
            result.rejections.add(rejection)

        try:
            path.unlink(missing_ok=True)  # of an earlier run
            yield result, reject
        except OSError as error:
            raise DataError(f"cannot write {folder}: {error}") from error


def _read_in_order(dataset: WordDataset, num_threads: int) -> Iterator[Sample | Rejection]:
    """Reads a data set in threads; only a few samples are held at a time."""
    with ThreadPoolExecutor(num_threads) as pool:
        indices = iter(range(len(dataset)))
        ahead = itertools.islice(indices, num_threads * _READ_AHEAD)
        pending = collections.deque(pool.submit(dataset.__getitem__, index) for index in ahead)
        try:
            while pending:
                yield pending.popleft().result()
                pending.extend(pool.submit(dataset.__getitem__, index) for index in itertools.islice(indices, 1))
        finally:
            for future in pending:
                future.cancel()


def _check_image(sample: Sample) -> Sample:
    decode_image(sample["image"])
    return sample


def _extension(image: bytes) -> str:
    return next((extension for start, extension in _EXTENSIONS.items() if image.startswith(start)), "bin")


def explain_nothing(source: str, result: Conversion) -> str:
    """Says why no sample came of a source: the first rejection, where there was one."""
    first = next(itertools.chain.from_iterable(result.rejections.examples.values()), None)
    return f"no sample of {source} can be used; the first: {first}" if first else f"{source} holds no sample"
