"""Pictures of what the renderer can do: each layout and each effect by itself, words as they are drawn, and a scene."""

import os
from pathlib import Path

import cv2
import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.font_pool import SHIPPED
from ppocr_rare.data.synth.renderer import Recipe, render_word
from ppocr_rare.data.synth.scene import SceneSynthesizer
from ppocr_rare.data.synth.style import EFFECTS, LAYOUTS, Draw
from ppocr_rare.data.synth.synthesizer import SynthWord, WordSynthesizer
from ppocr_rare.data.synth.texture import TEXTURES
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.atomic import write_atomically

HEIGHT = 40  # of each word, in pixels
_WORDS = ("Harbour", "GALLERY", "Coffee", "MUSEUM", "market")
_MIXED_ROWS = 8
_GAP = 6
_MARGIN = 130  # for the labels
_WIDTH = 960
_SCENE_SIZE, _SCENE_KEY = (960, 540), (9, 6)


def rows() -> dict[str, list[SynthWord]]:
    """The words of each row of the picture by its label: all layouts, all effects, all textures, and mixtures."""
    synthesizer = WordSynthesizer(Charset.from_file(None), [SHIPPED], height=HEIGHT)
    found = {}
    draws = {name: draw for name, (_, draw) in (*LAYOUTS.items(), *EFFECTS.items())}
    for name in TEXTURES:
        draws[f"texture: {name}"] = _textured(name)
    for number, (name, draw) in enumerate(draws.items()):
        found[name] = [_single(synthesizer, text, draw, (number, place)) for place, text in enumerate(_WORDS, 1)]
    for number in range(1, _MIXED_ROWS + 1):
        found[f"mixed {number}"] = [synthesizer.draw((number, place)) for place in range(1, 8)]
    return found


def write_samples(path: str | os.PathLike) -> None:
    """Writes the picture as PNG.

    Raises:
        DataError: it cannot be written.
    """
    sheet = np.concatenate([_row(label, words) for label, words in rows().items()])
    _write(path, cv2.imencode(".png", sheet, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1])


def write_scene(path: str | os.PathLike) -> None:
    """Writes a scene as JPEG.

    Raises:
        DataError: it cannot be written.
    """
    words = WordSynthesizer(Charset.from_file(None), [SHIPPED])
    _write(path, cv2.imencode(".jpg", SceneSynthesizer(words, _SCENE_SIZE).draw(_SCENE_KEY).image)[1])


def _write(path: str | os.PathLike, data: np.ndarray) -> None:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, [data.tobytes()])
    except OSError as error:
        raise DataError(f"{path}: cannot write the samples there ({error.strerror})") from error


def _textured(name: str) -> Draw:
    return lambda rng, text, part: {"texture": name, "texture_strength": 20.0}


def _single(synthesizer: WordSynthesizer, text: str, draw: Draw, key: tuple[int, int]) -> SynthWord:
    """A word with one thing done to it; drawn again where that leaves it illegible."""
    rng = np.random.default_rng(key)
    colours = {"ink": (50, 40, 35), "surface": ((205, 220, 225), (190, 205, 215)), "height": HEIGHT}
    while True:
        base = {**colours, "padding": Recipe.padding}
        recipe = Recipe(**{**base, **draw(rng, text, base)})
        font = synthesizer.fonts.draw(text, rng)
        try:
            return SynthWord(render_word(text, font, recipe, rng), text, font, recipe)
        except SampleError:
            continue


def _row(label: str, words: list[SynthWord]) -> np.ndarray:
    row = np.full((HEIGHT + _GAP, _WIDTH, 3), 255, np.uint8)
    cv2.putText(row, label, (_GAP, HEIGHT // 2 + 5), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    left = _MARGIN
    for word in words:
        right = left + word.image.shape[1]
        if right > _WIDTH:
            break
        row[:HEIGHT, left:right] = word.image
        left = right + _GAP
    return row
