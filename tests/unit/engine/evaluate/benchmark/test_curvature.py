"""Buckets of drawn words whose baseline is known."""

from dataclasses import replace

import numpy as np
import pytest

from ppocr_rare.data.synth import Arc, Font, Recipe, render_word, shipped_fonts
from ppocr_rare.engine.evaluate.benchmark.curvature import BUCKETS, bucket_of

PLAIN = Recipe(ink=(20, 20, 20), surface=((240, 240, 240), (240, 240, 240)), noise=2)


def draw(text="Monsoon", **pose):
    return render_word(text, Font(shipped_fonts()["Karla-Bold"]), replace(PLAIN, **pose), np.random.default_rng(0))


@pytest.mark.parametrize("height", [24, 48, 200])
@pytest.mark.parametrize(
    ("pose", "bucket"),
    [
        ({}, "straight"),
        ({"rotation": 2.0}, "straight"),
        ({"shear": 20.0}, "straight"),
        ({"rotation": 9.0}, "slanted"),
        ({"rotation": -25.0}, "slanted"),
        ({"baseline": Arc(70)}, "curved"),
        ({"baseline": Arc(-70)}, "curved"),
        ({"baseline": Arc(70), "rotation": 10.0}, "curved"),
        ({"ink": (250, 250, 250), "surface": ((40, 40, 40), (40, 40, 40)), "rotation": 9.0}, "slanted"),
    ],
)
def test_buckets(pose, bucket, height):
    assert bucket_of(draw(height=height, **pose)) == bucket


@pytest.mark.parametrize("text", ["lamp", "gaily", "Typhoon", "bdqp"])
def test_ascenders_and_descenders_bend_no_word(text):
    assert bucket_of(draw(text)) == "straight"


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 200, 3), (300, 2, 3), (32, 100, 3)])
def test_images_without_ink(shape):
    assert bucket_of(np.full(shape, 128, np.uint8)) == "straight"
    assert bucket_of(np.random.default_rng(1).integers(0, 256, shape, np.uint8)) in BUCKETS
