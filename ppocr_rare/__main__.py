"""RARE scene-text recognition: ppocr_rare COMMAND --help, or python -m ppocr_rare COMMAND --help, tells more of each.

The commands are the files of tools/, which come with the package; so do the configurations: -c NAME.yml finds them.
"""

import argparse
import ast
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import cast

from ppocr_rare.utils.shipped import shipped

COMMANDS = {
    "read": "read.py",
    "spot": "infer/predict_system.py",
    "visualize": "visualize.py",
    "train": "train.py",
    "eval": "eval.py",
    "infer": "infer_rec.py",
    "export": "export_model.py",
    "export_onnx": "export_onnx.py",
    "predict": "infer/predict_rec.py",
    "serve": "serve.py",
    "calibrate": "calibrate.py",
    "doctor": "doctor.py",
    "synthesize": "synthesize.py",
    "create_lmdb": "create_lmdb.py",
    "batch": "batch.py",
    "crop": "crop_words.py",
    "crop_words": "crop_words.py",
    "prepare_benchmark": "prepare_benchmark.py",
    "models": "models.py",
    "version": "version.py",
}

EXAMPLES = """examples:
  ppocr_rare read word.png                                    the shipped weights, no set-up
  ppocr_rare read words/ --lexicon streets.txt --top_k 3      of known words, with the next best
  ppocr_rare spot --image_dir street.jpg                      the words of a whole photograph
  ppocr_rare visualize words/ --out pictures                  how they were read
  ppocr_rare serve --port 8866                                words over HTTP
  ppocr_rare train -c rec_mv3_tps_bilstm_att_synth.yml -o Global.use_gpu=False
  ppocr_rare export -c config.yml -o Global.pretrained_model=best_accuracy Global.save_inference_dir=model
  ppocr_rare predict --image_dir=words/ --rec_model_dir=model
"""


def script(command: str) -> Path:
    """The file of a command."""
    return shipped(f"tools/{COMMANDS[command]}")


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {command:18}{_first_line(script(command))}" for command in COMMANDS]
    parser = argparse.ArgumentParser(
        prog="python -m ppocr_rare",
        usage="%(prog)s COMMAND [options of the command]",
        description=__doc__,
        epilog="\n".join(["commands:", *lines, "", EXAMPLES]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="what to do; see below")
    return parser


def main() -> None:
    """Runs the command that the first argument names, with the others, as if its file had been called."""
    command = _parser().parse_args(sys.argv[1:2]).command
    path = script(command)
    sys.argv = [f"python -m ppocr_rare {command}", *sys.argv[2:]]
    # As runpy.run_path would, which puts a name of its own for sys.argv[0], and so into the help.
    loader = SourceFileLoader("__main__", str(path))
    spec = cast(ModuleSpec, spec_from_loader("__main__", loader))  # None only where there is no loader
    loader.exec_module(module_from_spec(spec))


if __name__ == "__main__":
    main()
