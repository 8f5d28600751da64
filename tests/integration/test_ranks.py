"""How a training on two processes, and one with processes that read, ends when something happens to one of them."""

import os
import signal
import subprocess
import time

import pytest
from material import ROOT
from word_training import launch, options, start, wait_for_step

ENDLESS = ("Global.epoch_num=1000", "Global.save_batch_step=100000", "Global.eval_batch_step=100000")
SMALL = ("Train.loader.batch_size_per_card=3", "Global.accumulate_steps=1", *ENDLESS)

# Rank 1 gets a loss that is no number at its second update.
NAN_ON_ONE_RANK = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
sys.argv[0] = "train.py"
from ppocr_rare.losses import AttentionLoss
import paddle.distributed as dist
forward, calls = AttentionLoss.forward, []
def spoilt(self, logits, batch):
    calls.append(1)
    factor = float("nan") if dist.get_rank() == 1 and len(calls) == 2 else 1.0
    return {{"loss": forward(self, logits, batch)["loss"] * factor}}
AttentionLoss.forward = spoilt
from tools.train import main
from ppocr_rare.utils.cli import run
run(main)
"""

# The first writes slowly: the launcher has the time to end it, should another one fail.
SLOW_REPORT = f"""
import os, sys, time
sys.path.insert(0, {str(ROOT)!r})
from ppocr_rare.engine.evaluate.report import WrongWords
page = WrongWords.page
def slow(self, *arguments):
    time.sleep(8 * (os.environ["PADDLE_TRAINER_ID"] == "0"))
    return page(self, *arguments)
WrongWords.page = slow
from tools.eval import main
from ppocr_rare.utils.cli import run
run(main)
"""


def pid_of_rank(rank, folder):
    found = subprocess.run(["pgrep", "-f", f"train.py.*{folder}"], capture_output=True, text=True, check=True).stdout
    for pid in found.split():
        with open(f"/proc/{pid}/environ", "rb") as file:
            if f"PADDLE_TRAINER_ID={rank}".encode() in file.read().split(b"\0"):
                return int(pid)
    raise AssertionError(f"no rank {rank} in {found.split()}")


@pytest.fixture
def launched(tmp_path):
    """``launch`` in the test's folder; what still runs behind the test is ended."""
    processes = []

    def launched(*arguments):
        processes.append(launch(tmp_path, *arguments))
        return processes[-1]

    yield launched
    for process in processes:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.slow
def test_one_that_dies_ends_the_run_which_goes_on_from_a_checkpoint(launched, tmp_path, rank):
    """Nothing hangs and nothing is torn; that the others also save and say why needs luck on a busy machine.

    One that dies within an exchange takes the others with it, in gloo; the launcher, too, may end them first.
    """
    folder = tmp_path / "run"
    process = launched("train.py", *options(folder, *SMALL, "Global.save_batch_step=1"))
    wait_for_step(process, 2)
    os.kill(pid_of_rank(rank, folder), signal.SIGKILL)
    began = time.monotonic()
    process.communicate(timeout=120)
    assert process.returncode != 0 and time.monotonic() - began < 60
    again = launched("train.py", *options(folder, *SMALL, f"Global.checkpoints={folder / 'latest'}"))
    wait_for_step(again)
    told = (folder / "train.log").read_text()
    assert f"goes on from {folder / 'latest'}" in told


@pytest.mark.slow
def test_an_evaluation_with_a_bad_sample_keeps_its_results_and_ends_with_1(launched, tmp_path):
    words = ROOT / "doc" / "imgs_words" / "en"
    lines = [f"{words}/word_{number}.png\tx" for number in range(1, 5)] + [f"{tmp_path}/bad.png\tx"] * 2
    (tmp_path / "bad.png").write_bytes(b"no image")
    (tmp_path / "labels.txt").write_text("\n".join(lines))
    weights = ROOT / "ppocr_rare" / "weights" / "rec_mv3_tps_bilstm_att"
    script = tmp_path / "slow_eval.py"
    script.write_text(SLOW_REPORT)
    process = launched(
        script, "-c", weights / "config.yml", "--save_pred", tmp_path / "pred.tsv",
        "--report", tmp_path / "wrong.html",
        "-o", f"Global.pretrained_model={weights / 'best_accuracy'}", "Eval.dataset.name=SimpleDataSet",
        "Eval.dataset.data_dir=/", f"Eval.dataset.label_file_list=[{tmp_path / 'labels.txt'}]",
        "Eval.loader.batch_size_per_card=1",
    )  # fmt: skip
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1, output
    texts = (tmp_path / "pred.tsv").read_text()
    assert all(f"word_{number}.png" in texts for number in range(1, 5)) and "coffee" in texts
    assert (tmp_path / "wrong.html").read_text().rstrip().endswith("</html>")
    told = "".join(path.read_text() for path in (tmp_path / "ranks").glob("workerlog.*"))
    assert "bad.png" in told and "weighted average" in told


def test_a_loss_that_is_not_finite_on_one_is_told_by_the_first(launched, tmp_path):
    script = tmp_path / "train_nan.py"
    script.write_text(NAN_ON_ONE_RANK)
    process = launched(script, *options(tmp_path / "run", *SMALL))
    process.communicate(timeout=120)
    assert process.returncode != 0
    log = (tmp_path / "run" / "train.log").read_text()
    assert "ERROR: the loss is nan at step 2; nothing was updated" in log and "samples of the batch: " in log


def test_a_signal_to_the_launcher_saves(launched, tmp_path):
    folder = tmp_path / "run"
    process = launched("train.py", *options(folder, *SMALL, "Train.loader.num_workers=2"))
    wait_for_step(process, 2)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)
    assert "stopped as asked (SIGTERM) at step" in (folder / "train.log").read_text()
    assert (folder / "latest.states").is_file()


def test_a_signal_to_the_whole_group_leaves_reading_to_the_end_and_saves(tmp_path):
    folder = tmp_path / "run"
    command = options(folder, *SMALL, "Train.loader.num_workers=2")
    process = start(ROOT / "tools" / "train.py", *command, start_new_session=True)
    wait_for_step(process, 2)
    os.killpg(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM, output
    assert "go on with" in output.splitlines()[-1] and (folder / "latest.states").is_file()
