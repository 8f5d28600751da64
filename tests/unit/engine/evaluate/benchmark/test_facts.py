"""Which data set is a published subset, and whose weights they are."""

import hashlib
import json

import pytest
from material import CONFIG

from ppocr_rare.config import load_config
from ppocr_rare.engine.evaluate.benchmark.counts import BenchmarkCounts, Tally
from ppocr_rare.engine.evaluate.benchmark.curvature import BUCKETS
from ppocr_rare.engine.evaluate.benchmark.facts import describe_weights, gather_facts, subset_of
from ppocr_rare.engine.evaluate.evaluator import SetResult


@pytest.mark.parametrize(
    ("name", "num_samples", "subset"),
    [
        ("IC13_857", 857, "IC13_857"),
        ("evaluation/SVT", 647, "SVT_647"),  # as the LMDB release calls it
        ("SVT_647", 647, "SVT_647"),
        ("SVT_647", 646, None),
        ("SVT_647.has_646", 646, None),
        ("mine", 647, None),
    ],
)
def test_a_subset_has_its_name_and_its_number_of_words(name, num_samples, subset):
    found = subset_of(SetResult(name, num_samples))
    assert (found.name if found else None) == subset


@pytest.mark.parametrize("suffix", ["", ".pdparams"])
def test_weights(tmp_path, suffix):
    (tmp_path / "best.pdparams").write_bytes(b"weights")
    config = load_config(CONFIG, [f"Global.pretrained_model={tmp_path / 'best'}{suffix}"])
    assert describe_weights(config) == {
        "weights": str(tmp_path / "best.pdparams"),
        "sha256": hashlib.sha256(b"weights").hexdigest(),
    }


def test_a_set_of_which_nothing_was_read_has_no_rate_and_takes_no_part():
    empty, full = SetResult("SVT_647", 647), SetResult("few", 2)
    full.scores.add("a", "a")
    full.scores.add("a", "b")
    by_curvature = {bucket: Tally() for bucket in BUCKETS}
    config, counts = load_config(CONFIG), BenchmarkCounts(None)
    facts = gather_facts(config, {"weights": "w"}, [empty, full], counts, by_curvature, "exact")
    assert [one["accuracy"] for one in facts["sets"]] == [None, 0.5]
    assert [one["accuracy"] for one in facts["averages"]] == [0.5, 0.5]
    assert facts["averages"][1]["count"] == 2
    assert json.loads(json.dumps(facts, allow_nan=False))["sets"][0]["interval_95"] is None
    assert gather_facts(config, {}, [empty], counts, by_curvature, "exact")["averages"] == []
