"""Operators: what is done to one sample on its way into a batch."""

from ppocr_rare.data.imaug.fiducial_ops import LocateFiducials
from ppocr_rare.data.imaug.label_ops import AttnLabelEncode, LocateCharacters
from ppocr_rare.data.imaug.operators import DecodeImage, KeepKeys
from ppocr_rare.data.imaug.rec_aug import RecAug
from ppocr_rare.data.imaug.rec_con_aug import RecConAug
from ppocr_rare.data.imaug.rec_img_aug import RecResizeImg
from ppocr_rare.registry import OPERATORS

OPERATORS.register(DecodeImage)
OPERATORS.register(AttnLabelEncode)
OPERATORS.register(RecAug)
OPERATORS.register(RecConAug)
OPERATORS.register(RecResizeImg)
OPERATORS.register(LocateCharacters)
OPERATORS.register(LocateFiducials)
OPERATORS.register(KeepKeys)
