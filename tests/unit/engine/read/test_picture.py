"""Pictures of words, and how a notebook shows one."""

import cv2
import numpy as np
import pytest

from ppocr_rare import TextRecognizer
from ppocr_rare.data.synth.demo import render_demo_word
from ppocr_rare.engine.read.gallery import draw_gallery
from ppocr_rare.engine.read.picture import draw_word
from ppocr_rare.engine.read.recognized_word import RecognizedWord


@pytest.fixture(scope="module")
def recognizer():
    return TextRecognizer.from_pretrained(views=1)


def test_a_picture_has_the_points_and_boxes_where_they_are(recognizer):
    image = np.full_like(render_demo_word(2), 255)
    word = recognizer(render_demo_word(2), return_details=True)
    picture = draw_word(image, word)
    scale = 620 / image.shape[1]
    for x, y in word.evidence.fiducials[1:9] * scale:
        patch = picture[int(y) + 32 : int(y) + 37, int(x) + 8 : int(x) + 13]
        assert (patch == (40, 60, 230)).all(2).any()  # a red dot, BGR


def test_the_evidence_of_a_bent_word(recognizer):
    """The demo's second arc comes out straight: the letters' middles lie in one row."""
    bent = recognizer(render_demo_word(8), return_details=True)
    straight = recognizer(render_demo_word(0), return_details=True)
    assert bent.text == "bakery"
    assert bent.evidence.health.moved > straight.evidence.health.moved > 0
    assert bent.evidence.rectified.shape == (32, 100, 3) and not bent.evidence.health.is_folded
    centres = np.array([np.mean(character.box, axis=0) for character in bent.characters])
    away = centres[:, 1] - np.linspace(centres[0, 1], centres[-1, 1], len(centres))
    assert abs(away).max() > 0.08 * render_demo_word(8).shape[0]  # the boxes follow the bow
    np.testing.assert_allclose(bent.evidence.attention.sum(1), 1, atol=1e-4)


def test_a_picture_needs_details(recognizer):
    with pytest.raises(ValueError, match="return_details=True"):
        draw_word(render_demo_word(0), recognizer(render_demo_word(0)))


def test_how_a_notebook_shows_a_word(recognizer):
    detailed = recognizer(render_demo_word(0), return_details=True)
    assert "data:image/png;base64," in detailed._repr_html_() and ">j</span>" in detailed._repr_html_()
    assert "<img" not in recognizer(render_demo_word(0))._repr_html_()
    assert RecognizedWord("<b>", 0.5, (0.5, 0.5, 0.5))._repr_html_().count("&lt;") == 1
    assert RecognizedWord("", 0.0, (), "no <file>")._repr_html_() == "error: no &lt;file&gt;"
    assert repr(detailed) == f"RecognizedWord('joint', {detailed.score:.4f})"


def test_a_gallery_draws_what_can_be_read_and_names_the_rest(recognizer, tmp_path, capsys):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        cv2.imwrite(str(tmp_path / folder / "word.png"), render_demo_word(1))
    (tmp_path / "bad.png").write_bytes(b"no image")
    paths = [str(tmp_path / name) for name in ("a/word.png", "bad.png", "b/word.png")]
    assert draw_gallery(recognizer, paths, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["sheet.png", "word.png", "word_2.png"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(f"{tmp_path}/bad.png\terror: not an image")
    assert lines[2].split("\t")[-1] == f"{tmp_path}/out/word_2.png"
    assert not draw_gallery(recognizer, paths[:1], tmp_path / "other")
