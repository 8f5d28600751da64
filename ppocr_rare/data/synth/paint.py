"""Drawing: glyphs through a homography, the surface behind them, ink on it, and whether it can be read."""

import math

import cv2
import numpy as np

from ppocr_rare.data.synth.layout import PlacedGlyph

Colour = tuple[int, int, int]  # blue, green, red, each 0 ... 255
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
        warp = to_middle @ scale @ matrix @ item.matrix @ to_corner
        drawn = cv2.warpPerspective(item.glyph.mask, warp, size, flags=cv2.INTER_LINEAR)
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
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height))
    cos, sin = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    # -1/2 ... 1/2 from the first corner that the gradient reaches to the last
    along = (x * cos + y * sin) / (abs(cos) + abs(sin))
    start, end = np.asarray(colours, dtype=np.float64)
    gradient = start + (along[..., None] + 0.5) * (end - start)
    coarse = rng.standard_normal((height // 12 + 2, width // 12 + 2)) * mottle
    stains = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return (gradient + stains[..., None]).astype(np.float32)


def ink_on(background: np.ndarray, layers: np.ndarray, ink: Colour) -> np.ndarray:
    """Lays ink of one colour where any glyph covers the surface.

    Args:
        background: float32 [H, W, 3].
        layers: coverage by each glyph, float32 [G, H, W].

    Returns:
        uint8 [H, W, 3].
    """
    coverage = layers.max(axis=0)[..., None]
    painted = background * (1 - coverage) + np.asarray(ink, dtype=np.float32) * coverage
    return np.clip(np.rint(painted), 0, 255).astype(np.uint8)


def contrast(image: np.ndarray, layers: np.ndarray) -> float:
    """How far the faintest glyph stands out from what is right around it.

    Args:
        image: uint8 [H, W, 3], BGR.
        layers: coverage by each glyph, float32 [G, H, W].

    Returns:
        The lowest over the glyphs of the difference of mean brightness between ink and surroundings, 0 ... 1.
    """
    brightness = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    bare = 1 - layers.max(axis=0)
    reach = max(3, image.shape[0] // 8) | 1
    near = np.ones((reach, reach), dtype=np.uint8)
    differences = []
    for layer in layers:
        around = cv2.dilate(layer, near) * bare
        if layer.any() and around.any():
            differences.append(abs(np.average(brightness, weights=layer) - np.average(brightness, weights=around)))
        else:  # outside the crop, or no surface left to be seen against
            differences.append(0.0)
    return float(min(differences))


def _shift(by: float) -> np.ndarray:
    return np.array([[1, 0, by], [0, 1, by], [0, 0, 1]], dtype=np.float64)
