import io
import logging
import re
import statistics
import sys

import pytest

from ppocr_rare.engine.train import display
from ppocr_rare.engine.train.display import StepRecord, TrainLog
from ppocr_rare.errors import RareError

STAMP = r"\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\] ppocr INFO: "


@pytest.fixture
def open_log(tmp_path):
    """``open_log(**changes)``: the log of 3 epochs of 25 steps, a line each 10 steps, that is closed at the end."""
    opened = []

    def open_log(**changes):
        arguments = {
            "folder": tmp_path, "epochs": 3, "steps_per_epoch": 25, "print_batch_step": 10, "smooth_window": 4,
            "has_scalars": False,
        }  # fmt: skip
        opened.append(TrainLog(**(arguments | changes)))
        return opened[-1]

    yield open_log
    for log in reversed(opened):
        log.close()


def record(step, **changes):
    values = {
        "epoch": (step - 1) // 25 + 1, "global_step": step, "loss": float(step), "acc": step / 100,
        "norm_edit_dis": step / 80, "lr": 0.0005, "reader_s": 0.25, "batch_s": 2.0, "num_samples": 32,
    }  # fmt: skip
    return StepRecord(**(values | changes))


def run(log, first, last, **changes):
    for step in range(first, last + 1):
        log.step(record(step, **changes))


def lines_of(folder, word="epoch: "):
    return [line for line in (folder / "train.log").read_text().splitlines() if word in line]


def test_line_is_paddleocrs(open_log, tmp_path):
    run(open_log(), 1, 10)
    (line,) = lines_of(tmp_path)
    # Medians of steps 7 to 10; 65 of 75 steps of 2 s are left.
    fields = (
        "epoch: [1/3], global_step: 10, lr: 0.000500, acc: 0.085000, norm_edit_dis: 0.106250, loss: 8.500000, "
        "avg_reader_cost: 0.25000 s, avg_batch_cost: 2.00000 s, avg_samples: 32.0, ips: 16.00000 samples/s, "
        "eta: 0:02:10"
    )
    assert re.fullmatch(STAMP + re.escape(fields), line)


def test_line_without_metrics(open_log, tmp_path):
    run(open_log(), 1, 10, acc=None, norm_edit_dis=None)
    assert "lr: 0.000500, loss: 8.500000, avg_reader_cost" in lines_of(tmp_path)[0]


def test_lines_each_ten_steps_and_at_the_end_of_an_epoch(open_log, tmp_path):
    log = open_log()
    run(log, 1, 20)
    run(log, 21, 30, num_samples=16, batch_s=4.0)
    lines = lines_of(tmp_path)
    assert [re.search(r"epoch: \[\d/3\], global_step: \d+", line).group() for line in lines] == [
        "epoch: [1/3], global_step: 10", "epoch: [1/3], global_step: 20", "epoch: [1/3], global_step: 25",
        "epoch: [2/3], global_step: 30",
    ]  # fmt: skip
    # The averages are of the five steps since the line before.
    assert "avg_batch_cost: 4.00000 s, avg_samples: 16.0, ips: 4.00000 samples/s" in lines[2]
    # 45 steps left at (20 * 2 + 10 * 4) / 30 s.
    assert lines[3].endswith("eta: 0:02:00")


def test_window_is_a_median(open_log, tmp_path):
    losses = [3.0, 1.0, 100.0, 2.0, 50.0, 4.0, 9.0, 1e6, 5.0, 7.0]
    log = open_log(smooth_window=5)
    for step, loss in enumerate(losses, start=1):
        log.step(record(step, loss=loss))
    assert statistics.median(losses[-5:]) == 7.0
    assert "loss: 7.000000," in lines_of(tmp_path)[0]


def test_memory_of_the_gpu(open_log, tmp_path, monkeypatch):
    monkeypatch.setattr(display.paddle, "get_device", lambda: "gpu:0")
    monkeypatch.setattr(display.paddle.device.cuda, "max_memory_reserved", lambda: 1886 * 2**20 + 5)
    monkeypatch.setattr(display.paddle.device.cuda, "max_memory_allocated", lambda: 1842 * 2**20)
    run(open_log(), 1, 10)
    run(open_log(print_mem_info=False), 1, 10)
    first, _, last = lines_of(tmp_path)  # while both logs are open, both files get the message
    assert first.endswith("eta: 0:02:10, max_mem_reserved: 1886 MB, max_mem_allocated: 1842 MB")
    assert last.endswith("eta: 0:02:10")


def test_evaluation(open_log, tmp_path):
    log = open_log()
    run(log, 1, 20)
    best = {"acc": 0.5, "norm_edit_dis": 0.75, "best_epoch": 1}
    log.evaluation(20, 1, {"acc": 0.5, "norm_edit_dis": 0.75, "fps": 100.0}, True, best)
    assert re.fullmatch(STAMP + "cur metric, acc: 0.5, norm_edit_dis: 0.75, fps: 100.0", lines_of(tmp_path, "cur")[0])
    assert re.fullmatch(
        STAMP + "best metric, acc: 0.5, norm_edit_dis: 0.75, best_epoch: 1", lines_of(tmp_path, "best")[0]
    )
    assert (tmp_path / "train.png").read_bytes().startswith(b"\x89PNG")
    assert steps_of(tmp_path) == [("train", 10), ("train", 20), ("eval", 20)]


def steps_of(folder):
    rows = [row.split("\t") for row in (folder / "history.tsv").read_text().splitlines()[1:]]
    return [(row[0], int(row[1])) for row in rows]


