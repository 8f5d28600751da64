"""The picture of a rectifier's work."""

import cv2
import numpy as np
import pytest

from ppocr_rare.engine.evaluate import rectified_sheet
from ppocr_rare.engine.evaluate.rectified_sheet import load_rectifier, write_rectified
from ppocr_rare.errors import RareError


def test_a_row_for_each_two_words(model_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(rectified_sheet, "SHOWN", {"arc": 3, "wave": 1})
    write_rectified(tmp_path / "new" / "sheet.png", model_dir)
    sheet = cv2.imread(str(tmp_path / "new" / "sheet.png"))
    assert sheet.shape == (2 * (3 * 32 + 24), 2 * 2 * (3 * 100 + 24), 3)
    cells = [part for row in np.split(sheet, 2) for part in np.split(row, 2, axis=1)]
    assert len({cell.tobytes() for cell in cells}) == 4
    transform, resizing = load_rectifier(model_dir)
    assert not transform.training and resizing.image_shape == (3, 32, 100)


def test_what_cannot_be_is_one_message(model_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(rectified_sheet, "SHOWN", {"arc": 1})
    (tmp_path / "file").write_text("")
    with pytest.raises(RareError, match="cannot be written"):
        write_rectified(tmp_path / "file" / "sheet.png", model_dir)
    text = (model_dir / "config.yml").read_text(encoding="utf-8")
    start, end = text.index("  Transform:"), text.index("  Backbone:")
    (model_dir / "config.yml").write_text(f"{text[:start]}  Transform:\n{text[end:]}", encoding="utf-8")
    with pytest.raises(RareError):
        load_rectifier(model_dir)
