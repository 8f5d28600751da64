"""Font files: glyphs as bitmaps, and the refusal of characters that a font lacks."""

import functools
import math
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ppocr_rare.errors import DataError

EM = 96  # pixels to which a font's em square is drawn; the unit of length of the word plane is 1/EM of it
# Unicode promises that this code point never becomes a character: a font draws its sign for "missing" in its place.
_NEVER_A_CHARACTER = "\U0010ffff"
_SHIPPED_FOLDER = Path(__file__).with_name("fonts")
_MAX_SIDE = 8 * EM  # of a glyph's bitmap, in pixels; no letter comes near it
_GLYPHS_KEPT = 256  # per font: a Latin font whole, of a Chinese one what came last
_FACES_OPEN = 64


@dataclass(frozen=True)
class Glyph:
    """A character as a font draws it.

    Args:
        mask: uint8 [H, W], 255 where the ink covers the whole pixel; 0 × 0 for a space.
        left: the mask's left edge, in pixels to the right of the pen.
        top: the mask's upper edge, in pixels below the baseline: negative for nearly all.
        advance: how far the pen moves, in pixels.
    """

    mask: np.ndarray
    left: float
    top: float
    advance: float

    @functools.cached_property
    def half(self) -> np.ndarray:
        """The mask at half the size, uint8 [ceil(H / 2), ceil(W / 2)]: what small words are drawn from."""
        height, width = self.mask.shape
        even = np.zeros((height + height % 2, width + width % 2), np.uint8)
        even[:height, :width] = self.mask
        return cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA)


class Font:
    """One face of a font file at ``EM`` pixels.

    The file is opened when a glyph is drawn, by each process for itself: a font may be pickled, and many may be held.

    Args:
        path: a TrueType or OpenType file, or a collection of such.
        index: number of the face in a collection, from 0.

    Raises:
        DataError: the file cannot be read as a font, or has no such face.
    """

    def __init__(self, path: str | os.PathLike, index: int = 0):
        self.path = Path(path)
        self.index = index
        self._glyphs: dict[str, Glyph] = {}
        self._lacking: dict[str, bool] = {}
        try:
            self._face()
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: not a font that can be read ({error})") from error

    @property
    def family(self) -> str:
        """The name that the font gives to its family; empty where it has none."""
        return self._face().getname()[0] or ""

    def glyph(self, character: str) -> Glyph:
        """The character as the font draws it, be it with the font's sign for "missing": see ``missing``."""
        if character not in self._glyphs:
            if len(self._glyphs) >= _GLYPHS_KEPT:
                self._glyphs.clear()
            self._glyphs[character] = self._draw(character)
        return self._glyphs[character]

    def missing(self, text: str) -> str:
        """Returns the characters of ``text``, each once, that the font does not have.

        Judged by what is drawn: nothing (but for the space), or the same as for a code point that is no character.
        """
        return "".join(character for character in dict.fromkeys(text) if self._lacks(character))

    def require(self, text: str) -> None:
        """Raises DataError, naming the characters, unless the font has every character of ``text``."""
        missing = self.missing(text)
        if missing:
            names = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in missing)
            raise DataError(f"{self.path.name} has no glyph for {names}")

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_glyphs": {}}

    def _face(self) -> ImageFont.FreeTypeFont:
        return _open_face(str(self.path), self.index, os.getpid())

    def _lacks(self, character: str) -> bool:
        if character not in self._lacking:
            self._lacking[character] = self._is_drawn_as_missing(character)
        return self._lacking[character]

    def _is_drawn_as_missing(self, character: str) -> bool:
        glyph, sign = self.glyph(character), self.glyph(_NEVER_A_CHARACTER)
        if not glyph.mask.any():
            return character != " "
        return glyph.advance == sign.advance and np.array_equal(glyph.mask, sign.mask)

    def _draw(self, character: str) -> Glyph:
        """A glyph cut to its ink; without any, and so missing, where the font's own outline is at fault."""
        face = self._face()
        try:
            # Pillow's box reaches from the pen to the advance at least.
            left, top, right, bottom = face.getbbox(character, anchor="ls")
            if max(right - left, bottom - top) > _MAX_SIDE:
                return _blank(EM)
            image = Image.new("L", (math.ceil(right - left), math.ceil(bottom - top)))
            ImageDraw.Draw(image).text((-left, -top), character, fill=255, font=face, anchor="ls")
            advance = face.getlength(character)
        except OSError:
            return _blank(EM)
        ink = image.getbbox() or (0, 0, 0, 0)
        return Glyph(np.asarray(image.crop(ink)), left + ink[0], top + ink[1], advance)


def shipped_fonts() -> dict[str, Path]:
    """The font files that come with the package, by name: ``{"Karla-Bold": path, ...}``, sorted."""
    return {path.stem: path for path in sorted(_SHIPPED_FOLDER.iterdir()) if path.suffix in (".otf", ".ttf")}


@functools.lru_cache(maxsize=_FACES_OPEN)
def _open_face(path: str, index: int, process_id: int) -> ImageFont.FreeTypeFont:
    """Opens a face for one process: a file opened before a fork has one position that both would move."""
    # The basic layout sets character by character; which one Pillow prefers depends on the system's libraries.
    return ImageFont.truetype(path, EM, index, layout_engine=ImageFont.Layout.BASIC)


def _blank(advance: float) -> Glyph:
    return Glyph(np.zeros((0, 0), np.uint8), 0, 0, advance)
