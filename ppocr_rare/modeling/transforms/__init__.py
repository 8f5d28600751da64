"""Stage 1: rectification."""

from ppocr_rare.modeling.transforms.tps import TPS
from ppocr_rare.registry import TRANSFORMS

TRANSFORMS.register(TPS)
