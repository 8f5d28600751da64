"""How right the words are."""

from ppocr_rare.metrics.rec_metric import PROTOCOLS, Protocol, RecMetric, WordScores, normalize_text
from ppocr_rare.registry import METRICS

METRICS.register(RecMetric)

__all__ = ["PROTOCOLS", "Protocol", "RecMetric", "WordScores", "normalize_text"]
