"""How far the localization network's points lie from those that make a drawn word straight, a row a layout.

Pixels of the network's input, mean over the points of all words: those that lie in the image, and in brackets all; the
others lie behind the word's end, as a rule. The words have all effects, and none of them was trained on.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from ppocr_rare.utils.cli import run

BATCH = 100


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model_dir", metavar="DIR", help="of a training (default: the shipped weights)")
    parser.add_argument("--num", type=int, default=300, help="words of each layout (default: 300)")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing (default: 0)")
    return parser.parse_args()


def draw(layout: str, num: int, seed: int, resizing, num_fiducial: int) -> tuple[np.ndarray, np.ndarray]:
    """Images [n, 3, H, W] of a layout, and the points wanted [n, K, 2]."""
    from ppocr_rare.data.charset import Charset
    from ppocr_rare.data.imaug import DecodeImage, LocateFiducials
    from ppocr_rare.data.synth_dataset import OnlineSynthDataSet

    operators = [DecodeImage("BGR"), resizing, LocateFiducials(num_fiducial=num_fiducial)]
    charset = Charset.from_file(None)
    words = list(
        OnlineSynthDataSet(num, fonts="shipped", layouts=[layout], charset=charset, transforms=operators, seed=seed)
    )
    return tuple(np.stack([word[name] for word in words]) for name in ("image", "fiducials"))


def distances(found: np.ndarray, wanted: np.ndarray, height: int, width: int) -> str:
    """Mean distance in pixels of the points in the image and, in brackets, of all."""
    pixels = np.linalg.norm((found - wanted) * ((width - 1) / 2, (height - 1) / 2), axis=2)
    return f"{pixels[(np.abs(wanted) <= 1).all(axis=2)].mean():.2f} ({pixels.mean():.2f})"


def main() -> None:
    options = parse_arguments()
    import paddle

    from ppocr_rare.data.synth.style import LAYOUTS
    from ppocr_rare.engine.evaluate.rectified_sheet import load_rectifier
    from ppocr_rare.utils.shipped import PACKAGE
    from ppocr_rare.utils.thin_plate import base_fiducials

    transform, resizing = load_rectifier(options.model_dir or PACKAGE / "weights" / "rec_mv3_tps_bilstm_att")
    localization = transform.loc_net
    identity = base_fiducials(localization.num_fiducial)
    print("layout | the image as it is | these weights\n---|---|---")
    for layout in LAYOUTS:
        images, wanted = draw(layout, options.num, options.seed, resizing, localization.num_fiducial)
        with paddle.no_grad():
            parts = [localization(paddle.to_tensor(images[i : i + BATCH])) for i in range(0, len(images), BATCH)]
        found = paddle.concat(parts).numpy()
        size = images.shape[2:]
        row = distances(identity, wanted, *size), distances(found, wanted, *size)
        print(" | ".join((layout, *row)), flush=True)


if __name__ == "__main__":
    run(main)
