"""Answers over HTTP: images are sent, words come back. Needs ppocr_rare[serve].

  ppocr_rare serve                                               the shipped weights, at http://127.0.0.1:8866
  ppocr_rare serve --rec_model_dir inference/rec_rare --port 9000
  curl -F files=@word.png http://127.0.0.1:8866/read             {"words":[{"text":"word","score":0.98}]}

In a browser that address is a page for people. Clients, limits and what is watched: deploy/serving/README.md. SIGTERM
and Ctrl-C stop it when all is answered.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.errors import RareError
from ppocr_rare.utils.cli import add_engine_flags, add_look_flags, run


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--rec_model_dir", metavar="DIR", help="what export_model.py or train.py wrote, or a .onnx file; else shipped")
    add_engine_flags(parser)
    add("--host", default="127.0.0.1", help="address to listen at; 0.0.0.0 for all (default: 127.0.0.1)")
    add("--port", type=int, default=8866, help="0 for any that is free, which the log names (default: 8866)")
    add("--max_body_mb", type=int, default=32, metavar="N", help="MiB of one request (default: 32)")
    add("--max_images", type=int, default=256, metavar="N", help="of one request (default: 256)")
    add("--max_pixels", type=int, default=16_000_000, metavar="N", help="of one image (default: 16000000)")
    add("--max_queue", type=int, default=1024, metavar="N", help="images that may wait, of all (default: 1024)")
    add("--body_timeout", type=float, default=20.0, metavar="S", help="seconds for a body to arrive (default: 20)")
    add("--cors_origin", nargs="+", default=[], metavar="URL", help="sites whose scripts may ask: https://example.org")
    add_look_flags(parser, rotate_tall=True, views="doubtful")
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    # Imported here, so that --help and a mistyped option do not wait for them.
    from ppocr_rare.engine.read.recognizer import TextRecognizer
    from ppocr_rare.serve.limits import MIB, Limits

    try:
        from ppocr_rare.serve.server import serve
    except ModuleNotFoundError as error:
        raise RareError(f"{error.name} is not installed: pip install 'ppocr_rare[serve]'") from error
    body, images = args.max_body_mb * MIB, args.max_images
    limits = Limits(body, max(8 * body, 256 * MIB), images, args.max_pixels, args.max_queue, args.body_timeout)
    options = {name: getattr(args, name) for name in ("engine", "precision", "rotate_tall", "views")}
    model = args.rec_model_dir
    recognizer = TextRecognizer(model, **options) if model else TextRecognizer.from_pretrained(**options)
    serve(recognizer, limits, args.host, args.port, args.cors_origin)


if __name__ == "__main__":
    run(main)
