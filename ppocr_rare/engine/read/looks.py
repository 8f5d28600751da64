"""From an image to what the network takes of it: as it is, turned, and otherwise where a first look leaves doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np

from ppocr_rare.engine.read.crop_shape import is_tall
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.evidence import Frame
from ppocr_rare.engine.read.image_source import ImageSource, content_of
from ppocr_rare.errors import ConfigError, SampleError
from ppocr_rare.postprocess import Word

Views = Literal[1, "doubtful", "all"]

# A word with a lower score is in doubt. Chosen, as the second looks are, on the training photographs of IIIT5K, ICDAR
# 2015 and SVT; benchmarks/README.md has the table.
DOUBTFUL_SCORE = 0.95
_CUT, _MARGIN = 0.06, 0.2  # parts of the height
_WIDER = 1.3
_KEPT_HEIGHT = 128  # pixels, four times what networks take
_AS_IT_IS, _TO_THE_LEFT, _TO_THE_RIGHT = 0, 1, -1  # quarter turns


@dataclass(frozen=True)
class Look:
    """One way to look at an image.

    Args:
        aspect: width / height, which goes with the length of a word.
        network_input: float32 [3, H, W], of the network's size.
        pixels: uint8 [H, W, 3], what second looks are made of; a large image averaged down, as many wait together.
        to_image: float64 [2, 3], from places in ``pixels``, (x, y, 1), to places in the image.
        valid_width: of the network's input, in pixels; the rest is padding.
        lexicon: the words that the image may hold, where they are its own.
    """

    aspect: float
    network_input: np.ndarray
    pixels: np.ndarray
    to_image: np.ndarray
    valid_width: float
    lexicon: Lexicon | None = None

    @property
    def frame(self) -> Frame:
        """How the network's input lies in the image."""
        height, width = self.network_input.shape[1:]
        scale = np.diag([self.pixels.shape[1] / self.valid_width, self.pixels.shape[0] / height, 1.0])
        return Frame(self.to_image @ scale, (height, width))


@dataclass(frozen=True)
class Prepared:
    """An image on its way into the network.

    Args:
        size: (height, width) in pixels, as it was decoded.
        looks: the first ones: as it is and, where that is tried, turned either way.
    """

    size: tuple[int, int]
    looks: list[Look]


class Looker:
    """Looks at images, once or oftener. Threads may share it.

    Args:
        operators: of reading, ``DecodeImage`` first.
        rotate_tall: a tall image is turned either way as well.
        views: which words get second looks: those in doubt, all, or none (1: one look alone).

    Raises:
        ConfigError: ``views`` is none of these.
    """

    def __init__(self, operators: Sequence[Callable], rotate_tall: bool, views: Views):
        if views not in get_args(Views) or isinstance(views, bool):
            raise ConfigError(f'views is 1, "doubtful" or "all", not {views!r}')
        self._decode, *self._others = operators
        self.rotates_tall = rotate_tall
        self._doubted_below = {1: 0.0, "doubtful": DOUBTFUL_SCORE, "all": np.inf}[views]

    def prepare(self, image: ImageSource, lexicon: Lexicon | None = None) -> Prepared | SampleError:
        """The first looks at an image in any form, and the words that it may hold; or why there are none."""
        try:
            pixels = self._decode({"image": content_of(image)})["image"]  # [H, W, 3]
            height, width = pixels.shape[:2]
            turns = (_AS_IT_IS, _TO_THE_LEFT, _TO_THE_RIGHT) if self._rotates(height, width) else (_AS_IT_IS,)
            return Prepared((height, width), [self._look(*_turned(pixels, turn), lexicon) for turn in turns])
        except SampleError as error:
            return error

    def is_doubtful(self, word: Word) -> bool:
        """Whether a word is to be read again: the mean of its raw scores is low."""
        return (float(np.mean(scores)) if (scores := _raw_scores(word)) else 0.0) < self._doubted_below

    def again(self, look: Look) -> list[Look]:
        """Second looks: less of the image, more around it, and wider."""
        pixels = look.pixels
        height, width = pixels.shape[:2]
        cut, margin = round(_CUT * height), max(1, round(_MARGIN * height))
        sides = cut if width > 3 * cut else 0
        less = pixels[cut : height - cut, sides : width - sides]
        more = cv2.copyMakeBorder(pixels, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        wide = round(_WIDER * width)
        wider = cv2.resize(pixels, (wide, height), interpolation=cv2.INTER_LINEAR)
        views = [(less, 1.0, (sides, cut)), (more, 1.0, (-margin, -margin)), (wider, width / wide, (0, 0))]
        return [
            self._look(view, look.to_image @ np.array([[x_scale, 0, x], [0, 1, y], [0, 0, 1]]), look.lexicon)
            for view, x_scale, (x, y) in views
        ]

    def _rotates(self, height: int, width: int) -> bool:
        return self.rotates_tall and is_tall(height, width)

    def _look(self, pixels: np.ndarray, to_image: np.ndarray, lexicon: Lexicon | None) -> Look:
        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape[:2]
        sample = {"image": pixels}
        valid_ratio = 1.0
        for operator in self._others:
            sample = operator(sample)
            valid_ratio = sample.get("valid_ratio", valid_ratio)  # KeepKeys of a training's configuration drops it
        if height > _KEPT_HEIGHT:
            size = max(1, round(width * _KEPT_HEIGHT / height)), _KEPT_HEIGHT
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
            to_image = to_image @ np.diag([width / size[0], height / size[1], 1.0])
        valid_width = valid_ratio * sample["image"].shape[2]
        return Look(width / height, sample["image"], pixels, to_image, valid_width, lexicon)


def _turned(pixels: np.ndarray, turn: int) -> tuple[np.ndarray, np.ndarray]:
    """An image after a quarter turn, and the way back from places in it."""
    height, width = pixels.shape[:2]
    back = {_AS_IT_IS: [[1, 0, 0], [0, 1, 0]], _TO_THE_LEFT: [[0, -1, width], [1, 0, 0]]}
    back[_TO_THE_RIGHT] = [[0, 1, 0], [-1, 0, height]]
    return np.rot90(pixels, turn), np.array(back[turn], np.float64)


def sureness(word: Word) -> float:
    """Mean logarithm of the characters' probabilities, by which readings of one image are compared; -inf for none."""
    scores = _raw_scores(word)
    if not scores:
        return -np.inf
    with np.errstate(divide="ignore"):
        return float(np.log(scores).mean())


def _raw_scores(word: Word) -> tuple[float, ...]:
    """Readings and their choice must not depend on how scores are shown."""
    return word.char_scores if word.raw_scores is None else word.raw_scores
