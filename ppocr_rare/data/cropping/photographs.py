"""From annotated photographs to a data set of words."""

import contextlib
import functools
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from ppocr_rare.data.annotations import AnnotatedImage, WordRegion, read_annotations
from ppocr_rare.data.cropping.photograph_reader import PhotographReader
from ppocr_rare.data.cropping.word_crop import CropMode, crop_word
from ppocr_rare.data.lmdb_convert import LABEL_FILE, Conversion, Progress, converting, explain_nothing
from ppocr_rare.data.lmdb_writer import LmdbWriter
from ppocr_rare.data.partial_folder import partial_folder
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection

_ANNOTATION_EXTENSIONS = frozenset({".json", ".mat", ".txt", ".xml"})
_NUM_SHOWN = 60  # crops on a sheet

Crop = Callable[..., np.ndarray]  # of an image and the points of a word; see ``crop_word``

_logger = logging.getLogger(__name__)


@dataclass
class Cropping:
    """What became of the words. Every annotated word is written, ignored or rejected; a bad file counts as one.

    Args:
        conversion: those written and rejected.
        num_images: pictures that the annotations name.
        num_ignored: words that the annotators marked "do not care".
        num_turned: pictures that are stored turned, and have an EXIF tag that says how.
        shown: the first crops with their labels, for a contact sheet.
    """

    conversion: Conversion
    num_images: int = 0
    num_ignored: int = 0
    num_turned: int = 0
    shown: list[tuple[np.ndarray, str]] = field(default_factory=list)

    def summary(self) -> list[str]:
        """Returns the lines of a report."""
        lines = [f"pictures: {self.num_images}", f"do not care: {self.num_ignored}"]
        lines += [f"turned by EXIF: {self.num_turned}"] if self.num_turned else []
        return lines + self.conversion.summary()


def crop_photographs(
    annotations: str,
    images: str | None,
    folder: str,
    *,
    annotation_format: str = "auto",
    output_format: Literal["files", "lmdb"] = "files",
    mode: CropMode = "rectangle",
    min_side: int = 4,
    rotate_vertical: bool = False,
    ignore_orientation: bool = False,
    progress: Progress = lambda items, total: items,
) -> Cropping:
    """Writes the words of annotated photographs, as PNG, with their labels.

    Args:
        annotations: a file, or a folder of them with its subfolders.
        images: the folder that holds the photographs, in subfolders too; None for that of the annotations.
        folder: to make; see ``partial_folder``.
        annotation_format: see ``read_annotations``.
        output_format: "files" writes ``000000001.png`` ... and ``labels.txt``, "lmdb" an LMDB.
        mode: as ``min_side`` and ``rotate_vertical``, see ``crop_word``.
        ignore_orientation: see ``PhotographReader``.
        progress: told of each picture.

    Raises:
        DataError: there is no annotation file or no image, not one word can be written, or the folder cannot be made.
    """
    if images is None:
        images = annotations if os.path.isdir(annotations) else os.path.dirname(annotations) or "."
    reader = PhotographReader(images, ignore_orientation)
    pictures, faults = _read_all(annotations, annotation_format)
    crop = functools.partial(crop_word, mode=mode, min_side=min_side, rotate_vertical=rotate_vertical)
    with _output(folder, output_format) as add, converting(folder) as (conversion, reject):
        result = Cropping(conversion, len(pictures))
        for fault in faults:
            reject(fault)
        for file, picture in progress(pictures, total=len(pictures)):
            result.num_ignored += sum(isinstance(word, WordRegion) and word.is_ignored for word in picture.words)
            for item in _crops(file, picture, reader, crop):
                item = item if isinstance(item, Rejection) else _write(item, add)
                if isinstance(item, Rejection):
                    reject(item)
                    continue
                conversion.num_written += 1
                if len(result.shown) < _NUM_SHOWN:
                    result.shown.append(item)
        if not conversion.num_written:
            raise DataError(explain_nothing(annotations, conversion))
    result.num_turned = len(reader.turned)
    if result.num_turned:
        how = "stored; else leave out" if ignore_orientation else "viewers show them; else there is"
        _logger.warning("pictures that an EXIF tag turns: %d; unless an annotation says the picture's size, it has to "
                        "count pixels as %s --ignore_orientation", result.num_turned, how)  # fmt: skip
    return result


def _read_all(annotations: str, format_name: str) -> tuple[list[tuple[Path, AnnotatedImage]], list[Rejection]]:
    """The pictures of all annotation files, each with its file, and the files that cannot be read."""
    pictures, faults = [], []
    for file in _annotation_files(Path(annotations)):
        try:
            pictures += [(file, picture) for picture in read_annotations(file, format_name)]
        except SampleError as error:
            faults.append(Rejection(str(file), "", error.reason, error.detail))
    return pictures, faults


def _annotation_files(path: Path) -> list[Path]:
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    if not path.is_dir():
        return [path]
    files = [Path(folder, name) for folder, _, names in os.walk(path) for name in names if not name.startswith(".")]
    files = sorted(file for file in files if file.suffix.lower() in _ANNOTATION_EXTENSIONS)
    if not files:
        raise DataError(f"{path}: no annotation file below this folder ({', '.join(sorted(_ANNOTATION_EXTENSIONS))})")
    return files


def _crops(file: Path, picture: AnnotatedImage, reader: PhotographReader, crop: Crop) -> Iterator:
    """Gives a (word, crop) or a Rejection for each word of a picture that is not ignored, in their order."""
    words = [word for word in picture.words if isinstance(word, Rejection) or not word.is_ignored]
    if not words:
        return  # the picture need not even be there
    image = None
    try:
        image = reader.read(file, picture)
    except SampleError as error:
        fault = error.reason, f"{picture.name or file.stem}: {error.detail}"
    for word in words:
        if isinstance(word, Rejection):
            yield word
        elif image is None:
            yield Rejection(word.place, word.text, *fault)
        else:
            try:
                yield word, crop(image, word.points, is_ordered=word.is_ordered)
            except SampleError as error:
                yield Rejection(word.place, word.text, error.reason, error.detail)


def _write(item: tuple[WordRegion, np.ndarray], add: Callable) -> tuple[np.ndarray, str] | Rejection:
    word, crop = item
    label = word.text.strip()
    try:
        if not label:
            raise SampleError("no transcription")
        add(cv2.imencode(".png", crop)[1].tobytes(), label)
    except SampleError as error:
        return Rejection(word.place, word.text, error.reason, error.detail)
    return crop, label


@contextlib.contextmanager
def _output(folder: str, output_format: str) -> Iterator[Callable[[bytes, str], int]]:
    """Gives what writes an encoded image with its label, and raises a SampleError for a label that cannot be."""
    if output_format == "lmdb":
        with LmdbWriter(folder) as writer:
            yield writer.add
        return
    count = 0
    with partial_folder(folder) as partial, open(partial / LABEL_FILE, "wb") as labels:

        def add(image: bytes, label: str) -> int:
            nonlocal count
            if any(mark in label for mark in "\t\r\n"):
                raise SampleError("label with a delimiter or line break")
            try:
                line = f"{count + 1:09d}.png\t{label}\n".encode()
            except UnicodeEncodeError as error:
                raise SampleError("label is not UTF-8", str(error)) from error
            count += 1
            (partial / f"{count:09d}.png").write_bytes(image)
            labels.write(line)
            return count

        yield add
