"""tools/doctor.py: the exit code says whether training can start, and the report why not."""

import pytest
from material import CONFIG, ROOT, png, word_image, write_lmdb


@pytest.fixture
def data_dir(tmp_path):
    """Twelve words in one LMDB."""
    samples = [(png(word_image(number)), b"word%d" % number) for number in range(12)]
    return write_lmdb(tmp_path / "data" / "words", samples).parent


@pytest.fixture
def examine(run_tool, data_dir, tmp_path):
    """``examine("Global.x=1")`` runs the tool on that data, with these values beside."""

    def examine(*settings):
        return run_tool(
            "doctor", "-o", "Global.use_gpu=False", f"Train.dataset.data_dir={data_dir}",
            f"Eval.dataset.data_dir={data_dir}", "Train.loader.batch_size_per_card=3", "Train.loader.num_workers=0",
            "Eval.loader.num_workers=0", f"Global.save_model_dir={tmp_path}/output", *settings,
        )  # fmt: skip

    return examine


def lines_of(result, level):
    """Subject and message of the findings of a level."""
    return [line[len(level) :].strip() for line in result.lines if line.startswith(f"{level} ")]


def test_training_can_start(examine, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    result = examine()
    assert result.code == 0 and result.err == "" and "FAULT" not in result.out
    assert result.lines[-1].startswith("nothing stands against a start")
    subjects = {line.split("  ")[0] for line in lines_of(result, "ok")}
    assert {"config", "dictionary", "output", "Train samples", "Eval samples", "loader", "device"} <= subjects
    assert {"model", "dry step", "memory"} <= subjects
    assert "images/s" in result.out and "over 2 images" in result.out
    assert sorted(tmp_path.rglob("*")) == before  # nothing was written


def test_faults_of_configuration_data_and_weights_at_once(examine, data_dir, tmp_path):
    result = examine(
        "Global.epoch_num=many", "Loss.name=CTCLoss", f"Eval.dataset.data_dir={tmp_path}/none",
        f"Global.pretrained_model={tmp_path}/weights", "Train.loader.batch_size_per_card=100",
    )  # fmt: skip
    assert result.code == 1 and "Traceback" not in result.out + result.err
    faults = lines_of(result, "FAULT")
    assert [fault.split("  ")[0] for fault in faults] == ["config", "Train epoch", "Eval paths", "weights"]
    assert "Global.epoch_num" in result.out and "Loss.name" in result.out  # both in the details
    assert result.lines[-1].startswith("training cannot start: 4 faults, ")
    assert any("Train labels" in line for line in lines_of(result, "ok"))


def test_damaged_data(examine, data_dir):
    (data_dir / "words" / "data.mdb").write_bytes(b"damaged" * 1000)
    result = examine()
    assert result.code == 1
    faults = lines_of(result, "FAULT")
    assert [fault.split("  ")[0] for fault in faults] == ["Train samples", "Eval samples"]
    assert any(line.startswith("model ") for line in lines_of(result, "ok"))
    assert any(line.startswith("dry step") and "not checked" in line for line in lines_of(result, "note"))


def test_missing_dictionary(examine, tmp_path):
    result = examine(f"Global.character_dict_path={tmp_path}/none.txt")
    assert result.code == 1
    assert {fault.split("  ")[0] for fault in lines_of(result, "FAULT")} == {"config", "dictionary"}
    assert any(line.startswith("Train samples") for line in lines_of(result, "ok"))
    assert any(line.startswith("model") and "dictionary" in line for line in lines_of(result, "note"))


def test_no_configuration(run_process, tmp_path):
    result = run_process("doctor", "-c", tmp_path / "none.yml")
    assert result.code == 1 and result.lines[0].startswith("FAULT  config ") and "none.yml" in result.lines[0]
    assert result.lines[-1] == "training cannot start: 1 fault, 0 notes" and "Traceback" not in result.err


def test_configuration_for_reading(run_process, weights, tmp_path):
    text = CONFIG.read_text(encoding="utf-8")
    start, end = text.index("Train:\n"), text.index("Eval:\n")
    path = tmp_path / "config.yml"
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    result = run_process("doctor", "-c", path, "-o", f"Global.pretrained_model={weights}", cwd=ROOT)
    assert result.code == 0, result.out
    assert "not for training" in result.out and "weights  " in result.out and "dry step" not in result.out
