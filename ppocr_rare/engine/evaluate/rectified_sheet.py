"""A picture of what a rectifier does: drawn words with the points that it finds, and what TPS makes of them."""

import io
import os
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import paddle
from paddle import nn
from PIL import Image

from ppocr_rare.builder import build_model, build_operators
from ppocr_rare.config import load_config
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.imaug import DecodeImage, RecResizeImg
from ppocr_rare.data.synth.font_pool import SHIPPED
from ppocr_rare.data.synth_dataset import OnlineSynthDataSet
from ppocr_rare.engine.read.weights import find_model, load_weights
from ppocr_rare.errors import RareError
from ppocr_rare.utils.atomic import write_atomically
from ppocr_rare.utils.images import levels_of_input

# Words of each layout; straight ones have nothing to show.
SHOWN = {"arc": 4, "seal": 2, "wave": 2, "rotated": 2, "perspective": 1, "sheared": 1}
MIN_LETTERS = 5
_COLUMNS, _SCALE, _GAP = 2, 3, 12
_PAPER = 255
_NUM_COLOURS = 128  # of the file, which is half as large so
_POINTS = ((0, 170, 0), (40, 40, 230))  # BGR: of the upper edge and the lower


def load_rectifier(model_dir: str | os.PathLike) -> tuple[nn.Layer, RecResizeImg]:
    """The transform of a trained network, for reading, and what brings images into its shape.

    Args:
        model_dir: see ``find_model``.

    Raises:
        RareError: there is no such model, or it has no transform.
    """
    config_file, weights = find_model(Path(model_dir))
    config = load_config(config_file, ["Global.use_gpu=False"])
    model = build_model(config)
    load_weights(model, weights)
    model.eval()
    if model.transform is None:
        raise RareError(f"{config_file}: the network has no transform")
    operators = build_operators(config, "Eval", with_labels=False)
    return model.transform, next(one for one in operators if isinstance(one, RecResizeImg))


def write_rectified(path: str | os.PathLike, model_dir: str | os.PathLike) -> None:
    """Writes the picture as PNG.

    Args:
        path: of the picture.
        model_dir: of the network, see ``find_model``.

    Raises:
        RareError: there is no such model, or the picture cannot be written.
    """
    transform, resizing = load_rectifier(model_dir)
    words = [image for seed, layout in enumerate(SHOWN) for image in _words(layout, seed, resizing)]
    cells = [_cell(image, transform) for image in words]
    rows = [np.concatenate(cells[i : i + _COLUMNS], axis=1) for i in range(0, len(cells), _COLUMNS)]
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        png = io.BytesIO()
        sheet = Image.fromarray(np.concatenate(rows)[:, :, ::-1])
        sheet.quantize(_NUM_COLOURS, dither=Image.Dither.NONE).save(png, "PNG", optimize=True)
        write_atomically(path, [png.getvalue()])
    except OSError as error:
        raise RareError(f"{path} cannot be written: {error.strerror}") from error


def _words(layout: str, seed: int, resizing: RecResizeImg) -> list[np.ndarray]:
    """Network inputs, float32 [3, H, W], of drawn words of a layout that are long enough to show it."""
    source: dict[str, Any] = {"charset": Charset.from_file(None), "transforms": [DecodeImage("BGR"), resizing]}
    drawn = OnlineSynthDataSet(100, fonts=SHIPPED, layouts=[layout], effects=[], seed=seed, **source)
    long_enough = (index for index in range(len(drawn)) if len(drawn.read_text(index)) >= MIN_LETTERS)
    return [list(drawn.stages(index))[-1]["image"] for index in islice(long_enough, SHOWN[layout])]


@paddle.no_grad()
def _cell(image: np.ndarray, transform: nn.Layer) -> np.ndarray:
    """A word with its points, and what becomes of it, uint8 [H, W, 3]."""
    tensor = paddle.to_tensor(image[None])
    points = transform.loc_net(tensor)
    rectified = transform.rectify(tensor, points).numpy()[0]
    shown = [cv2.resize(levels_of_input(one), None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_CUBIC)
             for one in (image, rectified)]  # fmt: skip
    border = (_GAP, _GAP, _GAP, _GAP)
    before, after = (cv2.copyMakeBorder(one, *border, cv2.BORDER_CONSTANT, value=(_PAPER,) * 3) for one in shown)
    pixels = (points.numpy()[0] + 1) / 2 * (np.array(image.shape[:0:-1]) - 1) + 0.5
    for colour, edge in zip(_POINTS, np.split(pixels, 2), strict=True):
        for x, y in np.rint(edge * _SCALE + _GAP).astype(int).tolist():
            cv2.circle(before, (x, y), 3, colour, -1, cv2.LINE_AA)
    return np.concatenate([before, after], axis=1)
