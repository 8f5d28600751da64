"""A drawn street with three words, and what stands in for a detector."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ppocr_rare.data.synth import shipped_fonts


def draw_line(text, size=28, ink=(20, 20, 20), paper=(235, 235, 235), face="Karla-Bold"):
    """A line of text, uint8 [h, w, 3], and the middles of its spaces, in columns."""
    font = ImageFont.truetype(str(shipped_fonts()[face]), size)
    pad = size // 3
    width = round(font.getlength(text)) + 2 * pad
    picture = Image.new("RGB", (width, round(size * 1.3)), paper)
    ImageDraw.Draw(picture).text((pad, 0), text, ink, font)
    spaces = [index for index, char in enumerate(text) if char == " "]
    middles = [pad + (font.getlength(text[:index]) + font.getlength(text[: index + 1])) / 2 for index in spaces]
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]), middles


class FixedDetector:
    """Finds the polygons that it is given, in every photograph."""

    def __init__(self, *polygons):
        self.polygons = [np.array(polygon, np.float32) for polygon in polygons]

    def find_words(self, image):
        assert image.dtype == np.uint8 and image.ndim == 3
        return self.polygons


def box(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def draw_street():
    """A photograph [240, 400, 3] of "joint coffee" above, seen aslant, and "bakery" below; the polygons of both."""
    photograph = np.full((240, 400, 3), 235, np.uint8)
    upper, _ = draw_line("joint coffee", 36)
    height, width = upper.shape[:2]
    corners = np.float32([[30, 40], [330, 80], [335, 135], [25, 95]])
    upright = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    matrix = cv2.getPerspectiveTransform(upright, corners)
    cv2.warpPerspective(upper, matrix, (400, 240), photograph, cv2.INTER_CUBIC, cv2.BORDER_TRANSPARENT)
    lower, _ = draw_line("bakery", 36)
    photograph[170 : 170 + lower.shape[0], 60 : 60 + lower.shape[1]] = lower
    return photograph, corners, np.float32(box(60, 170, 60 + lower.shape[1], 170 + lower.shape[0]))
