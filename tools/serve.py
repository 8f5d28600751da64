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
from ppocr_rare.serve.flags import add_limit_flags, limits_of
from ppocr_rare.utils.cli import add_engine_flags, add_look_flags, run, true_or_false


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--rec_model_dir", metavar="DIR", help="what export_model.py or train.py wrote, or a .onnx file; else shipped")
    add_engine_flags(parser)
    add("--host", default="127.0.0.1", help="address to listen at; 0.0.0.0 for all (default: 127.0.0.1)")
    add("--port", type=int, default=8866, help="0 for any that is free, which the log names (default: 8866)")
    add("--use_gpu", type=true_or_false, default=False, help="read on an NVIDIA card (default: False)")
    add("--min_score", type=float, default=0.0, help="a word with a lower score is left empty (default: 0)")
    add("--workers", type=int, default=1, metavar="N", help="processes, each with its own model (default: 1)")
    add("--allowed_hosts", nargs="+", default=[], metavar="NAME", help="names to be asked by; at 127.0.0.1 its own")
    add("--cors_origin", nargs="+", default=[], metavar="URL", help="sites whose scripts may ask: https://example.org")
    add_limit_flags(parser)
    add_look_flags(parser, rotate_tall=True, views="doubtful")
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    # Imported here, so that --help and a mistyped option do not wait for them.
    from ppocr_rare.engine.read.recognizer import TextRecognizer

    try:
        from ppocr_rare.serve.server import Address, serve
    except ModuleNotFoundError as error:
        raise RareError(f"{error.name} is not installed: pip install 'ppocr_rare[serve]'") from error
    names = ("engine", "precision", "use_gpu", "min_score", "rotate_tall", "views")
    options = {name: getattr(args, name) for name in names} | {"cpu_threads": 1}  # as many readers as cores instead
    model = args.rec_model_dir
    recognizer = TextRecognizer(model, **options) if model else TextRecognizer.from_pretrained(**options)
    address = Address(args.host, args.port, args.cors_origin, args.allowed_hosts)
    serve(recognizer, limits_of(args), address, args.workers)


if __name__ == "__main__":
    run(main)
