"""Many word images with their labels on one picture, because people would rather look."""

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ppocr_rare.errors import RareError
from ppocr_rare.utils.atomic import write_atomically

_CELL_WIDTH, _IMAGE_HEIGHT, _TEXT_HEIGHT, _GAP = 200, 64, 22, 8
_PAPER, _INK = (255, 255, 255), (0, 0, 0)


def contact_sheet(words: Sequence[tuple[np.ndarray, str]], font: str | os.PathLike, columns: int = 6) -> np.ndarray:
    """Lays word images out in rows, each above its label and made smaller where it does not fit.

    Args:
        words: images uint8 [h, w, 3], BGR, with their labels.
        font: file of the font of the labels; a character that it lacks is its sign for that.
        columns: images a row.

    Returns:
        uint8 [H, W, 3], BGR.
    """
    rows = max(1, -(-len(words) // columns))
    step_x, step_y = _CELL_WIDTH + _GAP, _IMAGE_HEIGHT + _TEXT_HEIGHT + _GAP
    sheet = Image.new("RGB", (columns * step_x + _GAP, rows * step_y + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    face = ImageFont.truetype(str(font), 15)
    for number, (image, label) in enumerate(words):
        x, y = _GAP + number % columns * step_x, _GAP + number // columns * step_y
        height, width = image.shape[:2]
        scale = min(_CELL_WIDTH / width, _IMAGE_HEIGHT / height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted = cv2.resize(image, size, interpolation=interpolation)
        sheet.paste(Image.fromarray(cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB)), (x, y))
        pen.text((x, y + _IMAGE_HEIGHT + 2), _shortened(label, face), fill=_INK, font=face)
    return cv2.cvtColor(np.asarray(sheet), cv2.COLOR_RGB2BGR)


def write_contact_sheet(path: str | os.PathLike, words: Sequence[tuple[np.ndarray, str]], font: os.PathLike) -> None:
    """Writes a contact sheet as PNG, and makes its folder; raises RareError where that cannot be done."""
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, [cv2.imencode(".png", contact_sheet(words, font))[1].tobytes()])
    except OSError as error:
        raise RareError(f"{path} cannot be written: {error.strerror}") from error


def _shortened(label: str, face: ImageFont.FreeTypeFont) -> str:
    label = label[:_CELL_WIDTH]  # no character is narrower than a pixel
    while label and face.getlength(label) > _CELL_WIDTH:
        label = label[:-1]
    return label