def test_resume_forgets_what_came_behind_the_checkpoint(open_log, tmp_path):
    log = open_log()
    run(log, 1, 40)
    log.evaluation(40, 2, {"acc": 0.5}, True, {"acc": 0.5})
    log.close()
    with open(tmp_path / "history.tsv", "a") as file:
        file.write("train\t45\t2\t3.2")  # killed here
    log = open_log()
    log.resume(23)
    run(log, 24, 31)
    assert steps_of(tmp_path) == [("train", 10), ("train", 20), ("train", 25), ("train", 30)]
    # 45 steps are left of the whole training, not of what this process does.
    assert lines_of(tmp_path)[-1].endswith("eta: 0:01:30")


def test_curves_of_a_resumed_training_are_those_of_a_whole_one(open_log, tmp_path):
    run(open_log(folder=tmp_path / "whole"), 1, 40)
    recent = {}
    log = open_log(folder=tmp_path / "parts")
    log.resume(0, recent)
    run(log, 1, 28)
    at_checkpoint = {name: list(values) for name, values in recent.items()}
    log.close()
    log = open_log(folder=tmp_path / "parts")
    log.resume(28, at_checkpoint)
    run(log, 29, 40)
    assert (tmp_path / "parts/history.tsv").read_text() == (tmp_path / "whole/history.tsv").read_text()


def test_without_resume_the_curves_begin_anew(open_log, tmp_path):
    log = open_log()
    run(log, 1, 40)
    log.close()
    log = open_log()
    run(log, 1, 10)
    assert steps_of(tmp_path) == [("train", 10)]
    assert len(lines_of(tmp_path)) == 6  # the log keeps both


def test_history_stays_small(open_log, tmp_path):
    log = open_log(epochs=1, steps_per_epoch=10**6)
    run(log, 1, 1000)
    assert steps_of(tmp_path) == [("train", step) for step in range(200, 1001, 200)]  # 10**6 / 200 = 5,000 points


def test_scalars(open_log, tmp_path, monkeypatch):
    written = []

    class Writer:
        def __init__(self, folder, first_step):
            written.append((folder.name, first_step))

        def write(self, global_step, values):
            written.append((global_step, values))

        def close(self):
            written.append("closed")

    monkeypatch.setattr(display, "ScalarWriter", Writer)
    log = open_log(has_scalars=True)
    log.resume(9)
    log.step(record(10, acc=None, norm_edit_dis=None))
    log.evaluation(10, 1, {"acc": 0.25, "fps": 9.0}, False, {"acc": 0.5})
    log.close()
    assert written == [
        ("scalars", 10),
        (10, {"TRAIN/lr": 0.0005, "TRAIN/loss": 10.0}),
        (10, {"EVAL/acc": 0.25, "EVAL/fps": 9.0, "EVAL/best_acc": 0.5}),
        "closed",
    ]


def test_without_tensorboard_one_line_says_so(open_log, tmp_path, monkeypatch):
    monkeypatch.setattr(display, "can_write", lambda: False)
    run(open_log(has_scalars=True), 1, 10)
    assert not (tmp_path / "scalars").exists()
    (line,) = lines_of(tmp_path, "tensorboard")
    assert line.endswith("use_visualdl needs tensorboard (pip install 'ppocr_rare[train]')")


def test_without_matplotlib_one_line_says_so(open_log, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    log = open_log()
    for step in (10, 20):
        run(log, step - 9, step)
        log.evaluation(step, 1, {"acc": 0.5}, True, {"acc": 0.5})
    assert len(lines_of(tmp_path, "pip install 'ppocr_rare[train]'")) == 1
    assert not (tmp_path / "train.png").exists()
    assert len(steps_of(tmp_path)) == 4


def test_curves_that_cannot_be_written_cost_no_training(open_log, tmp_path):
    (tmp_path / "history.tsv").mkdir()
    (tmp_path / "scalars").touch()
    log = open_log(has_scalars=True)
    run(log, 1, 10)
    log.evaluation(10, 1, {"acc": 0.5}, True, {"acc": 0.5})
    assert len(lines_of(tmp_path)) == 1
    assert all("WARNING: curves cannot be written" in line for line in lines_of(tmp_path, "WARNING"))


def test_folder_that_cannot_be_made(open_log, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RareError, match="train.log cannot be written: Not a directory"):
        open_log(folder=tmp_path / "file" / "run")


def test_close_leaves_no_handler(open_log, tmp_path):
    package = logging.getLogger("ppocr_rare")
    before = list(package.handlers)
    log = open_log()
    package.warning("a line from elsewhere, é")
    log.close()
    assert package.handlers == before
    assert (tmp_path / "train.log").read_text(encoding="utf-8").endswith("ppocr WARNING: a line from elsewhere, é\n")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_bar_on_a_terminal(open_log, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    log = open_log()
    log.resume(9)
    run(log, 10, 12)
    log.close()
    last = terminal.getvalue().rsplit("\r", 1)[-1]
    assert last.startswith("epoch 1/3  16%|")
    assert last.rstrip().endswith(
        "| 12/75, loss 11, acc 0.11, lr 0.0005, eta 0:02:06, 16 samples/s, reader 0.250 s, batch 2.000 s"
    )


def test_no_bar_elsewhere(open_log, capsys):
    run(open_log(), 1, 12)
    assert capsys.readouterr() == ("", "")
