"""Reads with the decoder's step: the best of many readings, words of a lexicon, or texts that match a pattern."""

from ppocr_rare.engine.read.decoding.decoder import Decoder, Reading
from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.read.decoding.pattern import Pattern

__all__ = ["Decoder", "Lexicon", "Pattern", "Reading"]
