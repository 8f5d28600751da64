"""Words drawn whole from a seed: what they say, in which font, and how they look."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import PIL

from ppocr_rare import __version__
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.font import Font
from ppocr_rare.data.synth.font_pool import FontPool
from ppocr_rare.data.synth.renderer import (
    CharacterSpan,
    Recipe,
    locate_characters,
    locate_fiducials,
    locate_glyphs,
    render_word,
)
from ppocr_rare.data.synth.style import EFFECTS, LAYOUTS, choose, draw_recipe
from ppocr_rare.data.synth.texts import TextSource
from ppocr_rare.errors import DataError, SampleError

MIN_HEIGHT = 16
_TRIES = 200
_STORED_QUALITY = 90


@dataclass(frozen=True)
class SynthWord:
    """A word image and all that it came from.

    Args:
        image: uint8 [H, W, 3], BGR.
        text: what it says.
        font: that it is set in.
        recipe: of its look.
    """

    image: np.ndarray
    text: str
    font: Font
    recipe: Recipe

    def encode(self) -> bytes:
        """The image as a JPEG file."""
        return cv2.imencode(".jpg", self.image, [cv2.IMWRITE_JPEG_QUALITY, _STORED_QUALITY])[1].tobytes()

    def fiducials(self) -> np.ndarray:
        """The control points of TPS, float32 [20, 2]; see ``renderer.locate_fiducials``."""
        return locate_fiducials(self.text, self.font, self.recipe)

    def spans(self) -> list[CharacterSpan]:
        """Where each character stands; see ``renderer.locate_characters``."""
        return locate_characters(self.text, self.font, self.recipe)


    def glyphs(self) -> list[tuple[str, np.ndarray]]:
        """Each character and the corners of its box; see ``renderer.locate_glyphs``."""
        return locate_glyphs(self.text, self.font, self.recipe)


class WordSynthesizer:
    """Draws words. A word depends on its key, and on the fonts, the dictionary and the word lists, alone.

    Args:
        charset: the dictionary that the words are written in.
        fonts: folders and files, see ``FontPool.find``.
        words: files, see ``WordList.read``; None for the shipped English words.
        height: of the images, in pixels.
        max_length: of a text, in characters; None for no limit.
        layouts: names of ``style.LAYOUTS`` to choose from; None for all.
        effects: names of ``style.EFFECTS``; None for all.

    Raises:
        DataError: a font, a word list, a dictionary or a name cannot be used at all.
    """

    def __init__(
        self,
        charset: Charset,
        fonts: Sequence[str | os.PathLike] | None = None,
        words: Sequence[str | os.PathLike] | None = None,
        height: int = 32,
        max_length: int | None = None,
        layouts: Sequence[str] | None = None,
        effects: Sequence[str] | None = None,
    ):
        if height < MIN_HEIGHT:
            raise DataError(f"a height of {height} pixels is too small for words; at least {MIN_HEIGHT}")
        self._layouts = choose(LAYOUTS, layouts, "layouts")
        if not self._layouts:
            raise DataError(f"layouts: at least one of {', '.join(LAYOUTS)} is needed")
        self._effects = choose(EFFECTS, effects, "effects")
        self.fonts = FontPool.find(fonts)
        self.texts = TextSource(charset, self.fonts.has, words, max_length)
        self.height = height

    def describe(self) -> dict:
        """All that decides, beside the key, how words look; where it is equal, so are the words' bytes."""
        versions = {"pillow": PIL.__version__, "opencv": cv2.__version__, "numpy": np.__version__}
        texts, fonts = self.texts.describe(), self.fonts.describe()
        look = {"height": self.height, "layouts": self._layouts, "effects": self._effects}
        return {"package": __version__, **versions, **look, **texts, "fonts": fonts}

    def draw(self, key: Sequence[int]) -> SynthWord:
        """Draws the word of a key; one that nobody could read is drawn again, from the same generator.

        Args:
            key: numbers from 0, the seed of all that is drawn. The last is not 0: NumPy takes [7] and [7, 0] for one.

        Raises:
            DataError: none of many that were drawn can be read.
        """
        rng = np.random.default_rng(key)
        for _ in range(_TRIES):
            text = self.texts.draw(rng)
            try:
                font = self.fonts.draw(text, rng)
                recipe = draw_recipe(text, self.height, rng, self._layouts, self._effects)
                return SynthWord(render_word(text, font, recipe, rng), text, font, recipe)
            except SampleError as error:
                fault = error
        raise DataError(f"no word can be drawn with these fonts and words; the last of {_TRIES} tries: {fault}")
