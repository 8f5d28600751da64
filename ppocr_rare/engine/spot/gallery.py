"""Spots the words of many photographs: a line and a picture each."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ppocr_rare.engine.read.gallery import free_name, made_folder, write_picture
from ppocr_rare.engine.spot.draw import draw_spotted
from ppocr_rare.engine.spot.report import LINES, error_line
from ppocr_rare.engine.spot.spotter import TextSpotter
from ppocr_rare.errors import SampleError


def spot_photographs(
    spotter: TextSpotter,
    paths: Iterable[str],
    output_format: str,
    *,
    return_details: bool = True,
    folder: str | os.PathLike | None = None,
) -> Iterator[tuple[str, bool]]:
    """Gives, for each photograph as it comes, what to print and whether it could be read.

    Args:
        spotter: reads them.
        paths: of photographs.
        output_format: one of ``LINES``.
        return_details: with the characters' places, see ``TextSpotter``.
        folder: gets each photograph as PNG with the words drawn over it; those of one name are numbered.

    Raises:
        RareError: the folder cannot be written, or as the spotter.
    """
    target = made_folder(folder) if folder else None
    taken: set[str] = set()
    for path in paths:
        try:
            photograph = spotter.pixels(path)
        except SampleError as error:
            yield error_line(output_format, path, str(error)), False
            continue
        words = spotter.spot_pixels(photograph, return_details=return_details)
        if target is not None:
            write_picture(target / free_name(Path(path).stem, taken), draw_spotted(photograph, words))
        yield LINES[output_format](path, words), True
