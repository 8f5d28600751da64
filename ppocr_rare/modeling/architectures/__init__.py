"""The whole network."""

from ppocr_rare.modeling.architectures.base_model import BaseModel

__all__ = ["BaseModel"]
