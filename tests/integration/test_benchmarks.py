"""benchmarks/: the reference gives our results, and the scripts run and print their tables. No time is judged."""

import subprocess
import sys

import numpy as np
import paddle
import pytest
from material import CONFIG, ROOT
from parity.data import model_weights

from benchmarks.reference import use_reference_arithmetic
from benchmarks.train_step import TrainStep
from ppocr_rare import build_model, load_config
from ppocr_rare.data.synth.style import LAYOUTS
from ppocr_rare.errors import ConfigError

CONFIGS = ("rec_mv3_tps_bilstm_att", "rec_r34_vd_tps_bilstm_att")

pytestmark = pytest.mark.slow


def with_weights(model, name):
    model.set_state_dict(model_weights.state(name))
    return model


@pytest.fixture(scope="module", params=CONFIGS)
def pair(request, config_path):
    """Our network and the reference, with the same weights."""
    config = load_config(config_path(request.param))
    reference = use_reference_arithmetic(build_model(config))
    return with_weights(build_model(config), request.param), with_weights(reference, request.param)


def test_reference_has_our_parameters_and_results(pair):
    ours, reference = pair
    assert list(reference.state_dict()) == list(ours.state_dict())
    images = paddle.to_tensor(model_weights.images(3))
    for model in pair:
        model.eval()
    with paddle.no_grad():
        np.testing.assert_allclose(reference(images).numpy(), ours(images).numpy(), rtol=0, atol=1e-5)


def test_reference_gets_our_gradients(config_path):
    gradients = []
    for change in (lambda model: model, use_reference_arithmetic):
        model = with_weights(change(build_model(load_config(config_path(CONFIGS[0])))), CONFIGS[0])
        model.train()
        columns = paddle.to_tensor(np.random.default_rng(0).standard_normal((2, 5, 192), dtype=np.float32))
        model.head(columns, None).square().mean().backward()
        gradients.append({name: parameter.grad.numpy() for name, parameter in model.head.named_parameters()})
    for name, value in gradients[0].items():
        np.testing.assert_allclose(gradients[1][name], value, rtol=1e-3, atol=1e-5, err_msg=name)


def test_reference_becomes_a_static_graph_for_any_batch():
    reference = with_weights(use_reference_arithmetic(build_model(load_config(CONFIG))), CONFIGS[0])
    reference.eval()
    images = paddle.to_tensor(model_weights.images(3))
    expected = reference(images).numpy()
    spec = paddle.static.InputSpec([None, 3, 32, 100])
    static = paddle.jit.to_static(reference, input_spec=[spec], full_graph=True)
    np.testing.assert_allclose(static(images).numpy(), expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(static(images[:1]).numpy(), expected[:1], rtol=0, atol=1e-5)


def output_of(name, *arguments):
    command = [sys.executable, ROOT / "benchmarks" / f"{name}.py", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_bench_train():
    out = output_of("bench_train", "-c", CONFIG, "--batch_size", 2, "--rounds", 1, "--threads", 1, "--profile")
    rows = [line.split(" | ")[1] for line in out.splitlines() if line.startswith(f"| {CONFIG.stem}")]
    assert rows == ["PaddleOCR's arithmetic", "ours", "ours, teacher forcing"]
    stages = [line.split()[1] for line in out[out.index("| stage") :].splitlines()[2:]]
    assert stages == ["transform", "backbone", "neck", "head", "loss", "update"]
    assert "GFLOP/s in a matrix product" in out


def test_a_loss_that_needs_more_than_labels_is_refused():
    with pytest.raises(ConfigError, match="for AttentionLoss alone, got ColumnAttentionLoss"):
        TrainStep(load_config(ROOT / "configs" / "rec" / "rec_mv3_tps_bilstm_att_synth.yml"), 2)
    with pytest.raises(ConfigError, match="fiducial_weight: a made-up batch has labels alone"):
        TrainStep(load_config(ROOT / "configs" / "rec" / "rec_mv3_tps_bilstm_att_rectify.yml"), 2)


def test_bench_loader():
    out = output_of(
        "bench_loader", "--samples", 24, "--batch_size", 8, "--workers", 0, 1, "--rounds", 1, "--threads", 1
    )
    rows = [line.split(" | ")[0] for line in out.splitlines() if line.startswith(("| loader", "| training"))]
    assert rows == ["| loader, 0 workers", "| loader, 1 workers", f"| training step of {CONFIG.stem}"]


def test_bench_render():
    out = output_of("bench_render", "--num", 3, "--height", 32, 48, "--batch_size", 2, "--rounds", 1)
    rates, stages = ([line.split(" | ") for line in part.splitlines()[2:]] for part in out.split("\n\n"))
    rows = ["renderer, 32 pixels high", "renderer, 48 pixels high", f"training step of {CONFIG.stem}"]
    assert [name for name, _ in rates] == rows and all(rate.isdigit() for _, rate in rates)
    assert "camera" in dict(stages)


def test_opening_of_a_simulated_data_set():
    assert output_of("bench_loader", "--simulate", 3000).startswith("3000 samples: opened after ")


def test_compare_switches():
    out = output_of(
        "compare_switches", "--num", 64, "--epochs", 1, "--every", 1, "--num_eval", 4, "--rows", "identity"
    )
    rows = [line.split(" | ") for line in out.splitlines()[2:]]
    assert [row[:2] for row in rows] == [["| identity", "1"], ["| identity", "2"]]
    assert all(0 <= float(row[3]) <= 1 for row in rows)


def test_compare_views(tmp_path):
    images = ROOT / "doc" / "imgs_words" / "en"
    (tmp_path / "labels.txt").write_text(f"{images}/word_1.png\tjoint\n{images}/word_3.png\tmarket\n")
    out = output_of("compare_views", tmp_path / "labels.txt", "--rounds", 1)
    rows = [line.strip("| ").split(" | ") for line in out.splitlines()[2:]]
    assert [rows[place][0] for place in (0, 1, -1)] == ["one look", "tall images turned", "all again"]
    assert sum("(the default)" in row[0] for row in rows) == 1
    assert all(accuracy == "100.0 %" and int(speed) > 0 for _, accuracy, speed in rows)


def test_compare_curvature():
    rows = [line.split(" | ") for line in output_of("compare_curvature", "--num", 3).splitlines()[2:]]
    assert [row[0] for row in rows] == ["straight", "slanted", "curved"]
    assert sum(int(row[1]) for row in rows) == 3 * len(LAYOUTS)
    assert float(rows[0][2].rstrip("%")) > 50


def test_bench_rectifier():
    rows = [line.split(" | ") for line in output_of("bench_rectifier", "--num", 20).splitlines()[2:]]
    assert [row[0] for row in rows] == list(LAYOUTS)
    before, after = ({row[0]: float(row[place].split()[0]) for row in rows} for place in (1, 2))
    assert all(after[layout] < before[layout] / 1.5 for layout in ("rotated", "arc", "seal"))


def test_bench_serve():
    for name in ("fastapi", "uvicorn", "onnxruntime"):
        pytest.importorskip(name)
    out = output_of("bench_serve", "--num", 70, "--rounds", 1, "--clients", 2)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in out.splitlines()[4:]]
    first = ["bare, all at once", "bare, one by one", "1 client, nothing is read", "2 clients"]
    assert [row[0] for row in rows[:4]] == first and len(rows) == 5
    assert all(float(cell) > 0 for row in rows for cell in (row[1], row[3]))
    out = output_of("bench_serve", "--num", 10, "--memory", 1000)
    assert len(out.splitlines()[4:-2]) == 10 and "growth from 100 to 1000 requests" in out
