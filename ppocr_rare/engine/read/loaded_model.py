"""A model that is ready to read, whatever it was opened from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ppocr_rare.engine.read.backends import Backend, Step
from ppocr_rare.errors import ConfigError
from ppocr_rare.postprocess import AttnLabelDecode

_WITHOUT_DETAILS = (
    "this model was exported without its attention, from which places and other readings follow: export it again with "
    "-o Global.export_attention=True"
)


@dataclass(frozen=True)
class LoadedModel:
    """What reads words: images pass ``operators``, then ``backend``, then ``post_process``.

    Args:
        operators: of reading, ``DecodeImage`` first.
        backend: gives the probabilities and, of an export with details, more.
        post_process: makes words of them.
        outputs: names of what ``run_details`` gives, see ``ModelDescription``.
        run_details: gives all that can be known of a batch; None: ``backend`` does.
        max_text_length: L, steps of the decoder.
        state_size: hidden, of its step.
        open_step: gives the step; None where the model was exported without.
    """

    operators: list
    backend: Backend
    post_process: AttnLabelDecode
    outputs: tuple[str, ...] = ("probabilities",)
    run_details: Callable[[np.ndarray], list[np.ndarray]] | None = None
    max_text_length: int = 25
    state_size: int = 0
    open_step: Callable[[], Step] | None = None

    @property
    def step(self) -> Step:
        """The decoder's step, opened when it is first asked for; raises ConfigError as ``details``."""
        if self.open_step is None:
            raise ConfigError(_WITHOUT_DETAILS)
        return self.open_step()

    def details(self, images: np.ndarray, is_beside_others: bool = False) -> dict[str, np.ndarray]:
        """Arrays by their names, of network inputs [B, 3, H, W]; see ``Backend`` of what is beside others.

        Raises:
            ConfigError: the model was exported without its details.
        """
        if "attention" not in self.outputs:
            raise ConfigError(_WITHOUT_DETAILS)
        run = self.run_details or (self.backend.run_beside if is_beside_others else self.backend)
        return dict(zip(self.outputs, run(images), strict=True))
