"""Losses."""

from ppocr_rare.losses.rec_att_loss import AttentionLoss
from ppocr_rare.losses.rec_column_att_loss import ColumnAttentionLoss
from ppocr_rare.registry import LOSSES

LOSSES.register(AttentionLoss)
LOSSES.register(ColumnAttentionLoss)
