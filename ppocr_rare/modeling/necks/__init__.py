"""Stage 3: the sequence of encoder columns, [B, T, C]."""

from ppocr_rare.modeling.necks.rnn import SequenceEncoder
from ppocr_rare.registry import NECKS

NECKS.register(SequenceEncoder)
