"""Rendered word images: the stages, in order.

1. ``font``       a font file gives glyphs, and refuses characters that it lacks.
2. ``layout``     glyphs are set along a baseline: straight, an arc or a wave, each turned along it.
3. ``geometry``   the word plane is sheared, turned and seen in perspective, then fitted to the crop.
4. ``paint``      the glyphs are drawn through that one homography, and inked on a coloured surface (``texture``).
5. ``degrade``    what a camera and a file do: fading, light, blur, motion, resolution, noise, JPEG.
6. ``renderer``   runs the stages by a :class:`Recipe`, and keeps no word that is too faint to read.

What is rendered is drawn at random: ``texts`` (from ``words``; ``script`` refuses what cannot be set glyph by glyph),
``font_pool``, and ``style``, which draws recipes. ``synthesizer`` makes a word of a key from all three; ``lmdb_job``
writes such words to an LMDB, ``samples`` shows them on one picture. ``demo`` renders ten words of fixed recipes.

Nothing here knows of configs, and every random choice comes from the generator that is passed in: the same seed gives
the same pixels (with the same fonts, under one version of Pillow, OpenCV and NumPy).
"""

from ppocr_rare.data.synth.font import Font, shipped_fonts
from ppocr_rare.data.synth.layout import Arc, Straight, Wave
from ppocr_rare.data.synth.renderer import Recipe, render_word

__all__ = ["Arc", "Font", "Recipe", "Straight", "Wave", "render_word", "shipped_fonts"]
