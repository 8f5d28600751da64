"""A trained network as it is."""

from pathlib import Path

import numpy as np
import paddle

from ppocr_rare.builder import build_model
from ppocr_rare.config import Config
from ppocr_rare.engine.read.weights import load_weights
from ppocr_rare.utils.runtime import select_device


class DygraphBackend:
    """Runs the network of a configuration.

    Args:
        config: the configuration.
        weights: a ``.pdparams`` file or its path without the ending.
        use_gpu: where to run.
        stop_at_eos: decode until every word of the batch has ended, and no further.

    Raises:
        CheckpointError: the weights cannot be used.
    """

    image_shape: tuple[int, int, int] | None = None
    num_at_once = 1

    def __init__(self, config: Config, weights: str | Path, use_gpu: bool, stop_at_eos: bool):
        select_device(use_gpu)
        self.stop_at_eos = stop_at_eos
        self.model = build_model(config)
        load_weights(self.model, weights)
        self.model.eval()

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        with paddle.no_grad():
            return [self.model(paddle.to_tensor(images), stop_at_eos=self.stop_at_eos).numpy()]

    run_beside = __call__
