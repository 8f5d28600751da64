"""tools/eval.py --benchmark: its figures against an independent count of the predictions."""

import csv
import hashlib
import json
import re
from collections import Counter

import pytest
from material import CONFIG, png, word_image, write_lmdb

from ppocr_rare import TextRecognizer, load_config


@pytest.fixture(scope="session")
def data_dir(weights, tmp_path_factory):
    """Two data sets: SVTP_645 with all of its words, two thirds of them labelled as they are read, and ``few``."""
    recognizer = TextRecognizer(config=load_config(CONFIG), weights=weights, use_gpu=False, views=1)
    texts = [word.text or "x" for word in recognizer([word_image(number) for number in range(12)])]
    labels = [text if number % 3 else f"{text[:-1]}Q" for number, text in enumerate(texts)]
    samples = [(png(word_image(number)), label.encode()) for number, label in enumerate(labels)]
    root = tmp_path_factory.mktemp("sets")
    write_lmdb(root / "SVTP_645", (samples * 54)[:645])
    write_lmdb(root / "few", [*samples[:5], (b"no image", b"label"), (samples[0][0], b"!?")])
    return root


@pytest.fixture
def evaluate(run_tool, weights):
    def evaluate(data_dir, *arguments):
        return run_tool(
            "eval", "-o", "Global.use_gpu=False", f"Global.pretrained_model={weights}",
            f"Eval.dataset.data_dir={data_dir}", "Eval.loader.num_workers=0", *arguments,
        )  # fmt: skip

    return evaluate


@pytest.mark.slow
def test_every_figure_can_be_counted_again_from_the_predictions(evaluate, data_dir, weights, tmp_path):
    result = evaluate(data_dir, "--save_pred", tmp_path / "p.tsv", "--benchmark", tmp_path / "new" / "page")
    assert result.code == 1  # one sample is no image
    facts = json.loads((tmp_path / "new" / "page.json").read_text(encoding="utf-8"))

    def compared(text):
        return re.sub("[^0-9a-z]", "", text.lower())

    total, right, lengths = Counter(), Counter(), Counter()
    with open(tmp_path / "p.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        is_right = compared(row["text"]) == compared(row["label"])
        total[row["data_set"]] += 1
        right[row["data_set"]] += is_right
        lengths[min(len(compared(row["label"])), 16), is_right] += 1
    assert total == {"SVTP_645": 645, "few": 5}

    sets = {one["name"]: one for one in facts["sets"]}
    for name, one in sets.items():
        assert (one["count"], one["correct"]) == (total[name], right[name])
        assert one["accuracy"] == right[name] / total[name]
        assert one["interval_95"][0] < one["accuracy"] < one["interval_95"][1]
    assert (sets["SVTP_645"]["subset"], sets["few"]["subset"]) == ("SVTP_645", None)
    assert (sets["few"]["samples"], sets["few"]["excluded"]) == (7, 2)
    plain, weighted = facts["averages"]
    assert plain["accuracy"] == sum(one["accuracy"] for one in sets.values()) / 2
    assert (weighted["count"], weighted["correct"]) == (650, right.total())
    counted = {(one["length"], flag): number
               for one in facts["by_length"] for flag, number in (
                   (True, one["correct"]), (False, one["count"] - one["correct"])) if number}  # fmt: skip
    assert counted == dict(lengths)
    assert sum(one["count"] for one in facts["by_curvature"]) == 650
    assert sum(one["count"] for one in facts["confidence"]["reliability"]) == 650
    assert facts["confidence"]["risk_coverage"][0] == {"coverage": 1.0, "risk": pytest.approx(1 - right.total() / 650)}
    assert facts["rectifier"]["moved_px"] > 1 and facts["rectifier"]["differ_px"] < 1e-3  # untrained: slanted for all
    wrong = sorted((float(row["score"]) for row in rows if row["is_correct"] == "0"), reverse=True)
    assert [one["score"] for one in facts["worst"]] == wrong[:24]
    assert facts["model"]["sha256"] == hashlib.sha256(weights.with_name("tiny.pdparams").read_bytes()).hexdigest()
    for line in facts["notes"]:
        assert line in result.out
    assert any("not an image" in line for line in facts["notes"])


@pytest.mark.slow
def test_the_forms_agree_with_the_printed_table(evaluate, data_dir, tmp_path):
    result = evaluate(data_dir, "--benchmark", tmp_path)  # a folder
    correct, count = re.search(r"SVTP_645 .*\((\d+)/(\d+)\)", result.out).groups()
    percent = f"{100 * int(correct) / int(count):.2f}"
    markdown = (tmp_path / "benchmark.md").read_text(encoding="utf-8")
    page = (tmp_path / "benchmark.html").read_text(encoding="utf-8")
    assert f"| {count} | {correct} | {percent} |" in markdown
    assert f"<td>{count}</td><td>{correct}</td><td>{percent}</td>" in page
    assert page.count("<figure>") == 24 and page.count("data:image/png;base64,") == 48  # as it is, and rectified
    assert not re.search(r"(src|href)=\"(?!data:)", page)


def test_a_model_that_does_not_rectify(evaluate, data_dir, tmp_path):
    result = evaluate(data_dir / "few", "Architecture.Transform=", "--benchmark", tmp_path / "page")
    assert result.code == 1
    facts = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))
    assert facts["sets"][0]["count"] == sum(one["count"] for one in facts["by_curvature"]) == 5


def test_a_page_that_cannot_be_written_is_known_at_once(evaluate, data_dir, tmp_path):
    (tmp_path / "page.json").mkdir()
    result = evaluate(data_dir, "--benchmark", tmp_path / "page")
    assert result.code == 1
    assert result.errors == [f"error: {tmp_path / 'page.json'} cannot be written: Is a directory"]
    result = evaluate(data_dir, "--benchmark", tmp_path / "x", "--save_pred", tmp_path / "x.md")
    assert result.code == 2 and "name one file" in result.err
