"""The checkpoints: weights that PaddleOCR reads too, and the state of a training beside them."""
