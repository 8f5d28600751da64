"""Word images on one picture."""

import cv2
import numpy as np
import pytest

from ppocr_rare.data.synth import shipped_fonts
from ppocr_rare.errors import RareError
from ppocr_rare.utils.contact_sheet import contact_sheet, write_contact_sheet

FONT = shipped_fonts()["Karla-Bold"]
RED = np.full((32, 100, 3), (0, 0, 255), np.uint8)
BLUE = np.full((640, 100, 3), (255, 0, 0), np.uint8)


def test_images_and_labels_stand_in_rows():
    sheet = contact_sheet([(RED, "red"), (BLUE, "a"), (RED, "w" * 500)], FONT, columns=2)
    assert sheet.shape == (2 * 94 + 8, 2 * 208 + 8, 3)
    assert sheet[40, 100].tolist() == [0, 0, 255]
    assert sheet[40, 216 + 4].tolist() == [255, 0, 0] and sheet[40, 216 + 12].tolist() == [255, 255, 255]
    caption = sheet[72:94]
    assert caption[:, 8:60].min() < 50 and caption[:, 100:208].min() == 255
    assert sheet[94 + 72 : 94 + 94, 210:].min() == 255  # what is too long is cut


def test_none_and_odd_shapes():
    assert contact_sheet([], FONT).min() == 255
    assert contact_sheet([(np.zeros((1, 5000, 3), np.uint8), ""), (BLUE[:, :1], "文字")], FONT).min() == 0


def test_writing(tmp_path):
    write_contact_sheet(tmp_path / "new" / "sheet.png", [(RED, "red")], FONT)
    assert cv2.imread(str(tmp_path / "new" / "sheet.png")).shape == contact_sheet([(RED, "red")], FONT).shape
    with pytest.raises(RareError, match="cannot be written"):
        write_contact_sheet(tmp_path / "new", [], FONT)
