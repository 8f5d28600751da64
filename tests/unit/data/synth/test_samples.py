import cv2
import pytest

from ppocr_rare.data.synth.samples import HEIGHT, rows, write_samples
from ppocr_rare.data.synth.style import EFFECTS, LAYOUTS
from ppocr_rare.data.synth.texture import TEXTURES
from ppocr_rare.errors import DataError


def test_every_layout_effect_and_texture_has_a_row():
    found = rows()
    assert {*LAYOUTS, *EFFECTS, *(f"texture: {name}" for name in TEXTURES)} <= set(found)
    assert all(word.image.shape[0] == HEIGHT for words in found.values() for word in words)


def test_the_sheet_is_a_picture_with_a_row_each(tmp_path):
    write_samples(tmp_path / "new" / "samples.png")
    sheet = cv2.imread(str(tmp_path / "new" / "samples.png"))
    assert sheet.shape[0] == len(rows()) * (HEIGHT + 6)
    assert sheet[:, :130].min() < 100  # the labels
    assert sheet[:, 130:].std() > 40
    first = (tmp_path / "new" / "samples.png").read_bytes()
    write_samples(tmp_path / "new" / "samples.png")
    assert (tmp_path / "new" / "samples.png").read_bytes() == first


def test_it_says_where_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot write the samples there"):
        write_samples(tmp_path / "file" / "samples.png")
