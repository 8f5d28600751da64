"""Spots the words of many photographs: a line, a picture and the words' crops each."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.data.cropping.word_crop import crop_word
from ppocr_rare.engine.read.gallery import free_name, made_folder, write_picture
from ppocr_rare.engine.spot.draw import draw_spotted
from ppocr_rare.engine.spot.report import LINES, error_line
from ppocr_rare.engine.spot.spotter import SpottedWord, TextSpotter
from ppocr_rare.errors import SampleError


@dataclass(frozen=True)
class Wanted:
    """What is wanted of each photograph.

    Args:
        output_format: one of ``LINES``.
        return_details: with the characters' places, see ``TextSpotter``.
        pictures: folder that gets each photograph as PNG with the words drawn over it; those of one name are numbered.
        crops: folder that gets each word as PNG, NAME_1.png and so on.
    """

    output_format: str
    return_details: bool = True
    pictures: str | os.PathLike | None = None
    crops: str | os.PathLike | None = None


def spot_photographs(
    spotter: TextSpotter, paths: Iterable[str], wanted: Wanted, decoding: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, bool]]:
    """Gives, for each photograph as it comes, what to print and whether it could be read.

    Args:
        spotter: reads them.
        paths: of photographs.
        wanted: of each.
        decoding: of each, see ``TextSpotter``.

    Raises:
        RareError: a folder cannot be written, or as the spotter.
    """
    pictures, crops = (made_folder(folder) if folder else None for folder in (wanted.pictures, wanted.crops))
    taken: set[str] = set()
    for path, way in zip(paths, decoding, strict=True):
        try:
            photograph = spotter.pixels(path)
        except SampleError as error:
            yield error_line(wanted.output_format, path, str(error)), False
            continue
        words = spotter.spot_pixels(photograph, return_details=wanted.return_details, **way)
        name = free_name(Path(path).stem, taken)
        if pictures is not None:
            write_picture(pictures / name, draw_spotted(photograph, words))
        if crops is not None:
            _write_crops(crops / name, photograph, words)
        yield LINES[wanted.output_format](path, words), True


def _write_crops(path: Path, photograph: np.ndarray, words: Iterable[SpottedWord]) -> None:
    for number, word in enumerate(words, start=1):
        crop = crop_word(photograph, np.array(word.polygon), min_side=1)
        write_picture(path.with_stem(f"{path.stem}_{number}"), crop)
