"""Loss and accuracy against steps for each switch of a training, on the same drawn words and the same seed.

The network begins with the shipped weights but for the part that a switch is about: for most a fresh head on columns
that are trained and held as they are, so that a few hundred steps on a CPU show what each does; for the grid that a
fresh transform starts from, a fresh transform and head. Prints a table; takes an hour on two processors.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
MODEL = "rec_mv3_tps_bilstm_att"
FORCED = ("Architecture.Head.teacher_forcing=True",)
WORDS_ALONE = (*FORCED, "Loss.ignore_padding=True")
MEAN = (*WORDS_ALONE, "Loss.reduction=mean")
AUGMENTED = (
    "Train.dataset.transforms=[{DecodeImage: {img_mode: BGR, channel_first: False}}, {RecAug: }, {AttnLabelEncode: },"
    " {RecResizeImg: {image_shape: [3, 32, 100]}}, {KeepKeys: {keep_keys: [image, label, length]}}]"
)
# Name: what is fresh, and the options.
ROWS = {
    "PaddleOCR's way": ("head", ()),
    "teacher_forcing": ("head", FORCED),
    "… + ignore_padding": ("head", WORDS_ALONE),
    "… + reduction: mean": ("head", MEAN),
    "… + label_smoothing: 0.1": ("head", (*MEAN, "Loss.label_smoothing=0.1")),
    "… + ema_decay: 0.98": ("head", (*MEAN, "Global.ema_decay=0.98")),
    "… + RecAug": ("head", (*MEAN, AUGMENTED)),
    "… + accumulate_steps: 2": ("head", (*MEAN, "Global.accumulate_steps=2")),
    "slanted lines": ("transform", MEAN),
    "identity": ("transform", (*MEAN, "Architecture.Transform.initial_fiducials=identity")),
}
HELD = {"head": "Global.freeze=[transform,backbone,neck]", "transform": "Global.freeze=null"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="NAME", help="default: all")
    parser.add_argument("--num", type=int, default=6400, help="words in an epoch (default: 6400)")
    parser.add_argument("--epochs", type=int, default=2, help="of each training (default: 2)")
    parser.add_argument("--every", type=int, default=100, help="steps between evaluations (default: 100)")
    parser.add_argument("--num_eval", type=int, default=400, help="words of each evaluation (default: 400)")
    return parser.parse_args()


def tool(name: str, *arguments) -> None:
    command = [sys.executable, ROOT / "tools" / name, *arguments]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip().splitlines()[-1]}")


def write_without(fresh: str, path: Path) -> Path:
    """Writes the shipped weights without the head, and without the transform if that is to be fresh."""
    from ppocr_rare.utils.checkpoint.pickle_file import read_state, write_state

    state = read_state(ROOT / "ppocr_rare" / "weights" / MODEL / "best_accuracy.pdparams")
    left_out = ("head.", "transform.") if fresh == "transform" else ("head.",)
    write_state(path, {name: value for name, value in state.items() if not name.startswith(left_out)})
    return path


def train(name: str, folder: Path, options) -> list[dict]:
    """The rows of a training's history."""
    fresh, switches = ROWS[name]
    weights = write_without(fresh, folder / f"{fresh}.pdparams")
    settings = [
        "Global.use_gpu=False", f"Global.pretrained_model={weights}", f"Global.save_model_dir={folder / 'run'}",
        "Global.overwrite=True",
        f"Global.epoch_num={options.epochs}", f"Global.eval_batch_step=[0,{options.every}]", HELD[fresh],
        "Global.print_batch_step=10", "Optimizer.lr.learning_rate=0.004",
        f"Train.dataset.data_dir={folder / 'train'}", "Train.loader.batch_size_per_card=32",
        "Train.loader.num_workers=0", f"Eval.dataset.data_dir={folder / 'eval'}",
        "Eval.loader.batch_size_per_card=100", "Eval.loader.num_workers=0", *switches,
    ]  # fmt: skip
    tool("train.py", "-c", ROOT / "configs" / "rec" / f"{MODEL}.yml", "-o", *settings)
    with open(folder / "run" / "history.tsv", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def main():
    options = parse_arguments()
    print("| switch | step | loss of the steps before | accuracy | 1-NED |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, num, seed in (("train", options.num, 0), ("eval", options.num_eval, 9)):
            tool("synthesize.py", "--out", folder / part, "--num", num, "--seed", seed, "--fonts", "shipped")
        for row in options.rows:
            loss = ""
            for point in train(row, folder, options):
                if point["kind"] == "train":
                    loss = point["loss"]
                else:
                    accuracy, similarity = float(point["acc"]), float(point["norm_edit_dis"])
                    cells = row, point["global_step"], loss, f"{accuracy:.3f}", f"{similarity:.3f}"
                    print(f"| {' | '.join(cells)} |", flush=True)
            (folder / "run" / "history.tsv").unlink()


if __name__ == "__main__":
    run(main)
