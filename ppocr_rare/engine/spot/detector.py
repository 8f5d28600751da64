"""What finds text in photographs. Detection is not this project's field: any detector serves that keeps a protocol."""

import logging
import math
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ppocr_rare.errors import ConfigError, RareError
from ppocr_rare.utils.images import resize

_MODEL = "PP-OCRv6_det_small.onnx"  # in the wheel of rapidocr, so that nothing is downloaded
_MAX_PIXELS = 4_000_000  # that the network sees at once: about 0.7 GB of memory


class Detector(Protocol):
    """Finds words or lines of text."""

    def find_words(self, image: np.ndarray) -> list[np.ndarray]:
        """Where text stands in a photograph.

        Args:
            image: uint8 [H, W, 3], BGR.

        Returns:
            Polygons, float32 [4, 2] each, (x, y) in pixels, clockwise from the upper left corner as the text reads; of
            a word or of a line of several. Threads may call it at once.
        """
        ...


@dataclass(frozen=True)
class DetectorOptions:
    """How PP-OCR's detector, DB, is run; by the names that PaddleOCR's flags have after ``det_`` and ``det_db_``.

    Where rapidocr, which reads lines, takes ``thresh`` 0.3 and ``use_dilation``, more spaces between words stay open
    with the defaults here, chosen on photographs: benchmarks/README.md.

    Args:
        limit_side_len: pixels; with ``limit_type``
            "min" smaller photographs are enlarged until the shorter side has them, with
            "max" larger ones made smaller until the longer side has.
        limit_type: see there.
        thresh: probability of text at a pixel, in [0, 1].
        box_thresh: mean probability of a polygon, in [0, 1].
        unclip_ratio: how far polygons are widened.
        use_dilation: closes gaps of one pixel.
        score_mode: "fast" takes the mean in the rectangle, "slow" in the outline.
    """

    limit_side_len: int = 736
    limit_type: str = "min"
    thresh: float = 0.5
    box_thresh: float = 0.5
    unclip_ratio: float = 1.6
    use_dilation: bool = False
    score_mode: str = "fast"

    def __post_init__(self) -> None:
        if not 32 <= self.limit_side_len <= 8192:
            raise ConfigError(f"limit_side_len is from 32 to 8192 pixels, not {self.limit_side_len}")
        if not (0 <= self.thresh <= 1 and 0 <= self.box_thresh <= 1 and 0 < self.unclip_ratio <= 10):
            raise ConfigError("thresh and box_thresh are from 0 to 1, unclip_ratio above 0 up to 10")
        for name, value, known in (
            ("limit_type", self.limit_type, ("min", "max")),
            ("score_mode", self.score_mode, ("fast", "slow")),
        ):
            if value not in known:
                raise ConfigError(f"{name} is {' or '.join(known)}, not {value!r}")


class RapidDetector:
    """PP-OCRv6's small detector, as the package rapidocr runs it. It finds words and lines: what stands close together
    is one polygon.

    Args:
        model: an ``.onnx`` file of another DB detector whose input is normalised as PP-OCRv6's is, to [-1, 1]; None:
            the one that comes with rapidocr.
        options: of it.
        num_threads: computing threads of ONNX Runtime; None: one a core.

    Raises:
        RareError: rapidocr is not installed, or ``model`` is no file that it can use.
    """

    def __init__(
        self,
        model: str | os.PathLike | None = None,
        options: DetectorOptions | None = None,
        *,
        num_threads: int | None = None,
    ):
        if model is not None and not (Path(model).is_file() and Path(model).suffix == ".onnx"):
            raise RareError(f"{model}: no .onnx file of a detector; Paddle's need conversion with paddle2onnx")
        self._num_threads = num_threads
        self._options = options or DetectorOptions()
        self._settings: dict[str, Any] = asdict(self._options)
        self._settings["model_path"] = os.path.abspath(model) if model else None
        self._of_thread = threading.local()  # a TextDetector keeps what belongs to a call, so each thread has its own
        self._own()  # what is missing is said now

    def find_words(self, image: np.ndarray) -> list[np.ndarray]:
        """See ``Detector``. Of what would be more than 4 million pixels, or than the square of
        ``limit_side_len``, a smaller copy is looked at.
        """
        detector = self._own()
        scale = _bounded_scale(image.shape[0], image.shape[1], self._options)
        detector.limit_side_len, detector.limit_type = self._options.limit_side_len, self._options.limit_type
        if scale is not None:
            height, width = (max(1, round(side * scale)) for side in image.shape[:2])
            image = resize(image, width, height, "area")
            detector.limit_side_len, detector.limit_type = min(image.shape[:2]), "min"  # as it is now
        boxes = detector(image).boxes
        return [] if boxes is None else [np.asarray(box, np.float32) / np.float32(scale or 1) for box in boxes]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_of_thread"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._of_thread = threading.local()

    def _own(self) -> Any:
        """The detector of this thread."""
        if not hasattr(self._of_thread, "detector"):
            self._of_thread.detector = _open(self._settings, self._num_threads)
        return self._of_thread.detector


def _bounded_scale(height: int, width: int, options: DetectorOptions) -> float | None:
    """By what a photograph is resized so that the network sees no more than may be; None where the options alone do so.

    Args:
        height: of the photograph, in pixels.
        width: likewise.
        options: of the detector, whose enlarging has no bound for what is long and narrow.
    """
    if options.limit_type == "min":
        wanted = max(1.0, options.limit_side_len / min(height, width))
    else:
        wanted = min(1.0, options.limit_side_len / max(height, width))
    most = math.sqrt(max(_MAX_PIXELS, options.limit_side_len**2) / (height * width))
    return most if wanted > most else None


def _open(settings: dict[str, Any], num_threads: int | None) -> Any:
    """A TextDetector of rapidocr.

    Args:
        settings: that replace those of rapidocr's section ``Det``.
        num_threads: see ``RapidDetector``.
    """
    try:
        import rapidocr
        from rapidocr.ch_ppocr_det import TextDetector
        from rapidocr.utils.parse_parameters import ParseParams
    except ImportError as error:
        raise RareError("finding words needs rapidocr 3.10 or later: pip install 'ppocr_rare[photo]'") from error
    logging.getLogger("RapidOCR").setLevel(logging.WARNING)  # it tells of every model that it opens
    folder = Path(rapidocr.__file__).parent
    config = ParseParams.load(folder / "config.yaml")
    section = config.Det
    section.engine_cfg = config.EngineConfig[section.engine_type.value]
    if num_threads is not None:
        section.engine_cfg.intra_op_num_threads = num_threads
    section.update(settings)
    # Named as a file, the model is never downloaded.
    section.model_path = settings["model_path"] or str(folder / "models" / _MODEL)
    try:
        return TextDetector(section)
    except Exception as error:  # ONNX Runtime and rapidocr raise classes of their own, for all kinds of damage
        raise RareError(f"{section.model_path} cannot be opened as a detector: {error}") from error
