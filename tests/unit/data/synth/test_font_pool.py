import struct
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from ppocr_rare.data.synth import font_pool
from ppocr_rare.data.synth.font import Font, Glyph, shipped_fonts
from ppocr_rare.data.synth.font_pool import FontPool
from ppocr_rare.errors import DataError, SampleError

NAMES = ("Karla-Bold", "Caladea-Bold")


def put(folder, name, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def collection(*fonts):
    """A font collection: the fonts behind a header that says where each begins, their tables' places moved along."""
    start = 12 + 4 * len(fonts)
    header, body = b"ttcf" + struct.pack(">HHI", 1, 0, len(fonts)), b""
    for font in fonts:
        at = start + len(body)
        header += struct.pack(">I", at)
        (num_tables,) = struct.unpack_from(">H", font, 4)
        moved = bytearray(font)
        for number in range(num_tables):
            (offset,) = struct.unpack_from(">I", font, 12 + 16 * number + 8)
            struct.pack_into(">I", moved, 12 + 16 * number + 8, offset + at)
        body += bytes(moved) + b"\0" * (-len(moved) % 4)
    return header + body


@pytest.fixture
def folder(tmp_path):
    for name in NAMES:
        put(tmp_path / "fonts" / name, f"{name}.ttf", shipped_fonts()[name].read_bytes())
    return tmp_path / "fonts"


def test_folders_are_searched_at_any_depth_and_files_taken(folder):
    pool = FontPool.find([folder])
    assert [font.path.stem for font in pool.fonts] == ["Caladea-Bold", "Karla-Bold"]
    assert len(FontPool.find([folder / "Karla-Bold" / "Karla-Bold.ttf"]).fonts) == 1
    assert len(FontPool.find([folder, folder / "Karla-Bold"]).fonts) == 2  # none twice


def test_shipped_and_the_systems(folder, monkeypatch):
    assert [font.path.stem for font in FontPool.find(["shipped"]).fonts] == list(shipped_fonts())
    monkeypatch.setattr(font_pool, "system_folders", lambda: [folder, folder / "none"])
    assert len(FontPool.find().fonts) == len(shipped_fonts()) + 2


def test_fonts_that_cannot_be_used_are_counted_and_named(folder, caplog):
    put(folder, "broken.ttf", b"nothing")
    put(folder, "empty.otf", b"")
    put(folder, "Wingdings.ttf", shipped_fonts()["Karla-Bold"].read_bytes())
    assert len(FontPool.find([folder]).fonts) == 2
    assert "not a font that can be read: 2" in caplog.text and "broken.ttf" in caplog.text
    assert "pictures, not letters: 1" in caplog.text


class Ornaments(Font):
    """A font by whose name nobody would know that it draws stars, another one for each character."""

    def glyph(self, character):
        mask = np.zeros((80, 80), np.uint8)
        if character < "\U0010ffff":
            num_points, turn = 3 + ord(character) % 7, ord(character) * 0.7
            angles = turn + np.arange(2 * num_points) * np.pi / num_points
            radii = np.where(np.arange(2 * num_points) % 2, 15, 39)
            star = 40 + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
            cv2.fillPoly(mask, [star.astype(np.int32)], 255)
        return Glyph(mask, 0, -80, 90.0)


class Turned(Font):
    """Letters that lie on their backs: as much ink as in letters, and as fine."""

    def glyph(self, character):
        glyph = super().glyph(character)
        return Glyph(np.rot90(glyph.mask), glyph.left, glyph.top, glyph.advance)


class Thin(Font):
    """Odd but legible: hairlines, slanted."""

    def glyph(self, character):
        glyph = super().glyph(character)
        mask = cv2.erode(glyph.mask, np.ones((5, 5), np.uint8)) if glyph.mask.any() else glyph.mask
        width, height = mask.shape[1] + mask.shape[0] // 4, mask.shape[0]
        slant = np.float32([[1, -0.25, mask.shape[0] // 4], [0, 1, 0]])
        return Glyph(cv2.warpAffine(mask, slant, (width, height)) if mask.any() else mask, 0, glyph.top, glyph.advance)


@pytest.mark.parametrize(("kind", "is_used"), [(Font, True), (Thin, True), (Ornaments, False), (Turned, False)])
def test_a_font_that_draws_pictures_is_known_by_what_it_draws(folder, monkeypatch, caplog, kind, is_used):
    for character in font_pool._PROBES:
        font_pool._shipped_shapes(character)  # before ``kind`` stands for those fonts as well
    monkeypatch.setattr(font_pool, "Font", kind)
    if is_used:
        assert len(FontPool.find([folder]).fonts) == 2
    else:
        with pytest.raises(DataError, match="no font that can be used"):
            FontPool.find([folder])
    assert ("pictures, not letters: 2" in caplog.text) != is_used


def test_a_font_without_latin_letters_is_not_judged_by_them(folder, monkeypatch):
    monkeypatch.setattr(Font, "missing", lambda self, text: text)
    assert len(FontPool.find([folder]).fonts) == 2


@pytest.mark.parametrize(
    ("name", "is_used"),
    [("cmsy10", False), ("cmex10", False), ("cmmi10", True), ("cmr10", True), ("STIXGeneral", True)],
)
def test_fonts_of_mathematics(name, is_used, caplog):
    matplotlib = pytest.importorskip("matplotlib")
    FontPool.find(["shipped", Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf")])
    assert ("pictures, not letters: 1" in caplog.text) != is_used


def test_a_collection_gives_each_of_its_faces(tmp_path):
    put(tmp_path, "two.ttc", collection(*(shipped_fonts()[name].read_bytes() for name in NAMES)))
    faces = FontPool.find([tmp_path]).fonts
    assert [(face.index, face.family) for face in faces] == [(0, "Karla"), (1, "Caladea")]
    for face, name in zip(faces, NAMES, strict=True):
        assert np.array_equal(face.glyph("R").mask, Font(shipped_fonts()[name]).glyph("R").mask)


def test_no_font_at_all(tmp_path):
    with pytest.raises(DataError, match="no font that can be used"):
        FontPool.find([tmp_path])
    with pytest.raises(DataError, match="none: no such file or folder"):
        FontPool.find([tmp_path / "none"])


def test_a_font_without_a_glyph_is_never_drawn(monkeypatch):
    fonts = [Font(path) for path in shipped_fonts().values()]
    able = {font.path.stem for font in fonts if not font.missing("ő")}
    assert 0 < len(able) < len(fonts)
    pool, rng = FontPool(fonts), np.random.default_rng(0)
    counts = Counter(pool.draw("nő", rng).path.stem for _ in range(600))
    assert set(counts) == able and min(counts.values()) > 0.6 * 600 / len(able)
    monkeypatch.setattr(font_pool, "_TRIES", 1)  # those that have it are found by looking
    assert {pool.draw("nő", rng).path.stem for _ in range(200)} == able
    with pytest.raises(SampleError, match="no font has all its characters: '中'"):
        pool.draw("中", rng)
    assert pool.has("ő") and not pool.has("中")


def test_description_names_files_by_their_contents(folder):
    described = FontPool.find([folder]).describe()
    assert [entry["file"] for entry in described] == ["Caladea-Bold.ttf", "Karla-Bold.ttf"]
    assert {len(entry["sha256"]) for entry in described} == {64}
    assert len({entry["sha256"] for entry in described}) == 2 and described[0]["face"] == 0
