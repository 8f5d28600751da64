"""Says, without training, whether training can start and what to expect of it."""

from ppocr_rare.engine.doctor.examination import examine, verdict
from ppocr_rare.engine.doctor.findings import Finding

__all__ = ["Finding", "examine", "verdict"]
