"""The ten words of ``doc/imgs_words/en``."""

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ppocr_rare.data.synth.font import Font, shipped_fonts
from ppocr_rare.data.synth.layout import Arc, Wave
from ppocr_rare.data.synth.renderer import Recipe, render_word
from ppocr_rare.errors import DataError


@dataclass(frozen=True)
class DemoWord:
    """What one demo image says, in which of the shipped fonts, and how it looks."""

    text: str
    font: str
    recipe: Recipe


DEMO_WORDS = (
    DemoWord("JOINT", "Karla-Bold", Recipe(
        ink=(236, 244, 248), surface=((110, 62, 24), (150, 96, 44)), surface_direction=60, mottle=5,
        letter_spacing=0.04, blur=0.5, noise=3)),
    DemoWord("coffee", "LobsterTwo-BoldItalic", Recipe(
        ink=(34, 48, 74), surface=((166, 206, 232), (130, 178, 214)), surface_direction=20, mottle=6,
        rotation=-7, height=56, noise=3)),
    DemoWord("MARKET", "LeagueSpartan-Black", Recipe(
        ink=(70, 210, 250), surface=((58, 92, 34), (40, 66, 22)), mottle=4, baseline=Arc(turn=75),
        letter_spacing=0.05, height=64, blur=0.5, noise=3)),
    DemoWord("Harbour", "Caladea-Bold", Recipe(
        ink=(60, 40, 30), surface=((190, 214, 222), (228, 236, 238)), surface_direction=0, mottle=5,
        tilt=(0.28, 0.0), noise=4)),
    DemoWord("2016", "CourierPrime-Bold", Recipe(
        ink=(38, 30, 160), surface=((240, 240, 236), (206, 208, 206)), surface_direction=45, mottle=4,
        shear=12, height=40, blur=0.7, noise=5)),
    DemoWord("library", "Quattrocento-Regular", Recipe(
        ink=(96, 108, 112), surface=((146, 158, 160), (164, 176, 178)), mottle=3,
        letter_spacing=0.03, fade=0.1, noise=3)),
    DemoWord("SUMMER", "ComicNeue-Bold", Recipe(
        ink=(250, 250, 250), surface=((190, 120, 40), (210, 170, 60)), surface_direction=0, mottle=6,
        baseline=Wave(amplitude=0.16, periods=1.25), letter_spacing=0.06, height=60, noise=4)),
    DemoWord("express", "YanoneKaffeesatz-Medium", Recipe(
        ink=(240, 240, 240), surface=((60, 50, 190), (40, 32, 150)), mottle=5,
        shear=-10, rotation=9, letter_spacing=0.04, height=60, blur=0.9, noise=6)),
    DemoWord("Bakery", "Caladea-Bold", Recipe(
        ink=(150, 205, 235), surface=((52, 44, 60), (78, 66, 86)), mottle=4, baseline=Arc(turn=-60),
        letter_spacing=0.05, height=64, noise=3)),
    DemoWord("1847", "LeagueSpartan-Black", Recipe(
        ink=(44, 44, 48), surface=((60, 190, 235), (90, 215, 245)), surface_direction=30, mottle=7,
        tilt=(-0.16, 0.12), rotation=-4, height=52, blur=1.0, noise=8)),
)  # fmt: skip


def render_demo_word(index: int) -> np.ndarray:
    """Renders the demo word ``index``, 0 ... 9: uint8 [H, W, 3], BGR. It does not depend on the other nine."""
    word = DEMO_WORDS[index]
    return render_word(word.text, Font(shipped_fonts()[word.font]), word.recipe, np.random.default_rng(index))


def write_demo(folder: str | os.PathLike) -> list[Path]:
    """Writes word_1.png ... word_10.png and labels.txt (PaddleOCR's label file: name, tab, text).

    Args:
        folder: made where it does not exist.

    Returns:
        The images' paths.

    Raises:
        DataError: something cannot be written there.
    """
    folder = Path(folder)
    paths = [folder / f"word_{number}.png" for number in range(1, len(DEMO_WORDS) + 1)]
    labels = [f"{path.name}\t{word.text}\n" for path, word in zip(paths, DEMO_WORDS, strict=True)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for index, path in enumerate(paths):
            path.write_bytes(cv2.imencode(".png", render_demo_word(index))[1].tobytes())
        (folder / "labels.txt").write_text("".join(labels), encoding="utf-8", newline="\n")
    except OSError as error:
        raise DataError(f"{folder}: cannot write the demo images there ({error.strerror})") from error
    return paths
