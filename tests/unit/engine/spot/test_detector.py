"""The detector that comes with rapidocr, where that is installed, and what is said where it is not."""

import pickle
import sys
import threading
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import shapely

from ppocr_rare.engine.spot.detector import DetectorOptions, RapidDetector
from ppocr_rare.errors import ConfigError, RareError


def test_without_rapidocr_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(RareError, match=r"^finding words needs rapidocr .*: pip install 'ppocr_rare\[photo\]'$"):
        RapidDetector()


@pytest.mark.parametrize("name", ["none.onnx", "folder", "model.pdmodel"])
def test_a_model_that_cannot_be_used_is_refused(name, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "model.pdmodel").write_bytes(b"x")
    with pytest.raises(RareError, match=f"{name}: no .onnx file"):
        RapidDetector(tmp_path / name)


@pytest.mark.parametrize(
    "wrong",
    [{"limit_side_len": 8}, {"limit_type": "mean"}, {"thresh": 1.1}, {"box_thresh": -1}, {"unclip_ratio": 0},
     {"score_mode": "quick"}],
)  # fmt: skip
def test_options_that_cannot_be(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        DetectorOptions(**wrong)


def test_options_reach_the_detector(street):
    pytest.importorskip("rapidocr")
    photograph, usual = street[0], RapidDetector(num_threads=1).find_words(street[0])
    wide = RapidDetector(options=DetectorOptions(unclip_ratio=3.0), num_threads=1).find_words(photograph)
    assert max(map(np.ptp, wide)) > max(map(np.ptp, usual))
    sure = DetectorOptions(box_thresh=1.0)
    assert RapidDetector(options=sure, num_threads=1).find_words(photograph) == []


def test_a_damaged_model_is_one_line(tmp_path):
    pytest.importorskip("rapidocr")
    (tmp_path / "bad.onnx").write_bytes(b"x" * 100)
    with pytest.raises(RareError, match="bad.onnx cannot be opened as a detector"):
        RapidDetector(tmp_path / "bad.onnx")


def test_drawn_lines_are_found_by_every_thread(street):
    pytest.importorskip("rapidocr")
    photograph, upper, lower = street
    detector, found = RapidDetector(num_threads=1), []
    threads = [threading.Thread(target=lambda: found.append(detector.find_words(photograph))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.append(pickle.loads(pickle.dumps(detector)).find_words(photograph))
    for polygons in found:
        assert all(polygon.shape == (4, 2) and polygon.dtype == np.float32 for polygon in polygons)
        regions = [shapely.Polygon(polygon) for polygon in polygons]
        for wanted in (shapely.Polygon(upper), shapely.Polygon(lower)):
            assert sum(wanted.intersection(region).area for region in regions) > 0.5 * wanted.area
    assert detector.find_words(np.full((64, 64, 3), 200, np.uint8)) == []


@pytest.mark.parametrize(
    ("height", "width", "options", "most"),
    [(1, 4000, {}, 4e6), (100, 2000, {}, 4e6), (400_000, 40, {}, 4e6), (4000, 4000, {}, 4e6),
     (300, 900, {"limit_side_len": 3000}, 9e6)],
)  # fmt: skip
def test_what_the_network_sees_is_bounded(height, width, options, most, monkeypatch):
    seen = []

    class Detector:
        limit_side_len, limit_type = 736, "min"

        def __call__(self, image):
            seen.append((image.shape, self.limit_side_len, self.limit_type))
            return SimpleNamespace(boxes=np.float32([[[0, 0], [8, 0], [8, 4], [0, 4]]]))

    monkeypatch.setattr("ppocr_rare.engine.spot.detector._open", lambda *_: Detector())
    detector = RapidDetector(options=DetectorOptions(**options))
    (box,) = detector.find_words(np.zeros((height, width, 3), np.uint8))
    ((shape, limit, kind),) = seen
    assert 0.97 * most < shape[0] * shape[1] < 1.08 * most and (limit, kind) == (min(shape[:2]), "min")
    np.testing.assert_allclose(box[2], np.array([8, 4]) * np.sqrt(height * width / most), rtol=1e-4)
    assert detector.find_words(np.zeros((720, 720, 3), np.uint8))[0][2].tolist() == [8, 4]  # as it is, the next time
    assert seen[1] == ((720, 720, 3), options.get("limit_side_len", 736), "min")


def test_what_a_limit_bounds_is_left_to_it(monkeypatch):
    seen = []

    class Detector:
        def __call__(self, image):
            return SimpleNamespace(boxes=seen.append(image.shape))

    monkeypatch.setattr("ppocr_rare.engine.spot.detector._open", lambda *_: Detector())
    options = DetectorOptions(limit_side_len=8192, limit_type="max")
    RapidDetector(options=options).find_words(np.zeros((3000, 3000, 3), np.uint8))
    assert seen == [(3000, 3000, 3)]


def test_words_of_a_large_photograph_are_found_at_their_places(street):
    pytest.importorskip("rapidocr")
    photograph, _, lower = street
    large = cv2.resize(photograph, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    found = RapidDetector(num_threads=1).find_words(large)
    best = max(shapely.Polygon(polygon).intersection(shapely.Polygon(8 * lower)).area for polygon in found)
    assert best > 0.6 * shapely.Polygon(8 * lower).area
