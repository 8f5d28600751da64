"""How bent a word is, by the fiducial points that the model itself predicts."""

import math

import numpy as np

MIN_SAGITTA = 0.05  # of the chord: an arc that turns by 23 degrees
MIN_SLANT_DEGREES = 5.0

BUCKETS = ("straight", "slanted", "curved")
DEFINITION = (
    "Curvature is the model's own estimate, not an annotation. The middles of the K/2 pairs of upper and lower "
    "fiducial points that the rectification predicts, in pixels of the network's input, make the word's mean line; its "
    "chord joins the first and the last. A word is curved where the line departs from its chord by at least "
    f"{MIN_SAGITTA:.0%} of the chord's length; otherwise slanted where the chord is at least {MIN_SLANT_DEGREES:.0f} "
    "degrees from the horizontal; otherwise straight."
)


def bucket_of(fiducials: np.ndarray) -> str:
    """The bucket of a word; ``DEFINITION`` says what it means.

    Args:
        fiducials: C', [K, 2], (x, y) in pixels, the upper row from left to right, then the lower one.
    """
    half = len(fiducials) // 2
    line = (fiducials[:half] + fiducials[half:]) / 2  # [K/2, 2]
    chord = line[-1] - line[0]
    length = math.hypot(*chord)
    if not length:
        return "curved"
    away = (line - line[0]) @ np.array([-chord[1], chord[0]]) / length  # [K/2], signed distance from the chord
    if np.abs(away).max() >= MIN_SAGITTA * length:
        return "curved"
    degrees = math.degrees(math.atan2(abs(chord[1]), chord[0]))
    return "slanted" if degrees >= MIN_SLANT_DEGREES else "straight"
