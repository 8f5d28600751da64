"""Exports a trained model: inference.json (inference.pdmodel with Paddle 2.6), inference.pdiparams, inference.yml.

Global.pretrained_model names the weights, Global.save_inference_dir the folder. Global.export_attention=True adds what
places of letters and other readings follow from: attention, fiducial points, and step.json, the decoder's step alone.
What was written is loaded and compared with the trained model.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import config_parser, run


def main() -> None:
    args = config_parser(__doc__).parse_args()
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.config import load_config
    from ppocr_rare.engine.export.exporter import export_model
    from ppocr_rare.engine.read.weights import pretrained_weights
    from ppocr_rare.errors import RareError

    config = load_config(args.config, args.opt)
    folder = config["Global"]["save_inference_dir"]
    if not folder:
        raise RareError("no folder to write to: say -o Global.save_inference_dir=DIR")
    result = export_model(config, pretrained_weights(config), folder)
    for file in result.files:
        print(file)
    print(
        f"largest difference from the trained model, {result.num_images} images: {result.largest_difference:.1e}; "
        f"with oneDNN {result.largest_difference_mkldnn:.1e}"
    )


if __name__ == "__main__":
    run(main)
