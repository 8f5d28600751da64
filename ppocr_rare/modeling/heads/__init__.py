"""Stage 4: characters, [B, L, V]."""

from ppocr_rare.modeling.heads.rec_att_head import AttentionHead
from ppocr_rare.registry import HEADS

HEADS.register(AttentionHead)
