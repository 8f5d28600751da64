"""Converts a model that export_model.py wrote to ONNX: model.onnx beside it, tried in ONNX Runtime.

--int8 writes model_int8.onnx as well, quantised for CPUs, and prints what that costs.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model_dir", type=Path, required=True, metavar="DIR", help="what export_model.py wrote")
    parser.add_argument("--opset_version", type=int, default=16, help="of ONNX, at least 16 (default: 16)")
    parser.add_argument("--int8", action="store_true", help="write model_int8.onnx, too")
    args = parser.parse_args()
    if args.opset_version < 16:
        parser.error("--opset_version must be at least 16: GridSample is not in earlier ones")
    # Imported here, so that --help and a mistyped option do not wait for Paddle.
    from ppocr_rare.engine.export.onnx_export import convert_to_onnx

    difference = convert_to_onnx(args.model_dir, args.opset_version)
    print(f"{args.model_dir / 'model.onnx'}\nlargest difference from Paddle Inference: {difference:.1e}")
    if args.int8:
        from ppocr_rare.engine.export.onnx_quantize import quantize

        result = quantize(args.model_dir)
        print(
            f"{args.model_dir / 'model_int8.onnx'}\nof {result.num_words} rendered words int8 reads "
            f"{result.int8_accuracy:.1%}, fp32 {result.fp32_accuracy:.1%}; {result.num_changed} differently; "
            f"{result.int8_bytes / 1e6:.1f} MB instead of {result.fp32_bytes / 1e6:.1f} MB"
        )


if __name__ == "__main__":
    run(main)
