"""Trainings of a small network on the ten demo words, by the tools, in processes of their own."""

import os
import subprocess
import sys

from material import CONFIG, ROOT

WORDS = ROOT / "doc" / "imgs_words" / "en"


def options(folder, *more):
    """A small network on the ten demo words: two steps of two batches an epoch, three epochs, saved at each step."""
    values = [
        "Global.use_gpu=False",
        f"Global.save_model_dir={folder}",
        "Global.epoch_num=3",
        "Global.print_batch_step=1",
        "Global.save_batch_step=1",
        "Global.eval_batch_step=4",
        "Architecture.Backbone.scale=0.35",
        "Architecture.Neck.hidden_size=16",
        "Architecture.Head.hidden_size=16",
        "Global.accumulate_steps=2",
        "Global.ema_decay=0.9",
        "Train.loader.batch_size_per_card=3",
        "Train.loader.drop_last=False",
    ]
    for section in ("Train", "Eval"):
        values += [
            f"{section}.dataset.name=SimpleDataSet",
            f"{section}.dataset.data_dir={WORDS}",
            f"{section}.dataset.label_file_list=[{WORDS / 'labels.txt'}]",
            f"{section}.loader.num_workers=0",
        ]
    return ["-c", str(CONFIG), "-o", *values, *more]


def start(*arguments, **settings):
    """A Python process whose messages can be read line by line."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}  # Paddle's launcher would keep the lines until it has 8 KB
    return subprocess.Popen([sys.executable, *arguments], env=environment, **streams, **settings)


def train(folder, *more):
    return start(ROOT / "tools" / "train.py", *options(folder, *more))


def wait_for_step(process, step=""):
    """Reads what a training prints until it has done a step; any, if none is said."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if f"global_step: {step}" in line:
            return
    raise AssertionError("".join(lines))


def launch(tmp_path, tool, *arguments):
    """A tool, or another program's file, in two processes on this machine."""
    launcher = ("-m", "paddle.distributed.launch", "--nproc_per_node", "2", "--log_dir", tmp_path / "ranks")
    return start(*launcher, ROOT / "tools" / tool, *arguments)
