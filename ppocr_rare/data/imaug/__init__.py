"""Operators: what is done to one sample on its way into a batch."""

from ppocr_rare.registry import OPERATORS

from .label_ops import AttnLabelEncode
from .operators import DecodeImage, KeepKeys
from .rec_img_aug import RecResizeImg

OPERATORS.register(DecodeImage)
OPERATORS.register(AttnLabelEncode)
OPERATORS.register(RecResizeImg)
OPERATORS.register(KeepKeys)
