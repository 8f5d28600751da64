"""Pictures of words that were read: where TPS put its points, where each letter stands, where the decoder looked."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ppocr_rare.data.synth import shipped_fonts
from ppocr_rare.engine.read.evidence import DetailedWord

_WIDTH, _GAP, _ROW = 640, 10, 14  # pixels of the picture; a row of the attention
_MAX_HEIGHT = 480  # of the image in it
_PAPER, _INK, _FAINT = (255, 255, 255), (20, 20, 20), (120, 120, 120)
_POINT, _BOXES = (230, 60, 40), ((0, 114, 178), (213, 94, 0))  # neighbours in two colours


def draw_word(image: np.ndarray, word: DetailedWord) -> np.ndarray:
    """The image with its fiducial points and character boxes, the rectified word, and each letter's attention.

    Args:
        image: uint8 [H, W, 3], BGR, that was read.
        word: with its details.

    Returns:
        uint8 [H', 640, 3], BGR.

    Raises:
        ValueError: the word has no details.
    """
    if word.evidence is None:
        raise ValueError("this word has no details: read it with return_details=True")
    scale = min((_WIDTH - 2 * _GAP) / image.shape[1], _MAX_HEIGHT / image.shape[0])
    upper = _with_places(image, word, scale)
    lower = _enlarged(word.evidence.rectified)
    rows = len(word.characters)
    height = upper.height + lower.height + rows * _ROW + 6 * _GAP + 24
    picture = Image.new("RGB", (_WIDTH, height), _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((_GAP, _GAP), f"{word.text or '(nothing)'}  {word.score:.3f}", fill=_INK, font=_face(18))
    y = _GAP + 24
    picture.paste(upper, (_GAP, y))
    y += upper.height + _GAP
    picture.paste(lower, (_GAP, y))
    y += lower.height + _GAP // 2
    for character, alpha in zip(word.characters, word.evidence.attention, strict=True):
        _draw_attention(picture, y, lower.width, alpha)
        other = f"{character.runner_up or 'end'} {character.runner_up_score:.3f}"
        told = f"{character.char}  {character.score:.3f}   or {other}"
        pen.text((lower.width + 2 * _GAP, y), told, fill=_INK if character.score > 0.5 else _POINT, font=_face(11))
        y += _ROW
    told = _health(word)
    pen.text((_GAP, y + _GAP // 2), told, fill=_FAINT, font=_face(11))
    return cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR)


def _with_places(image: np.ndarray, word: DetailedWord, scale: float) -> Image.Image:
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = Image.fromarray(cv2.cvtColor(cv2.resize(image, size, interpolation=interpolation), cv2.COLOR_BGR2RGB))
    pen = ImageDraw.Draw(picture)
    for number, character in enumerate(word.characters):
        corners = [(x * scale, y * scale) for x, y in character.box]
        pen.line([*corners, corners[0]], fill=_BOXES[number % 2], width=2)
    for x, y in () if word.evidence is None or word.evidence.fiducials is None else word.evidence.fiducials * scale:
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_POINT)
    return picture


def _enlarged(rectified: np.ndarray) -> Image.Image:
    width = _WIDTH * 2 // 3
    size = width, round(rectified.shape[0] * width / rectified.shape[1])
    return Image.fromarray(cv2.cvtColor(cv2.resize(rectified, size, interpolation=cv2.INTER_CUBIC), cv2.COLOR_BGR2RGB))


def _draw_attention(picture: Image.Image, y: int, width: int, alpha: np.ndarray) -> None:
    """A row of cells below the rectified word, the darker the more the decoder looked there."""
    cells = 255 - np.clip(alpha / max(float(alpha.max()), 1e-6) * 235, 0, 235).astype(np.uint8)
    row = Image.fromarray(cells[None]).resize((width, _ROW - 2), Image.Resampling.NEAREST)
    picture.paste(row.convert("RGB"), (_GAP, y))


def _health(word: DetailedWord) -> str:
    health = word.evidence.health if word.evidence else None
    if health is None:
        return "not rectified"
    told = f"TPS moved its points by {health.moved:.1f} pixels of the input; {health.num_outside} lie outside"
    return told + ("; it folds the image over" if health.is_folded else "")


def _face(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(shipped_fonts()["Karla-Bold"]), size)
