"""The fonts that words are set in: where they lie, which can be used, and which has what characters."""

import functools
import hashlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from ppocr_rare.data.synth.font import Font, shipped_fonts
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection, RejectionLog

SHIPPED = "shipped"  # stands for the fonts of the package where folders are asked for

_EXTENSIONS = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_COLLECTION = b"ttcf"
_MAX_FACES = 64  # of one collection
_TRIES = 20  # fonts drawn blindly before those that have a text are looked for
# Parts of the names of fonts that draw pictures in the place of letters.
_PICTURES = ("dingbat", "webding", "wingding", "symbol", "emoji", "icon", "marlett", "lastresort", "braille", "blank")
_PROBES = "AEHLOTXabdehntx02357"  # differ from each other in every font
_PROBE_SIDE = 16  # pixels
# Likeness to the shipped fonts: pictures reach 0.28, odd letters begin at 0.38, ordinary ones at 0.52.
_MIN_LIKENESS = 0.33

_logger = logging.getLogger(__name__)


class FontPool:
    """Fonts to draw from.

    Args:
        fonts: those that may be used, each as likely as any other.
    """

    def __init__(self, fonts: Sequence[Font]):
        self.fonts = tuple(fonts)

    @classmethod
    def find(cls, places: Sequence[str | os.PathLike] | None = None) -> "FontPool":
        """The fonts of some places; those that cannot be used are left out, counted, and named in a warning.

        Args:
            places: folders, searched at any depth, and files; ``"shipped"`` for the fonts of this package. None: the
                system's fonts and the shipped ones.

        Raises:
            DataError: a place does not exist, or there is no font that can be used.
        """
        if places is None:
            places = [SHIPPED, *(place for place in system_folders() if place.is_dir())]
        fonts, rejections, seen = [], RejectionLog(), set()
        for path in _font_files(places):
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                fonts += _load(path, rejections)
        if rejections:
            _logger.warning("fonts left out: %s", "; ".join(line.strip() for line in rejections.summary()))
        if not fonts:
            raise DataError(f"no font that can be used in {', '.join(map(str, places))}")
        return cls(fonts)

    def has(self, character: str) -> bool:
        """Whether any font has the character."""
        return any(not font.missing(character) for font in self.fonts)

    def draw(self, text: str, rng: np.random.Generator) -> Font:
        """One of the fonts that have every character of ``text``, each as likely as the others.

        Raises:
            SampleError: "no font has all its characters".
        """
        for number in rng.integers(len(self.fonts), size=_TRIES).tolist():
            if not self.fonts[number].missing(text):
                return self.fonts[number]
        able = [font for font in self.fonts if not font.missing(text)]
        if not able:
            raise SampleError("no font has all its characters", repr(text))
        return able[int(rng.integers(len(able)))]

    def describe(self) -> list[dict]:
        """For each font: its file's name, the SHA-256 of the file, and the number of the face in it."""
        digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in {font.path for font in self.fonts}}
        return [{"file": font.path.name, "sha256": digests[font.path], "face": font.index} for font in self.fonts]


def system_folders() -> list[Path]:
    """Where Linux, macOS and Windows keep fonts; those of other systems are listed too, and do not exist."""
    home = Path.home()
    if sys.platform == "win32":
        return [
            Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts"),
            home / "AppData" / "Local" / "Microsoft" / "Windows" / "Fonts",
        ]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local" / "share" / "fonts",
        home / ".fonts",
    ]


def _font_files(places: Sequence[str | os.PathLike[str]]) -> Iterator[Path]:
    for place in places:
        if place == SHIPPED:
            yield from shipped_fonts().values()
        elif os.path.isdir(place):
            files = (Path(folder, name) for folder, _, names in os.walk(place, followlinks=False) for name in names)
            yield from sorted(path for path in files if path.suffix.lower() in _EXTENSIONS)
        elif os.path.isfile(place):
            yield Path(place)
        else:
            raise DataError(f"fonts: {place}: no such file or folder")


def _load(path: Path, rejections: RejectionLog) -> list[Font]:
    """The faces of a file that draw letters."""
    try:
        with open(path, "rb") as file:
            is_collection = file.read(len(_COLLECTION)) == _COLLECTION
        faces = [Font(path)]
    except (OSError, DataError) as error:
        rejections.add(Rejection(str(path), "", "not a font that can be read", str(error)))
        return []
    while is_collection and len(faces) < _MAX_FACES:
        try:
            faces.append(Font(path, len(faces)))
        except DataError:  # there is no way to ask how many there are
            break
    letters = [face for face in faces if not _draws_pictures(face)]
    if pictures := [face.family for face in faces if face not in letters]:
        rejections.add(Rejection(str(path), "", "pictures, not letters", ", ".join(dict.fromkeys(pictures))))
    return letters


def _draws_pictures(font: Font) -> bool:
    """Whether a font's name says so, or what it draws for Latin letters and digits looks like none."""
    name = f"{font.path.stem}{font.family}".lower().replace(" ", "")
    return any(part in name for part in _PICTURES) or _likeness(font) < _MIN_LIKENESS


def _likeness(font: Font) -> float:
    """How much letters and digits look like those of the shipped fonts, at most 1: the median of the characters.

    Of each character the shipped font counts that is most like it. A font without any is not judged: 1.
    """
    claimed = [character for character in _PROBES if not font.missing(character)]
    best = [float((_shipped_shapes(character) @ _shape(font, character)).max()) for character in claimed]
    return float(np.median(best)) if best else 1.0


@functools.lru_cache(maxsize=len(_PROBES))
def _shipped_shapes(character: str) -> np.ndarray:
    """The shapes that the shipped fonts draw: float64 [fonts, _PROBE_SIDE ** 2]."""
    return np.stack([_shape(Font(path), character) for path in shipped_fonts().values()])


def _shape(font: Font, character: str) -> np.ndarray:
    """A glyph at one size, without its mean and of length 1, so that products are correlations: float64 [n]."""
    size = (_PROBE_SIDE, _PROBE_SIDE)
    shape = cv2.resize(font.glyph(character).mask, size, interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    shape -= shape.mean()
    return shape / max(float(np.linalg.norm(shape)), 1e-9)
