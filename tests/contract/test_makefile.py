"""What the Makefile promises to somebody who types `make demo` first."""

import subprocess

import pytest
from material import ROOT


def test_the_demo_ends_with_what_to_type_next():
    done = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True)
    last = done.stdout.split("tools/infer_rec.py")[1]
    assert ".venv/bin/python -m ppocr_rare read" in last
    assert ".venv/bin/python tools/train.py" in last


@pytest.mark.parametrize("path", ["eval_data/x", "words/a.png", "words.png", "predictions.tsv", "wrong.html"])
def test_what_the_readme_writes_is_ignored(path):
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT).returncode == 0
