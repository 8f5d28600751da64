"""Drawn scenes: words where they are said to be, the same for the same key."""

import cv2
import numpy as np
import pytest
import shapely

from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth.scene import SceneSynthesizer
from ppocr_rare.data.synth.synthesizer import WordSynthesizer


@pytest.fixture(scope="module")
def scenes():
    synthesizer = SceneSynthesizer(WordSynthesizer(Charset.from_file(None), ["shipped"]), (640, 360))
    return [synthesizer.draw((1, number)) for number in range(1, 7)]


def test_a_key_decides_all(scenes):
    again = SceneSynthesizer(WordSynthesizer(Charset.from_file(None), ["shipped"]), (640, 360)).draw((1, 3))
    np.testing.assert_array_equal(again.image, scenes[2].image)
    assert [word.text for word in again.words] == [word.text for word in scenes[2].words]
    assert not np.array_equal(again.image, scenes[0].image)


def test_every_scene_has_words_inside_that_do_not_overlap(scenes):
    for scene in scenes:
        assert scene.image.shape == (360, 640, 3) and scene.image.dtype == np.uint8
        regions = [shapely.Polygon(word.points) for word in scene.words]
        assert regions and all(shapely.box(0, 0, 640, 360).buffer(1).contains(region) for region in regions)
        for number, region in enumerate(regions):
            assert all(region.intersection(other).area < 0.1 * region.area for other in regions[:number])
        assert all(word.text and " " not in word.text for word in scene.words)


def test_ink_fills_the_polygons(scenes):
    """Seen from the front, each side of a word's box touches what differs from the ground."""
    for word in (word for scene in scenes[:3] for word in scene.words):
        scene = next(one for one in scenes if word in one.words)
        size = np.float32([[8, 8], [72, 8], [72, 24], [8, 24]])
        matrix = cv2.getPerspectiveTransform(word.points.astype(np.float32), size)
        seen = cv2.warpPerspective(cv2.cvtColor(scene.image, cv2.COLOR_BGR2GRAY), matrix, (80, 32)).astype(float)
        inner, rim = seen[8:24, 8:72], np.concatenate([seen[4:6, 8:72].ravel(), seen[26:28, 8:72].ravel()])
        assert np.ptp(inner) > 1.3 * np.percentile(np.abs(rim - np.median(rim)), 80)
