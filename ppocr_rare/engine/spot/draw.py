"""A photograph with what was read in it drawn over it."""

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ppocr_rare.data.synth import shipped_fonts
from ppocr_rare.engine.read.gallery import write_picture
from ppocr_rare.engine.spot.spotter import SpottedWord, TextSpotter

_WORD, _CHARACTER, _PAPER, _INK = (0, 158, 115), (213, 94, 0), (255, 255, 255), (20, 20, 20)
_FACE_SHARE = 1 / 45  # of the photograph's shorter side
_MIN_FACE = 11  # pixels


def draw_spotted(photograph: np.ndarray, words: Sequence[SpottedWord]) -> np.ndarray:
    """Draws each word's polygon, its characters' where it has them, and what it says above it.

    Args:
        photograph: uint8 [H, W, 3], BGR; it stays as it is.
        words: of it.

    Returns:
        uint8 [H, W, 3], BGR.
    """
    picture = Image.fromarray(cv2.cvtColor(photograph, cv2.COLOR_BGR2RGB))
    pen = ImageDraw.Draw(picture)
    size = max(_MIN_FACE, round(min(picture.size) * _FACE_SHARE))
    face = ImageFont.truetype(str(shipped_fonts()["Karla-Bold"]), size)
    for word in words:
        for character in word.word.characters:
            pen.line([*character.box, character.box[0]], fill=_CHARACTER, width=1)
        pen.line([*word.polygon, word.polygon[0]], fill=_WORD, width=max(2, size // 8))
    for word in words:  # above all polygons, so that none crosses a text
        _write(pen, word, face, picture.size)
    return cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR)


def write_spotted(path: str | os.PathLike, photograph: str | os.PathLike, spotter: TextSpotter) -> None:
    """Writes the picture of one photograph as JPEG.

    Raises:
        SampleError: the photograph cannot be read.
        RareError: the picture cannot be written.
    """
    pixels = spotter.pixels(photograph)
    write_picture(Path(path), draw_spotted(pixels, spotter.spot_pixels(pixels)))


def _write(pen: ImageDraw.ImageDraw, word: SpottedWord, face: ImageFont.FreeTypeFont, size: tuple[int, int]) -> None:
    """Puts the text on paper of its own above the word, or where the photograph ends below its upper edge."""
    told = f"{word.text} {word.score:.2f}"
    left, top, right, bottom = pen.textbbox((0, 0), told, font=face)
    x = min(max(0.0, min(x for x, _ in word.polygon)), max(0.0, size[0] - right))
    y = max(0.0, min(y for _, y in word.polygon) - bottom - 2)
    pen.rectangle((x + left - 1, y + top - 1, x + right + 1, y + bottom + 1), fill=_PAPER)
    pen.text((x, y), told, fill=_INK, font=face)
