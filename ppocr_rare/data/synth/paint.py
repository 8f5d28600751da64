"""Drawing: glyphs through a homography, the surface behind them, ink on it, and whether it can be read."""

import math

import cv2
import numpy as np

from ppocr_rare.data.synth.layout import PlacedGlyph

Colour = tuple[int, int, int]  # blue, green, red, each 0 ... 255
_HALVED_BELOW = 0.45  # scale of a warp below which it would skip pixels of the glyph's bitmap
_SUPERSAMPLING = 2  # glyphs are drawn at twice the size: a warp alone would alias where it shrinks


def draw_glyphs(placed: list[PlacedGlyph], matrix: np.ndarray, width: int, height: int) -> np.ndarray:
    """Draws each glyph once, straight from its bitmap.

    Args:
        placed: G glyphs in the word plane.
        matrix: homography [3, 3] from the word plane to the crop, whose first pixel covers 0 ... 1.
        width: of the crop, in pixels.
        height: of the crop, in pixels.

    Returns:
        Coverage by each glyph, float32 [G, height, width] in 0 ... 1.
    """
    scale = np.diag([_SUPERSAMPLING, _SUPERSAMPLING, 1.0])
    # OpenCV counts from the middle of the first pixel, the planes from its corner.
    to_corner, to_middle = _shift(0.5), _shift(-0.5)
    size = (width * _SUPERSAMPLING, height * _SUPERSAMPLING)
    layers = np.empty((len(placed), height, width), dtype=np.float32)
    for layer, item in zip(layers, placed, strict=True):
        mask, warp = item.glyph.mask, scale @ matrix @ item.matrix
        if _area_scale(warp) < _HALVED_BELOW**2:
            mask, warp = item.glyph.half, warp @ np.diag([2.0, 2.0, 1.0])
        drawn = cv2.warpPerspective(mask, to_middle @ warp @ to_corner, size, flags=cv2.INTER_LINEAR)
        layer[:] = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA) / np.float32(255)
    return layers


def surface(width: int, height: int, colours: tuple[Colour, Colour], direction: float, mottle: float,
            rng: np.random.Generator) -> np.ndarray:  # fmt: skip
    """A wall or a board: a gradient with soft stains.

    Args:
        colours: at the start and at the end of the gradient.
        direction: degrees in which the gradient runs: 0 to the right, 90 down.
        mottle: standard deviation of the stains' brightness, in grey levels.

    Returns:
        float32 [height, width, 3], BGR.
    """
    coarse = rng.standard_normal((height // 12 + 2, width // 12 + 2)) * mottle
    stains = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return (gradient(width, height, colours, direction) + stains[..., None]).astype(np.float32)


def gradient(width: int, height: int, colours: tuple[Colour, Colour], direction: float) -> np.ndarray:
    """From one colour to another in a direction in degrees, float64 [height, width, 3]; see ``surface``."""
    x, y = np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height)[:, None]
    cos, sin = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    # -1/2 ... 1/2 from the first corner that the gradient reaches to the last
    along = (x * cos + y * sin) / (abs(cos) + abs(sin))
    start, end = np.asarray(colours, dtype=np.float64)
    return start + (along[..., None] + 0.5) * (end - start)


def overlay(background: np.ndarray, coverage: np.ndarray, colour: Colour | np.ndarray) -> np.ndarray:
    """Lays a colour over a background where it is covered.

    Args:
        background: float32 [H, W, 3].
        coverage: float32 [H, W] in 0 ... 1.
        colour: one, or float32 [H, W, 3].

    Returns:
        float32 [H, W, 3].
    """
    coverage = coverage[..., None]
    return background * (1 - coverage) + np.asarray(colour, dtype=np.float32) * coverage


def thicken(coverage: np.ndarray, reach: float) -> np.ndarray:
    """Coverage [H, W] grown on all sides by ``reach`` pixels, at least by one."""
    side = 2 * max(1, round(reach)) + 1
    return cv2.dilate(coverage, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def shadow(coverage: np.ndarray, offset: tuple[float, float], softness: float) -> np.ndarray:
    """Coverage [H, W] moved by ``offset`` (x, y) pixels and blurred by a Gaussian of ``softness`` pixels."""
    height, width = coverage.shape
    moved = cv2.warpAffine(coverage, np.array([[1, 0, offset[0]], [0, 1, offset[1]]], np.float64), (width, height))
    return cv2.GaussianBlur(moved, (0, 0), softness) if softness > 0 else moved


def to_bytes(image: np.ndarray) -> np.ndarray:
    """Grey levels rounded and kept within 0 ... 255, uint8."""
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def contrast(image: np.ndarray, layers: np.ndarray) -> float:
    """How far the faintest glyph stands out from what is right around it.

    Args:
        image: uint8 [H, W, 3], BGR.
        layers: coverage by each glyph, float32 [G, H, W].

    Returns:
        The lowest over the glyphs of the difference of mean brightness between ink and surroundings, 0 ... 1.
    """
    brightness = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32).ravel() / 255
    bare = 1 - layers.max(axis=0)
    reach = max(3, image.shape[0] // 8) | 1
    near = np.ones((reach, reach), dtype=np.uint8)
    inks = layers.reshape(len(layers), -1)  # [G, H * W]
    surroundings = np.stack([cv2.dilate(layer, near) * bare for layer in layers]).reshape(inks.shape)
    weights = np.stack([inks.sum(axis=1), surroundings.sum(axis=1)])
    if not weights.all():  # a glyph outside the crop, or no surface left for it to be seen against
        return 0.0
    ink, around = np.stack([inks @ brightness, surroundings @ brightness]) / weights
    return float(np.abs(ink - around).min())


def _area_scale(warp: np.ndarray) -> float:
    """How many times as large a homography makes a small area at the origin."""
    (a, b, x), (c, d, y), (g, h, w) = warp.tolist()
    return abs((a * w - x * g) * (d * w - y * h) - (b * w - x * h) * (c * w - y * g)) / w**4


def _shift(by: float) -> np.ndarray:
    return np.array([[1, 0, by], [0, 1, by], [0, 0, 1]], dtype=np.float64)
