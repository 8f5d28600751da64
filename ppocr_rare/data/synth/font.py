"""Font files: glyphs as bitmaps, and the refusal of characters that a font lacks."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ppocr_rare.errors import DataError

EM = 96  # pixels to which a font's em square is drawn; the unit of length of the word plane is 1/EM of it
# Unicode promises that this code point never becomes a character: a font draws its sign for "missing" in its place.
_NEVER_A_CHARACTER = "\U0010ffff"
_SHIPPED_FOLDER = Path(__file__).with_name("fonts")


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
    left: int
    top: int
    advance: float


class Font:
    """One font file at ``EM`` pixels.

    Args:
        path: a TrueType or OpenType file.

    Raises:
        DataError: the file cannot be read as a font.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        try:
            # The basic layout sets character by character; which one Pillow prefers depends on the system's libraries.
            self._face = ImageFont.truetype(str(path), EM, layout_engine=ImageFont.Layout.BASIC)
        except OSError as error:
            raise DataError(f"{path}: not a font that can be read ({error})") from error
        self._glyphs: dict[str, Glyph] = {}

    def glyph(self, character: str) -> Glyph:
        """The character as the font draws it, be it with the font's sign for "missing": see ``missing``."""
        if character not in self._glyphs:
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

    def _lacks(self, character: str) -> bool:
        glyph, sign = self.glyph(character), self.glyph(_NEVER_A_CHARACTER)
        if not glyph.mask.any():
            return character != " "
        return glyph.advance == sign.advance and np.array_equal(glyph.mask, sign.mask)

    def _draw(self, character: str) -> Glyph:
        # Pillow's box reaches from the pen to the advance at least; a glyph is cut to its ink.
        left, top, right, bottom = self._face.getbbox(character, anchor="ls")
        image = Image.new("L", (math.ceil(right - left), math.ceil(bottom - top)))
        ImageDraw.Draw(image).text((-left, -top), character, fill=255, font=self._face, anchor="ls")
        ink = image.getbbox() or (0, 0, 0, 0)
        return Glyph(np.asarray(image.crop(ink)), left + ink[0], top + ink[1], self._face.getlength(character))


def shipped_fonts() -> dict[str, Path]:
    """The font files that come with the package, by name: ``{"Karla-Bold": path, ...}``, sorted."""
    return {path.stem: path for path in sorted(_SHIPPED_FOLDER.iterdir()) if path.suffix in (".otf", ".ttf")}
