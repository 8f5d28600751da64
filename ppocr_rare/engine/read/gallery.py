"""A folder of pictures of words that were read."""

import os
from pathlib import Path

import cv2
import numpy as np

from ppocr_rare.data.synth import shipped_fonts
from ppocr_rare.engine.read.picture import draw_word
from ppocr_rare.engine.read.recognizer import TextRecognizer
from ppocr_rare.errors import RareError
from ppocr_rare.utils.atomic import write_atomically
from ppocr_rare.utils.contact_sheet import write_contact_sheet
from ppocr_rare.utils.images import decode_image, read_image_bytes
from ppocr_rare.utils.printable import row

_SHEET = "sheet.png"
_MAX_ON_SHEET = 120


def draw_gallery(recognizer: TextRecognizer, paths: list[str], folder: str | os.PathLike) -> bool:
    """Draws each image as it was read, and prints a line each: path, text, score, picture.

    Args:
        recognizer: reads with details.
        paths: of the images; those of one name in several folders are numbered.
        folder: gets the pictures, and a contact sheet.

    Returns:
        Whether an image could not be read.

    Raises:
        RareError: the folder cannot be written.
    """
    target = made_folder(folder)
    shown: list[tuple[np.ndarray, str]] = []
    taken: set[str] = set()
    has_failed = False
    for path, word in zip(paths, recognizer.iterate(paths, return_details=True), strict=True):
        if word.error is not None:
            has_failed = True
            print(row(path, f"error: {word.error}"))
            continue
        image = decode_image(read_image_bytes(path))
        name = free_name(Path(path).stem, taken)
        write_picture(target / name, draw_word(image, word))
        print(row(path, word.text, f"{word.score:.4f}", str(target / name)))
        if len(shown) < _MAX_ON_SHEET and word.evidence is not None:
            shown += [(image, f"{word.text} {word.score:.2f}"), (word.evidence.rectified, "rectified")]
    if shown:
        write_contact_sheet(target / _SHEET, shown, shipped_fonts()["Karla-Bold"])
    return has_failed


def made_folder(folder: str | os.PathLike) -> Path:
    """A folder for pictures, made where there is none; raises RareError where it cannot be."""
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RareError(f"{target} cannot be made: {error.strerror}") from error
    return target


def write_picture(path: Path, image: np.ndarray) -> None:
    """Writes an image uint8 [H, W, 3], BGR, as its path ends; raises RareError where that cannot be done."""
    try:
        write_atomically(path, [cv2.imencode(path.suffix, image)[1].tobytes()])
    except OSError as error:
        raise RareError(f"{path} cannot be written: {error.strerror}") from error


def free_name(stem: str, taken: set[str]) -> str:
    """A file name that no picture has yet, nor the sheet."""
    number, name = 1, f"{stem}.png"
    while name.lower() in taken | {_SHEET}:
        number += 1
        name = f"{stem}_{number}.png"
    taken.add(name.lower())
    return name
