"""A rendered word in scenes where its place is known."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from ppocr_rare.data.synth import Font, Recipe, render_word, shipped_fonts

WALL = (90, 120, 60)


@pytest.fixture(scope="session")
def word():
    """uint8 [64, W, 3]. Letters that no mirror or turn leaves as they are."""
    font = Font(shipped_fonts()["LeagueSpartan-Black"])
    return render_word("FRANK7", font, Recipe(height=64), np.random.default_rng(0))


@pytest.fixture(scope="session")
def in_scene(word):
    """``in_scene(corners)``: a picture [300, 500, 3] with the word's corners, clockwise from its upper left, there."""

    def in_scene(corners):
        # Coordinates count from the corner of the first pixel, OpenCV's from its middle.
        height, width = word.shape[:2]
        upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
        matrix = cv2.getPerspectiveTransform(upright, (np.asarray(corners) - 0.5).astype(np.float32))
        return cv2.warpPerspective(word, matrix, (500, 300), flags=cv2.INTER_CUBIC, borderValue=WALL)

    return in_scene


@pytest.fixture(scope="session")
def shift(word):
    """``shift(crop)``: by how many pixels of the word a crop, resized to it, is off at most: left, middle and right.

    A crop that does not show the word as it is, mirrored or on its head, fails.
    """

    def shift(crop):
        grey = [cv2.cvtColor(cv2.resize(image, word.shape[1::-1]), cv2.COLOR_BGR2GRAY) for image in (word, crop)]
        grey = [image.astype(np.float64) for image in grey]
        assert np.corrcoef(grey[0].ravel(), grey[1].ravel())[0, 1] > 0.9
        half = word.shape[1] // 2
        columns = [slice(0, half), slice(half // 2, half // 2 + half), slice(half, 2 * half)]
        shifts = [cv2.phaseCorrelate(grey[0][:, part].copy(), grey[1][:, part].copy())[0] for part in columns]
        return float(np.abs(shifts).max())

    return shift


@pytest.fixture(scope="session")
def stored_turned():
    """``stored_turned(scene)``: a JPEG that holds a quarter turn of the scene, and says that viewers turn it back."""

    def stored_turned(scene):
        exif, file = Image.Exif(), io.BytesIO()
        exif[0x0112] = 6
        turned = np.ascontiguousarray(np.rot90(scene)[:, :, ::-1])
        Image.fromarray(turned).save(file, "JPEG", quality=98, subsampling=0, exif=exif)
        return file.getvalue()

    return stored_turned
