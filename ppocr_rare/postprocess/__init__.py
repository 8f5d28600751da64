"""From what the model gives to words."""

from ppocr_rare.postprocess.rec_postprocess import AttnLabelDecode, Word
from ppocr_rare.registry import POSTPROCESSES

POSTPROCESSES.register(AttnLabelDecode)

__all__ = ["AttnLabelDecode", "Word"]
