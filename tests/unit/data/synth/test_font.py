import pickle
import string

import numpy as np
import pytest

from ppocr_rare.data.synth import font as font_module
from ppocr_rare.data.synth.font import EM, Font, shipped_fonts
from ppocr_rare.errors import DataError


@pytest.fixture(scope="module")
def karla():
    return Font(shipped_fonts()["Karla-Bold"])


@pytest.mark.parametrize("name", shipped_fonts())
def test_shipped_fonts_have_all_of_ascii(name):
    assert Font(shipped_fonts()[name]).missing(string.printable.strip() + " ") == ""


def test_shipped_fonts_have_licences():
    folder = shipped_fonts()["Karla-Bold"].parent
    listed = (folder / "LICENSES.md").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in (folder / "licences").glob("*.txt")]
    assert len(texts) == len(shipped_fonts())
    assert all("SIL OPEN FONT LICENSE Version 1.1" in text and text.startswith("Copyright") for text in texts)
    assert all(f"`{path.name}`" in listed for path in shipped_fonts().values())


def test_missing_characters_are_named_once_in_order(karla):
    assert karla.missing("a中b文中") == "中文"


# Karla draws a crossed box for what it lacks, League Spartan nothing, Quattrocento a dot.
@pytest.mark.parametrize("name", ["Karla-Bold", "LeagueSpartan-Black", "Quattrocento-Regular"])
def test_missing_is_found_whatever_the_font_draws_for_it(name):
    assert Font(shipped_fonts()[name]).missing("中x") == "中"


def test_characters_without_ink_are_missing_except_the_space(karla):
    assert karla.missing(" \t\n") == "\t\n"


def test_require_names_the_font_and_the_characters(karla):
    karla.require("Joint 7")
    with pytest.raises(DataError, match=r"Karla-Bold\.otf has no glyph for '中' \(U\+4E2D\)"):
        karla.require("a中")


def test_glyph_is_cut_to_its_ink_and_sits_on_the_baseline(karla):
    glyph = karla.glyph("H")
    assert glyph.mask.dtype == np.uint8
    assert all(edge.any() for edge in (glyph.mask[0], glyph.mask[-1], glyph.mask[:, 0], glyph.mask[:, -1]))
    assert glyph.top + glyph.mask.shape[0] == 0  # H ends on the baseline
    assert 0.5 * EM < glyph.mask.shape[0] < EM
    assert karla.glyph("p").top + karla.glyph("p").mask.shape[0] > 0  # p goes below


def test_advance_is_the_fonts():
    courier = Font(shipped_fonts()["CourierPrime-Bold"])  # fixed width: 0.6 em
    assert {courier.glyph(character).advance for character in "iW 7"} == {round(0.6 * EM)}


@pytest.mark.parametrize("content", [b"", b"not a font", None])
def test_unreadable_font_is_refused(tmp_path, content):
    path = tmp_path / "x.ttf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"x\.ttf: not a font that can be read"):
        Font(path)


def test_half_is_the_mask_at_half_the_size(karla):
    glyph = karla.glyph("g")
    assert glyph.half.shape == tuple(-(-side // 2) for side in glyph.mask.shape)
    assert glyph.half.sum() * 4.0 == pytest.approx(float(glyph.mask.sum()), rel=0.01)


def test_a_font_travels_to_another_process(karla):
    twin = pickle.loads(pickle.dumps(karla))
    assert (twin.path, twin.index, twin.family) == (karla.path, 0, "Karla")
    assert np.array_equal(twin.glyph("g").mask, karla.glyph("g").mask)


def test_glyphs_beyond_the_store_are_drawn_anew(karla, monkeypatch):
    monkeypatch.setattr(font_module, "_GLYPHS_KEPT", 2)
    font = Font(karla.path)
    masks = [font.glyph(character).mask for character in "abcabc"]
    assert len(font._glyphs) <= 2
    assert all(np.array_equal(first, again) for first, again in zip(masks, masks[3:], strict=False))


def test_a_face_that_a_collection_lacks(karla):
    with pytest.raises(DataError, match="not a font"):
        Font(karla.path, index=3)
