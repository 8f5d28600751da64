"""A trained network as it is."""

import functools
from pathlib import Path

import numpy as np
import paddle

from ppocr_rare.builder import build_model
from ppocr_rare.config import Config
from ppocr_rare.engine.read.weights import load_weights
from ppocr_rare.modeling.architectures.export_model import ExportModel, ExportStep
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

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what ``run_details`` gives, as an export with details has them."""
        return ("probabilities", "attention", "memory", *(["points"] if self.model.transform is not None else []))

    def run_details(self, images: np.ndarray) -> list[np.ndarray]:
        """All that an export with details gives for network inputs [B, 3, H, W]."""
        with paddle.no_grad():
            return [output.numpy() for output in self._detailed(paddle.to_tensor(images))]

    def run_step(self, memory: np.ndarray, state: np.ndarray, token: np.ndarray) -> list[np.ndarray]:
        """One step of the decoder; a ``Step``."""
        with paddle.no_grad():
            return [output.numpy() for output in self._step(*map(paddle.to_tensor, (memory, state, token)))]

    @functools.cached_property
    def _step(self) -> ExportStep:
        step = ExportStep(self.model.head)
        step.eval()
        return step

    @functools.cached_property
    def _detailed(self) -> ExportModel:
        detailed = ExportModel(self.model, self.stop_at_eos, has_details=True)
        detailed.eval()
        return detailed
