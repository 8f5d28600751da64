"""How bent a word is, by the edges of its ink: the same for every model that is measured."""

import math

import cv2
import numpy as np

MIN_SAGITTA = 0.05  # of the chord: an arc that turns by 23 degrees
MIN_SLANT_DEGREES = 5.0

BUCKETS = ("straight", "slanted", "curved")
DEFINITION = (
    "Curvature is estimated from the image, not annotated. Ink is told from ground by Otsu's threshold; a parabola is "
    "fitted to its upper edge and one to its lower. The less bent of the two counts, and none where one is bent up and "
    f"the other down. A word is curved where it departs from its chord by at least {MIN_SAGITTA:.0%} of the chord's "
    f"length; otherwise slanted where both together rise or fall by at least {MIN_SLANT_DEGREES:.0f} degrees; "
    "otherwise straight. Of 4,000 drawn words (benchmarks/compare_curvature.py) it named 87 % of the straight ones, "
    "82 % of the slanted and 61 % of the curved as what they were drawn as: read the rows beside one another, not each "
    "for itself."
)

MAX_HEIGHT_PX = 48  # edges of larger images are found in smaller copies
MIN_AREA, MIN_HEIGHT = 0.002, 0.12  # of the image: smaller specks are no ink
MIN_HEIGHT_AT_EDGE = 0.3  # what is cut off by the upper or lower border is a letter only where it reaches so far in
MIN_COLUMNS = 6
NUM_FITS = 6
MIN_TOLERANCE_PX = 0.3


def bucket_of(image: np.ndarray) -> str:
    """The bucket of a word; ``DEFINITION`` says what it means.

    Args:
        image: uint8 [H, W, 3], BGR. One without ink that could be fitted is straight.
    """
    if image.shape[0] > MAX_HEIGHT_PX:
        width = max(1, round(image.shape[1] * MAX_HEIGHT_PX / image.shape[0]))
        image = cv2.resize(image, (width, MAX_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    ink = _find_ink(image)
    columns = np.flatnonzero(ink.any(axis=0))
    if len(columns) < MIN_COLUMNS:
        return "straight"
    length = columns[-1] - columns[0]
    along = (2.0 * columns - columns[0] - columns[-1]) / length  # -1 ... 1 from the word's start to its end
    edges = ink[:, columns].argmax(axis=0), len(ink) - 1 - ink[::-1, columns].argmax(axis=0)
    (upper_bend, upper_rise, _), (lower_bend, lower_rise, _) = (_fit_parabola(along, edge) for edge in edges)
    bend = min(abs(upper_bend), abs(lower_bend)) if upper_bend * lower_bend > 0 else 0.0
    rise = abs(upper_rise + lower_rise)  # from start to end, as each is half of its edge's
    return bucket_of_line(bend * length / math.hypot(length, rise), length, rise)


def bucket_of_line(departure: float, length: float, rise: float) -> str:
    """The bucket of a line, by pixels.

    Args:
        departure: from its chord, where it is largest.
        length: from the chord's start to its end, to the right.
        rise: from there to there, up or down.
    """
    if departure >= MIN_SAGITTA * math.hypot(length, rise):
        return "curved"
    return "slanted" if math.degrees(math.atan2(abs(rise), length)) >= MIN_SLANT_DEGREES else "straight"


def _find_ink(image: np.ndarray) -> np.ndarray:
    """Where the ink is, bool [H, W]: that of Otsu's two classes which the image's border has less of."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    is_bright = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1].astype(bool)
    border = np.concatenate([is_bright[0], is_bright[-1], is_bright[:, 0], is_bright[:, -1]])
    ink = ~is_bright if border.mean() > 0.5 else is_bright
    height, width = ink.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    top, tall, area = (stats[:, name] for name in (cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    is_cut = (top == 0) | (top + tall == height)
    is_letter = (area >= MIN_AREA * height * width) & (tall >= MIN_HEIGHT * height)
    is_letter &= ~(is_cut & (tall < MIN_HEIGHT_AT_EDGE * height))
    is_letter[0] = False  # the ground
    return is_letter[labels] if is_letter.any() else ink


def _fit_parabola(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Coefficients of x², x and 1; what lies far off, as ascenders and descenders do, counts less each time."""
    weights = np.ones(len(x))
    for _ in range(NUM_FITS):
        coefficients = np.polyfit(x, y, 2, w=weights)
        distances = np.abs(y - np.polyval(coefficients, x))
        tolerance = max(1.5 * float(np.median(distances)), MIN_TOLERANCE_PX)
        weights = np.sqrt(1 / np.maximum(1, distances / tolerance))
    return coefficients
