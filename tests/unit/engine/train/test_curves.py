import sys

import cv2
import numpy as np
import pytest

from ppocr_rare.engine.train import curves
from ppocr_rare.engine.train.curves import CurvePoint, History, can_draw, draw_curves

TRAIN_10 = CurvePoint("train", 10, 1, loss=48.5, lr=0.0005, acc=0.25, norm_edit_dis=0.5)
EVAL_10 = CurvePoint("eval", 10, 1, acc=0.125, norm_edit_dis=0.375, is_best=True)
TRAIN_20 = CurvePoint("train", 20, 2, loss=24.25, lr=0.00025)
POINTS = [TRAIN_10, EVAL_10, TRAIN_20]


@pytest.fixture
def history(tmp_path):
    history = History(tmp_path / "history.tsv")
    history.begin(0)
    for point in POINTS:
        history.add(point)
    return history


def test_history_is_readable_text(history):
    assert history.path.read_text() == (
        "kind\tglobal_step\tepoch\tloss\tlr\tacc\tnorm_edit_dis\tis_best\n"
        "train\t10\t1\t48.5\t0.0005\t0.25\t0.5\t0\n"
        "eval\t10\t1\t\t\t0.125\t0.375\t1\n"
        "train\t20\t2\t24.25\t0.00025\t\t\t0\n"
    )
    assert history.read() == POINTS


def test_no_file_is_no_points(tmp_path):
    assert History(tmp_path / "history.tsv").read() == []


@pytest.mark.parametrize(
    "step, kept", [(0, []), (9, []), (10, [TRAIN_10, EVAL_10]), (19, [TRAIN_10, EVAL_10]), (20, POINTS)]
)
def test_begin_forgets_what_comes_later(history, step, kept):
    history.begin(step)
    assert history.read() == kept
    history.add(EVAL_10)
    assert history.read() == [*kept, EVAL_10]


LAST = b"train\t20\t2\t24.25\t0.00025\t\t\t0\n"


@pytest.mark.parametrize("length", range(len(LAST)))
def test_a_last_line_cut_anywhere_is_passed_over(history, length):
    content = history.path.read_bytes()
    assert content.endswith(LAST)
    history.path.write_bytes(content[: -len(LAST)] + LAST[:length])
    assert history.read() == [TRAIN_10, EVAL_10]
    history.begin(100)
    history.add(TRAIN_20)
    assert history.read() == POINTS


@pytest.mark.parametrize(
    "line", [b"\0" * 4096, b"\xff\xfe\n", b"train\tten\t1\t\t\t\t\t0\n", b"walk\t10\t1\t\t\t\t\t0\n", b"\n"]
)
def test_a_line_of_another_kind_is_passed_over(history, line, caplog):
    history.path.write_bytes(history.path.read_bytes() + line)
    assert history.read() == POINTS
    assert "broken" in caplog.text


def test_figures_survive_at_full_use(tmp_path):
    history = History(tmp_path / "history.tsv")
    history.begin(0)
    history.add(
        CurvePoint("train", 10**9, 10**6, loss=1 / 3, lr=1e-12, acc=np.float32(0.1), norm_edit_dis=float("nan"))
    )
    (point,) = history.read()
    assert (point.loss, point.lr) == (pytest.approx(1 / 3, rel=1e-7), 1e-12)
    assert point.acc == pytest.approx(0.1) and np.isnan(point.norm_edit_dis)


def long_run():
    for step in range(1, 101):
        accuracy = step / 200
        yield CurvePoint("train", step, 1, loss=1000 / step, lr=step * 1e-5, acc=accuracy, norm_edit_dis=accuracy)
        if step % 20 == 0:
            yield CurvePoint("eval", step, 1, acc=accuracy / 2, norm_edit_dis=accuracy, is_best=step <= 80)


def colours(path):
    """How many pixels of a picture have each of the colours of its curves."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)[..., ::-1].astype(int)
    found = {}
    for name in ("LOSS", "TRAIN", "EVAL", "BEST"):
        colour = [int(getattr(curves, name)[i : i + 2], 16) for i in (1, 3, 5)]
        found[name] = int((np.abs(image - colour).max(axis=-1) < 8).sum())
    return found


def test_picture_has_its_size_and_its_curves(tmp_path):
    path = tmp_path / "train.png"
    draw_curves(long_run(), path)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert cv2.imread(str(path)).shape == (800, 1000, 3)
    assert min(colours(path).values()) > 30
    assert list(tmp_path.iterdir()) == [path]
    assert "matplotlib.pyplot" not in sys.modules


def test_best_is_marked_where_it_is(monkeypatch, tmp_path):
    from matplotlib.axes import Axes

    drawn = {}
    plot = Axes.plot

    def spy(axes, steps, values, **style):
        drawn[style.get("label", style["color"])] = (steps, values)
        return plot(axes, steps, values, **style)

    monkeypatch.setattr(Axes, "plot", spy)
    draw_curves(long_run(), tmp_path / "train.png", "acc")
    assert drawn["best: 0.2000 at step 80"] == ([80], [0.2])
    assert drawn["evaluation"] == ([20, 40, 60, 80, 100], [0.05, 0.1, 0.15, 0.2, 0.25])
    assert drawn["training"][1][:2] == [0.005, 0.01]
    assert drawn[curves.LOSS][1][:2] == [1000, 500]
    assert drawn[curves.RATE][1][-1] == pytest.approx(1e-3)


@pytest.mark.parametrize("points", [[], [EVAL_10], [TRAIN_20], [CurvePoint("train", 1, 1, loss=0.0, lr=0.0)]])
def test_hardly_any_points(points, tmp_path, recwarn):
    draw_curves(points, tmp_path / "train.png")
    assert cv2.imread(str(tmp_path / "train.png")).shape == (800, 1000, 3)
    assert [str(warning.message) for warning in recwarn if warning.category is UserWarning] == []


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert not can_draw()
